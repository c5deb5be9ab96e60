// `capstan usage`, and what the commands that call models leave for it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { usageStores } from '../../src/usage/stores/index.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import { runCli } from './run-cli.ts';
import { sampleProject } from './sample-project.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

function recordOf(invocation: string, at: number, more: Partial<UsageRecord>): UsageRecord {
  const usage = { inputTokens: 1_000, outputTokens: 20, cachedInputTokens: 400 };
  const model = { model: 'cloud/big', provider: 'cloud' };
  return {
    invocation,
    at,
    caller: 'ada',
    team: 'docs',
    capability: 'greet@1',
    snapshot: 'sha256:1',
    ...model,
    attempts: [{ ...model, outcome: 'ok', at, latencyMs: 1, usage, costUsd: 0.5 }],
    usage,
    costUsd: 0.5,
    outcome: 'ok',
    latencyMs: 1,
    stream: false,
    ...more,
  };
}

async function projectWith(...records: readonly UsageRecord[]): Promise<string> {
  const { root } = sampleProject();
  const store = await usageStores.sqlite(join(root, '.capstan/usage.sqlite'));
  await store.append(records);
  await store.close();
  return root;
}

const november = Date.UTC(2026, 10, 1);

test('it prints totals by capability, model, team and day', async () => {
  const root = await projectWith(
    recordOf('1', november, {}),
    recordOf('2', november, { capability: 'title@2', team: 'web', outcome: 'timeout' }),
    recordOf('3', november + DAY_MS, {}),
  );
  const { code, out } = await runCli(['usage'], { in: root });
  expect(code).toBe(0);
  expect(out).toBe(`CAPABILITY  CALLS  FAILED  INPUT  CACHED  OUTPUT  COST
greet@1     2      0       2000   800     40      $1.0000
title@2     1      1       1000   400     20      $0.5000

MODEL      ATTEMPTS  FAILED  INPUT  CACHED  OUTPUT  COST
cloud/big  3         0       3000   1200    60      $1.5000

TEAM  CALLS  FAILED  INPUT  CACHED  OUTPUT  COST
docs  2      0       2000   800     40      $1.0000
web   1      1       1000   400     20      $0.5000

DAY         CALLS  FAILED  INPUT  CACHED  OUTPUT  COST
2026-11-01  2      1       2000   800     40      $1.0000
2026-11-02  1      0       1000   400     20      $0.5000
`);
});

test('a price that is not known is said, never taken for nothing', async () => {
  const { costUsd: _, ...unpriced } = recordOf('1', november, {});
  const root = await projectWith(unpriced);
  const { out } = await runCli(['usage', '--by', 'team'], { in: root });
  expect(out).toContain('$0.0000 and 1 unpriced');
});

test.each([
  ['2026-11-02', '2026-11-02T00:00:00.000Z', ['new', 'now']],
  ['2026-11-01T12:00Z', '2026-11-01T12:00:00.000Z', ['new', 'now']],
  ['1d', undefined, ['now']],
  ['36h', undefined, ['now']],
])('--since %s leaves out what came before', async (since, moment, teams) => {
  const root = await projectWith(
    recordOf('1', november, { team: 'old' }),
    recordOf('2', november + DAY_MS, { team: 'new' }),
    recordOf('3', Date.now() + DAY_MS / 2, { team: 'now' }),
  );
  const { out } = await runCli(['usage', '--json', '--by', 'team', '--since', since], { in: root });
  const { since: from, team } = JSON.parse(out) as { since: string; team: { key: string }[] };
  if (moment !== undefined) expect(from).toBe(moment);
  expect(team.map(({ key }) => key)).toEqual(teams);
});

test('--json gives every number', async () => {
  const root = await projectWith(recordOf('1', november, {}));
  const { out } = await runCli(['usage', '--json'], { in: root });
  const line = {
    calls: 1,
    failed: 0,
    inputTokens: 1000,
    cachedInputTokens: 400,
    outputTokens: 20,
    reasoningTokens: 0,
    costUsd: 0.5,
    unpriced: 0,
  };
  expect(JSON.parse(out)).toEqual({
    capability: [{ key: 'greet@1', ...line }],
    model: [{ key: 'cloud/big', ...line }],
    team: [{ key: 'docs', ...line }],
    day: [{ key: '2026-11-01', ...line }],
  });
});

test('a project without records has none, and no file is made by looking', async () => {
  const { root } = sampleProject();
  expect((await runCli(['usage'], { in: root })).out).toBe('No calls are recorded.\n');
  expect((await runCli(['usage', '--json', '--by', 'day'], { in: root })).out).toBe('{\n  "day": []\n}\n');
  expect(existsSync(join(root, '.capstan'))).toBe(false);
});

test.each([
  ['--since', 'yesterday', '"yesterday" is no time'],
  ['--since', '2026-13-45', '"2026-13-45" is no time'],
  ['--by', 'colour', 'Allowed choices are capability, model, team, day'],
  ['--usage', 'memory', 'keeps nothing that could be read'],
  ['--usage', 'no-such.sqlite', 'There is no file no-such.sqlite'],
])('%s %s is refused', async (option, value, message) => {
  const { root } = sampleProject();
  const { code, err } = await runCli(['usage', option, value], { in: root });
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

test('`capstan run` leaves a record, in a folder that keeps itself out of version control', async () => {
  const { root } = sampleProject();
  const tier = ['--tier', 'economy'];
  expect((await runCli(['run', 'greet', ...tier], { in: root })).code).toBe(0);
  const { out } = await runCli(['usage', '--by', 'model'], { in: root });
  expect(out).toMatch(/^simulator\/small +1 +0 /m);
  expect(readFileSync(join(root, '.capstan/.gitignore'), 'utf8')).toBe('*\n');
});

test('`capstan run` calls all the same when its record cannot be kept, and says so', async () => {
  const { root } = sampleProject();
  writeFileSync(join(root, '.capstan'), 'in the way');
  const { code, err } = await runCli(['run', 'greet', '--tier', 'economy'], { in: root });
  expect([code, err]).toEqual([0, expect.stringContaining('usage records cannot be opened')]);
});

test('`capstan serve` does not start when records cannot be kept', async () => {
  const { root } = sampleProject();
  writeFileSync(join(root, 'notes.txt'), 'This is no database, and it must stay as it is.\n'.repeat(20));
  const args = ['serve', '--insecure-no-auth', '--port', '0', '--usage', 'notes.txt'];
  const { code, err } = await runCli(args, { in: root });
  expect([code, err]).toEqual([2, expect.stringContaining('file is not a database')]);
  expect(readFileSync(join(root, 'notes.txt'), 'utf8')).toContain('must stay');
});
