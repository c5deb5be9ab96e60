// Makes the built-in catalogue anew from the packages that are maintained for it. They are installed into a folder of their
// own and thrown away again, so that nobody who uses Capstan ever downloads them. Run: npm run catalog:update

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { Catalog } from '../../src/registry/catalog.ts';
import { join } from './join.ts';
import type { VendorSource } from './join.ts';
import { printCatalog, printDisagreements } from './print.ts';
import { readTables } from './read-tables.ts';

const SOURCES = ['@earendil-works/pi-ai@0.87.1', '@pydantic/genai-prices@0.1.8'];

const root = joinPath(import.meta.dirname, '..', '..');
const date = new Date().toISOString().slice(0, 10);
const folder = mkdtempSync(joinPath(tmpdir(), 'capstan-catalog-'));
try {
  install(folder);
  const sources = JSON.parse(readFileSync(joinPath(import.meta.dirname, 'vendors.json'), 'utf8')) as {
    [vendor: string]: VendorSource;
  };
  const joined = join(sources, await readTables(folder, date));
  const catalog: Catalog = { date, sources: SOURCES, vendors: joined.vendors };
  writeFileSync(joinPath(root, 'src/registry/catalog.json'), printCatalog(catalog));
  writeFileSync(joinPath(import.meta.dirname, 'DISAGREEMENTS.md'), printDisagreements(catalog, joined));
  const models = Object.values(joined.vendors).map((vendor) => Object.keys(vendor.models).length);
  const count = models.reduce((sum, each) => sum + each, 0);
  console.log(
    `${models.length} vendors, ${count} models; ${joined.compared} are in both sources, which disagree on ${joined.disagreements.length} values`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** No script of a package is run, and nothing of the project is touched. */
function install(into: string): void {
  writeFileSync(joinPath(into, 'package.json'), '{"private":true}');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...SOURCES], {
    cwd: into,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
