// The repository of two teams: what its CI runs is run here, and fails when it should.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { readSources } from '../../src/workspace/read-sources.ts';
import { runCli } from '../cli/run-cli.ts';
import type { CliRun } from '../cli/run-cli.ts';

const example = resolve(import.meta.dirname, '../../examples/team-repo');

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'capstan-team-'));
  cpSync(example, root, { recursive: true });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'core.autocrlf=false'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
}

/** The commands of the workflow, in its order. */
const commands = Object.values(
  (parse(readFileSync(join(example, '.github/workflows/capstan.yml'), 'utf8')) as Workflow).jobs,
)
  .flatMap(({ steps }) => steps.map(({ run }) => run ?? ''))
  .filter((line) => line.startsWith('npx capstan '))
  .map((line) => line.slice('npx capstan '.length).split(' '));

const runAll = async (): Promise<ReadonlyMap<string, CliRun>> => {
  const runs = new Map<string, CliRun>();
  for (const words of commands) runs.set(words[0] ?? '', await runCli(words, { in: root }));
  return runs;
};

test('its CI checks, tests, looks for breaks, compares what is generated, and builds', async () => {
  expect(commands.map(([name]) => name)).toEqual(['check', 'test', 'breaking', 'generate', 'build']);
  for (const [name, { code, out, err }] of await runAll())
    expect({ name, code, said: out + err }).toMatchObject({ name, code: 0 });
});

test('a change that breaks callers, with the clients not generated anew, fails both checks', async () => {
  const file = join(root, 'capabilities/finance/read-receipt.cap.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('maxLength: 20000', 'maxLength: 200'));
  try {
    const runs = await runAll();
    expect(runs.get('check')?.code).toBe(0);
    expect(runs.get('breaking')).toMatchObject({
      code: 1,
      out: expect.stringContaining('read-receipt') as string,
    });
    expect(runs.get('generate')).toMatchObject({ code: 1 });
  } finally {
    writeFileSync(file, text);
  }
});

test('a change of a prompt is a change of one file: what is generated stays, and nobody breaks', async () => {
  const file = join(root, 'capabilities/finance/read-receipt.cap.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('You read receipts.', 'You read receipts of all countries.'));
  try {
    for (const [name, { code, out, err }] of await runAll()) {
      expect({ name, code, said: out + err }).toMatchObject({ name, code: 0 });
    }
  } finally {
    writeFileSync(file, text);
  }
});

test('each team owns its folder, and the compiler knows the same teams', async () => {
  const owners = new Map(
    readFileSync(join(example, 'CODEOWNERS'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(/\s+/) as [string, string]),
  );
  const sources = await readSources(example);
  const { snapshot } = compileSources(sources);
  const capabilities = Object.values(snapshot?.capabilities ?? {});
  expect(capabilities.length).toBe(2);
  for (const { name, owner } of capabilities) {
    const path = sources.find((source) => source.path.endsWith(`/${name}.cap.yaml`))?.path ?? '';
    const folder = `/${path.slice(0, path.lastIndexOf('/') + 1)}`;
    expect(owners.get(folder)).toBe(`@acme/${owner}`);
  }
});
