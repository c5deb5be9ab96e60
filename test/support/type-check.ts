// Runs the real tsc over files that exist only for a test, as strictly as a user's own project may be set up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** What tsc complains about, each with the lines it stands at; paths as they were given. */
export interface TypeCheck {
  readonly complaints: readonly string[];
}

/** Checks files by path. `capstan/client` is this repository's own. */
export function typeCheck(
  files: ReadonlyMap<string, string>,
  settings: Readonly<Record<string, unknown>> = {},
): TypeCheck {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-types-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration([...files.keys()], settings)));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    });
    if (status === null || stderr !== '') throw new Error(`tsc did not run: ${stderr}`);
    const complaints = stdout.split('\n').filter((line) => /^\S.*error TS/.test(line));
    return { complaints: complaints.map((complaint) => `${complaint}\n${linesAt(complaint, files)}`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The line that a complaint names and the one after it: what a comment such as `@ts-expect-error` is about. */
function linesAt(complaint: string, files: ReadonlyMap<string, string>): string {
  const { path = '', line } = /^(?<path>[^(]+)\((?<line>\d+),/.exec(complaint)?.groups ?? {};
  const first = Number(line) - 1;
  const lines =
    files
      .get(path)
      ?.split('\n')
      .slice(first, first + 2) ?? [];
  return lines.map((text) => `  ${text.slice(0, shownColumns)}\n`).join('');
}

const shownColumns = 300;

function configuration(files: readonly string[], settings: Readonly<Record<string, unknown>>): object {
  return {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'es2024',
      lib: ['es2024', 'dom', 'dom.asynciterable'],
      module: 'nodenext',
      types: [],
      allowImportingTsExtensions: true,
      paths: { 'capstan/client': [join(repository, 'src/client/index.ts')] },
      ...settings,
    },
    files,
  };
}
