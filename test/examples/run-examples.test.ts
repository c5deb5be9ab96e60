// The examples run, each as its reader would start it, against a server of this repository's capabilities.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCapstan } from '../../examples/demo/start-capstan.ts';
import type { StartedCapstan } from '../../examples/demo/start-capstan.ts';
import { hasProgram } from '../support/find-program.ts';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const examples = join(repository, 'examples');
const hasPython = hasProgram('python3', ['--version'], /Python 3\.(?:1[1-9]|[2-9]\d)/);
const hasMypy = hasProgram('mypy', ['--version'], /mypy [1-9]/);

let capstan: StartedCapstan;

beforeAll(async () => {
  capstan = await startCapstan(repository);
});

afterAll(() => capstan.close());

async function output(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, args, {
    cwd: repository,
    env: { ...process.env, CAPSTAN_URL: capstan.url, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return stdout;
}

const node = (file: string): Promise<string> => output(process.execPath, join(examples, file));

test('quickstart', async () => {
  const text = await node('quickstart/main.ts');
  expect(text).toMatch(/^200 simulator\//);
  expect(JSON.parse(text.slice(text.indexOf('\n')))).toMatchObject({
    invocation: { capability: 'summarize@1' },
  });
});

test('openai-sdk', async () => {
  const text = await node('openai-sdk/main.ts');
  expect(text).toMatch(/^models {3}.*classify/m);
  expect(text).toMatch(/^answer {3}.*"summary"/m);
  expect(text).toMatch(/^streamed {2}in pieces$/m);
  expect(text).toMatch(/^refused {3}input_invalid 400$/m);
});

test('mcp', async () => {
  const text = await node('mcp/main.ts');
  expect(text).toMatch(/^tool {6}summarize · Summarize a document$/m);
  expect(text).toMatch(/^answer {4}\{"summary":/m);
  expect(text).toMatch(/^refused {3}.*input_invalid/m);
});

test.skipIf(!hasPython)('python-client', async () => {
  const text = await output('python3', join(examples, 'python-client/main.py'));
  for (const line of [/^summary {3}\S/m, /^point {5}\S/m, /^so far {4}\d+ characters$/m, /^both {6}True$/m]) {
    expect(text).toMatch(line);
  }
  expect(text).toMatch(/^refused {3}\/maxPoints /m);
});

test.skipIf(!hasMypy || !hasPython)(
  'python-client passes mypy, strictly',
  () => {
    const { stdout, status } = spawnSync('mypy', ['--strict', '--cache-dir', '/dev/null', 'main.py'], {
      cwd: join(examples, 'python-client'),
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: expect.stringContaining('Success') as string, status: 0 });
  },
  60_000,
);

test('demo', async () => {
  expect(await node('demo/main.ts')).toMatch(/^\d{2,} calls answered, 0 failed\.$/m);
}, 60_000);

test('the list of examples is the list of folders', () => {
  const readme = readFileSync(join(examples, 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| `([\w-]+)\/`/gm)].map(([, name = '']) => name);
  const folders = readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(listed.toSorted()).toEqual(folders.toSorted());
});

test('links in the READMEs of examples lead somewhere', () => {
  for (const folder of ['.', ...readdirSync(examples)]) {
    const file = join(examples, folder, 'README.md');
    if (!existsSync(file)) continue;
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect(existsSync(join(file, '..', target)), `${folder}: ${target}`).toBe(true);
    }
  }
});
