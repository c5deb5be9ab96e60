// `capstan eval`: live calls against a provider on loopback, what they cost, who judges, and what is written.
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answers, fails, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream, ReceivedRequest } from '../support/fake-upstream.ts';
import { sampleProject } from './sample-project.ts';
import type { SampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';
import type { CliOptions, CliRun } from './run-cli.ts';

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterEach(() => upstream.reset());
afterAll(() => upstream.close());

const environment = { SAMPLE_KEY: 'x' };
const isJudge = ({ bytes }: ReceivedRequest): boolean => bytes.includes('You check answers');
const modelOf = ({ body }: ReceivedRequest): unknown => body?.['model'];

/** A project whose capability has an eval test; `expect` is its assertions. */
function projectWith(assertions: string): SampleProject {
  const project = sampleProject();
  project.edit('capstan.yaml', 'http://127.0.0.1:9/v1', upstream.baseUrl);
  project.edit(
    'capstan.yaml',
    '  cloud/big:',
    '  cloud/judge: { quality: 0.95, contextTokens: 32000, features: [structured-output], price: { input: 1, output: 1 } }\n  cloud/big:',
  );
  const text = project.read('capabilities/greet.cap.yaml');
  const kept = text.includes('\ntests:') ? text.slice(0, text.indexOf('\ntests:') + 1) : `${text}\n`;
  project.write(
    'capabilities/greet.cap.yaml',
    `${kept}tests:\n  - name: greets by name\n    level: eval\n    input: { name: Ada }\n    runs: 4\n    expect:\n${assertions}`,
  );
  return project;
}

const CONTAINS = '      - { type: contains, path: /greeting, value: Ada, minPassRate: 0.5 }\n';
const RUBRIC = '      - { type: rubric, value: The greeting is friendly. }\n';

const evaluate = (
  project: SampleProject,
  args: readonly string[] = [],
  options: CliOptions = {},
): Promise<CliRun> =>
  runCli(['eval', 'greet', '--models', 'cloud/big', ...args], { in: project.root, environment, ...options });

/** Every second greeting is without the name; a judge always agrees. */
function everySecondFails(): void {
  let asked = 0;
  upstream.always(
    answers((request) => {
      if (isJudge(request)) return '{"reason":"It is.","holds":true}';
      asked += 1;
      return asked % 2 === 0 ? '{"greeting":"Hello."}' : '{"greeting":"Hello, Ada."}';
    }),
  );
}

test('pass rates are measured, written with their interval, and used by the planner', async () => {
  everySecondFails();
  const project = projectWith(CONTAINS);
  const { code, out, err } = await evaluate(project, ['--yes']);
  expect(code, err + out).toBe(0);
  expect(out).toMatch(/\ngreet@1 +cloud\/big +50 % +15–85 % +4 +/);
  expect(err).toMatch(/^4 calls on 1 model: about \$0\.\d+, at most \$0\.\d+\n/);
  expect(upstream.received).toHaveLength(4);
  const written = JSON.parse(project.read('capabilities/quality.json')) as Record<
    string,
    Record<string, object>
  >;
  expect(written['greet@1']?.['cloud/big']).toMatchObject({
    passRate: 0.5,
    passes: 2,
    n: 4,
    interval: [0.15, 0.85],
  });
  const route = await runCli(['route', 'greet', '--json'], { in: project.root, environment });
  const { models } = JSON.parse(route.out) as { models: { model: string; quality: object }[] };
  expect(models.find(({ model }) => model === 'cloud/big')?.quality).toMatchObject({
    from: 'measured',
    runs: 4,
    value: 0.7,
  });
  project.edit('capabilities/greet.cap.yaml', 'You greet people', 'You always greet people');
  const stale = await runCli(['check'], { in: project.root, environment });
  expect(stale.out + stale.err).toContain('quality/stale');
});

test('what was done is not paid twice; another revision is measured anew', async () => {
  everySecondFails();
  const project = projectWith(CONTAINS);
  await evaluate(project, ['--yes', '--runs', '2']);
  const more = await evaluate(project);
  expect(more.code).toBe(2);
  expect(more.err).toContain('4 calls on 1 model, 2 of them done before');
  expect(more.err).toContain('add --yes');
  await evaluate(project, ['--yes']);
  expect(upstream.received).toHaveLength(4);
  const before = project.read('capabilities/quality.json');
  await evaluate(project, ['--yes']);
  expect(upstream.received).toHaveLength(4);
  expect(project.read('capabilities/quality.json')).toBe(before);
  project.edit('capabilities/greet.cap.yaml', 'You greet people', 'You always greet people');
  await evaluate(project, ['--yes']);
  expect(upstream.received).toHaveLength(8);
});

test('a rubric is judged by another model, never by the one tested', async () => {
  everySecondFails();
  const project = projectWith(CONTAINS + RUBRIC);
  expect((await evaluate(project, ['--yes'])).code).toBe(0);
  const judged = upstream.received.filter(isJudge);
  expect(judged).toHaveLength(4);
  expect(new Set(judged.map(modelOf))).toEqual(new Set(['judge']));
  const self = await evaluate(project, ['--yes', '--judge', 'cloud/big']);
  expect(self.code).toBe(2);
  expect(self.err).toContain('cloud/big would judge itself');
  const both = await runCli(
    [
      'eval',
      'greet',
      '--models',
      'cloud/big,cloud/judge',
      '--judge',
      'cloud/judge,cloud/big',
      '--yes',
      '--json',
    ],
    { in: project.root, environment },
  );
  const { results } = JSON.parse(both.out) as { results: { model: string; judge: string }[] };
  expect(results.every(({ model, judge }) => model !== judge)).toBe(true);
});

test('a rubric that does not hold is a failure with the judge’s reason', async () => {
  upstream.always(
    answers((request) =>
      isJudge(request) ? '{"reason":"It is cold.","holds":false}' : '{"greeting":"Hello, Ada."}',
    ),
  );
  const { code, out } = await evaluate(projectWith(RUBRIC), ['--yes']);
  expect(code).toBe(1);
  expect(out).toContain('rubric held in 0 % of runs, 100 % are wanted\n    rubric: It is cold.');
});

test('an answer that breaks the contract has not passed', async () => {
  upstream.always(answers('{"greeting":7}'));
  const { code, out } = await evaluate(projectWith('      - { type: valid }\n'), ['--yes', '--runs', '1']);
  expect(code).toBe(1);
  expect(out).toMatch(/\ngreet@1 +cloud\/big +0 % /);
});

test('a provider that is down says nothing of its models: the calls are left out, and made by the next run', async () => {
  const project = projectWith(CONTAINS);
  upstream.always(fails(500));
  const down = await evaluate(project, ['--yes', '--runs', '1']);
  expect(down.code).toBe(1);
  expect(down.err).toContain('1 call left out');
  everySecondFails();
  expect((await evaluate(project, ['--yes', '--runs', '1'])).code).toBe(0);
});

test('it asks before it spends, and stops before the limit', async () => {
  everySecondFails();
  const project = projectWith(CONTAINS);
  const asked: string[] = [];
  const no = await evaluate(project, [], { confirm: async (question) => (asked.push(question), false) });
  expect(no.code).toBe(2);
  expect(asked).toEqual(['Go on?']);
  expect(upstream.received).toEqual([]);
  const stopped = await evaluate(project, ['--yes', '--max-cost', '0.0001']);
  expect(stopped.code).toBe(1);
  expect(stopped.err).toMatch(/\d calls? left out/);
  expect(upstream.received).toEqual([]);
});

test.each<[args: string[], words: string]>([
  [['--models', 'cloud/none'], 'The project has no model "cloud/none"'],
  [['--runs', '0'], '"0" is not a count'],
  [['--models', 'simulator/none*'], 'The project has no model "simulator/none*"'],
])('%j is a usage error', async (args, words) => {
  const project = projectWith(CONTAINS);
  const { code, err } = await runCli(['eval', 'greet', ...args], { in: project.root, environment });
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test('nothing to evaluate says whether tests are missing or models', async () => {
  const without = await runCli(['eval'], { in: sampleProject().root, environment });
  expect([without.code, without.err]).toEqual([
    2,
    expect.stringContaining('there is no eval test; write one'),
  ]);
  const project = projectWith(CONTAINS);
  const keyless = await runCli(['eval', 'greet', '--models', 'cloud/big'], { in: project.root });
  expect([keyless.code, keyless.err]).toEqual([
    2,
    expect.stringContaining('no model can be called for the eval tests'),
  ]);
});

test('by default the simulator is left out, for its answers measure nothing', async () => {
  upstream.always(answers('{"greeting":"Hello, Ada."}'));
  const project = projectWith(CONTAINS);
  const { code, out, err } = await runCli(['eval', 'greet', '--yes'], { in: project.root, environment });
  expect(code, err).toBe(0);
  expect(err).toContain("note: the simulator's models are left out");
  expect(out).not.toContain('simulator/');
  expect(project.read('capabilities/quality.json')).not.toContain('simulator/');
});

test.each<[why: string, args: string[], environment: Record<string, string>]>([
  ['named', ['--models', 'simulator/small'], environment],
  ['all that there is', [], {}],
])('the simulator runs when it is %s, and nothing of it is recorded', async (_, args, keys) => {
  const project = projectWith('      - { type: valid }\n');
  const { code, out, err } = await runCli(['eval', 'greet', ...args], {
    in: project.root,
    environment: keys,
  });
  expect(code, err).toBe(0);
  expect(out).toMatch(/\ngreet@1 +simulator\/small +100 % /);
  expect(err).toContain('nothing of this is recorded');
  expect(existsSync(project.path('capabilities/quality.json'))).toBe(false);
  expect(existsSync(project.path('.capstan'))).toBe(false);
});

test('the simulator judges no other model, and what it judges when it is told to is not recorded', async () => {
  everySecondFails();
  const project = projectWith(RUBRIC);
  project.edit('capstan.yaml', /  cloud\/judge:.*\n/.exec(project.read('capstan.yaml'))?.[0] ?? '-', '');
  const alone = await evaluate(project, ['--yes']);
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('cloud/big would judge itself')]);
  const told = await evaluate(project, ['--yes', '--judge', 'simulator/small']);
  expect(told.err).toContain('nothing of this is recorded');
  expect(existsSync(project.path('capabilities/quality.json'))).toBe(false);
});

test('what a file says of the simulator does not count', async () => {
  const project = projectWith(CONTAINS);
  const entry = { passes: 100, n: 100, date: '2026-01-01', revision: 'sha256:0' };
  const write = (measured: object): void =>
    project.write('capabilities/quality.json', JSON.stringify({ 'greet@1': measured }));
  const first = async (): Promise<unknown> => {
    const { out } = await runCli(['route', 'greet', '--json'], { in: project.root, environment });
    return (JSON.parse(out) as { models: { model: string; quality: object }[] }).models.find(
      ({ model }) => model === 'simulator/small',
    )?.quality;
  };
  write({ 'simulator/small': entry });
  expect(await first()).toEqual({ value: 0.5, from: 'prior', runs: 0 });
  const { out } = await runCli(['check'], { in: project.root, environment });
  expect(out).not.toContain('quality/stale');
});
