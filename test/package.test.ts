// The package as a stranger gets it: packed, unpacked in an empty folder, and used without this repository.
import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

let folder: string;
let project: string;
let bin: string;

/**
 * Packs the package and lays it where `npm install` would. Its dependencies are those of this checkout: the network is
 * not a matter of this test, what is inside the package is.
 */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-package-'));
  await run(npm, ['pack', '--pack-destination', folder], { cwd: root });
  const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  await run('tar', ['-xzf', archive], { cwd: folder });
  project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === 'openai' || name === 'vitest' || name === '.bin') continue;
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  cpSync(join(folder, 'package'), join(modules, 'capstan'), { recursive: true });
  bin = join(modules, 'capstan/src/cli/bin.mjs');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const capstan = (...words: string[]): ReturnType<typeof run> =>
  run(process.execPath, [bin, ...words], { cwd: project });

test('it holds what it needs and nothing of the workshop', () => {
  const inside = readdirSync(join(folder, 'package'), { recursive: true }).map(String);
  for (const file of [
    'README.md',
    'LICENSE',
    'package.json',
    'schemas/capability.schema.json',
    'src/cli/bin.mjs',
  ]) {
    expect(inside).toContain(join(...file.split('/')));
  }
  expect(
    inside.filter((file) => /^(?:dist[\\/])?(?:test|examples|capabilities|\.ci)[\\/]/.test(file)),
  ).toEqual([]);
});

test('init, check, test, generate and run work in an empty folder', async () => {
  const made = await capstan('init');
  expect(made.stdout).toContain('Next:\n  npx capstan dev ');
  expect(existsSync(join(project, 'capstan.yaml'))).toBe(true);
  await capstan('check');
  await capstan('test');
  await capstan('generate', '--check').then(
    () => undefined,
    () => capstan('generate'),
  );
  const { stdout } = await capstan('run', 'summarize', '--json');
  expect(JSON.parse(String(stdout))).toMatchObject({ invocation: { provider: 'simulator' } });
});

test('dev serves what init made, and stops when it is asked to', async () => {
  const child = spawn(process.execPath, [bin, 'dev', '--port', '0'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => child.once('exit', done));
  const url = await new Promise<string>((found) => {
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (match !== undefined) found(match);
    });
  });
  const response = await fetch(`${url}/v1/capabilities/summarize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: { document: 'Rents rose 4%. Wages rose 2%.' } }),
  });
  expect(response.status).toBe(200);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('its entries are importable, and the client imports nothing', async () => {
  writeFileSync(
    join(project, 'entries.mjs'),
    `import * as entry from 'capstan';
import { connect } from 'capstan/client';
import schema from 'capstan/schemas/capability.schema.json' with { type: 'json' };
console.log(JSON.stringify({ names: Object.keys(entry), connect: typeof connect, id: schema.$id }));`,
  );
  const { stdout } = await run(process.execPath, ['entries.mjs'], { cwd: project });
  const { names, connect, id } = JSON.parse(stdout) as { names: string[]; connect: string; id: string };
  expect(names).toContain('createServer');
  expect(names.length).toBeLessThanOrEqual(18);
  expect(connect).toBe('function');
  expect(id).toMatch(/capability/);
  const client = readFileSync(join(project, 'node_modules/capstan/dist/src/client/index.js'), 'utf8');
  expect(client).not.toMatch(/^import|require\(/m);
});
