// `capstan list`, `render`, `route` and `run`: what a project has, and what one call of it is made of.
import { expect, test } from 'vitest';
import { capabilityNamed, sampleProject } from './sample-project.ts';
import type { SampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

const input = ['--input', '{"name":"Grace"}'];

async function json(args: readonly string[], options: Parameters<typeof runCli>[1]): Promise<unknown> {
  const { out } = await runCli([...args, '--json'], options);
  return JSON.parse(out);
}

test('list shows each capability with its facts, in a table and as JSON', async () => {
  const { root } = sampleProject();
  const { code, out } = await runCli(['list'], { in: root });
  expect(code).toBe(0);
  expect(out).toBe(
    'CAPABILITY  VERSION  LIFECYCLE  OWNER       TIERS              TITLE\n' +
      'greet@1     1.0.0    beta       team-hello  economy standard*  Greet somebody\n',
  );
  expect(await json(['list'], { in: root })).toMatchObject([
    { key: 'greet@1', version: '1.0.0', tiers: { default: 'standard', offer: ['economy', 'standard'] } },
  ]);
});

test('list says when some capabilities are missing because of errors, or when there are none', async () => {
  const project = sampleProject();
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  expect((await runCli(['list'], { in: project.root })).err).toContain('`capstan check` says why');
  project.remove('capabilities/greet.cap.yaml');
  expect((await runCli(['list'], { in: project.root })).out).toContain('`capstan init capability NAME`');
});

test('render shows the messages of the first example, or of an input', async () => {
  const { root } = sampleProject();
  const { code, out, err } = await runCli(['render', 'greet'], { in: root });
  expect(code).toBe(0);
  expect(out).toMatch(/^── system ──\nYou greet people in a friendly tone\.\n/);
  expect(out).toMatch(/── user ──\n<name-[0-9a-f]+>Ada<\/name-[0-9a-f]+>\n/);
  expect(err).toMatch(/^2 messages, about \d+ tokens\n$/);
  expect((await runCli(['render', 'greet@1', ...input], { in: root })).out).toContain('>Grace<');
});

test('render as JSON tells where every piece comes from', async () => {
  const { root } = sampleProject();
  expect(await json(['render', 'greet', ...input], { in: root })).toMatchObject({
    capability: 'greet@1',
    messages: [
      { role: 'system' },
      { role: 'user', segments: [{}, { text: 'Grace', source: '/name', trust: 'untrusted' }, {}, {}] },
    ],
  });
});

test('render gives the same text every time', async () => {
  const { root } = sampleProject();
  const first = await runCli(['render', 'greet'], { in: root });
  expect(await runCli(['render', 'greet'], { in: root })).toEqual(first);
});

test.each(['render', 'route', 'run'])('%s lists every violation of an input', async (command) => {
  const { root } = sampleProject();
  const bad = ['--input', '{"name":"","tone":"rude","more":1}'];
  const { code, err } = await runCli([command, 'greet', ...bad], { in: root });
  expect(code).toBe(1);
  for (const word of ['input_invalid', '/name', '/tone', 'more']) expect(err).toContain(word);
  expect(await json([command, 'greet', ...bad], { in: root })).toHaveProperty('error');
});

test('an input is JSON, a file or standard input; plain text fills the text property', async () => {
  const project = sampleProject();
  project.write('name.json', '{"name":"Grace"}');
  project.write('name.txt', 'Grace');
  const inputs: readonly [string, string?][] = [
    ['{"name":"Grace"}'],
    ['@name.json'],
    ['@name.txt'],
    ['-', '{"name":"Grace"}'],
    ['Grace'],
  ];
  for (const [argument, text] of inputs) {
    const { out } = await runCli(['render', 'greet', '--input', argument], {
      in: project.root,
      ...(text === undefined ? {} : { input: text }),
    });
    expect(out, argument).toContain('>Grace<');
  }
});

test.each([
  [
    ['render', 'greet', '--input', '{"name":'],
    'The input is not usable: it is not JSON: at line 1, column 9 (offset 8) a value was expected.',
  ],
  [['run', 'greet', '--input', '{bad'], 'column 2 (offset 1) a property name in double quotes was expected'],
  [
    ['run', 'greet', '--input', `{"name":${'['.repeat(20_000)}`],
    'it nests more than 1000 arrays and objects',
  ],
  [['render', 'greet', '--input', '@nowhere.json'], 'nowhere.json cannot be read'],
  [['render', 'gret'], 'Did you mean "greet"?'],
  [['route', 'greet', '--tier', 'best'], 'it offers economy, standard'],
  [['run', 'greet@7'], 'No capability is named "greet@7"'],
])('%j is a usage error', async (args, words) => {
  const { code, out, err } = await runCli(args, { in: sampleProject().root });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(words);
});

test('a capability that does not compile is told from one that does not exist', async () => {
  const project = sampleProject();
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  expect(await runCli(['run', 'greet'], { in: project.root })).toMatchObject({
    code: 2,
    err: 'error: The capability "greet" does not compile; `capstan check` says why.\n',
  });
});

test('route shows candidates in order and the reasons against the others', async () => {
  const { root } = sampleProject();
  const keyless = await runCli(['route', 'greet'], { in: root });
  expect(keyless.code).toBe(0);
  expect(keyless.out).toMatch(
    /^greet@1 on standard: \d+ tokens in, at most 200 out; quality at least 0\.5; by quality\n/,
  );
  expect(keyless.out).toMatch(/\n1 +simulator\/small +0\.5 \(prior\) +\$0\.000000 +\$0\.000000 +–\n/);
  expect(keyless.out).toMatch(/\ncloud\/big +0\.9 \(prior\) +\S+ +availab/);
  expect(await json(['route', 'greet'], { in: root, environment: { SAMPLE_KEY: 'x' } })).toMatchObject({
    capability: 'greet@1',
    tier: 'standard',
    models: [
      { model: 'cloud/big', place: 1, quality: { value: 0.9 }, reasons: [] },
      { model: 'simulator/large', reasons: [{ constraint: 'tier' }] },
      { model: 'simulator/small' },
    ],
  });
});

test('route shows what would change if something were otherwise', async () => {
  const options = { in: sampleProject().root, environment: { SAMPLE_KEY: 'x' } };
  const cheap = ['--what-if', 'tier=economy', '--what-if', 'model:cloud/big.quality=0.6'];
  const { code, out } = await runCli(['route', 'greet', ...cheap], options);
  expect(code).toBe(0);
  expect(out).toMatch(/\nIf it were so:\n(?:.*\n)*simulator\/small: dropped → candidate 1\n/);
  const unknown = await runCli(['route', 'greet', '--what-if', 'price=1'], options);
  expect([unknown.code, unknown.err]).toEqual([
    2,
    expect.stringContaining('what can be supposed is region, '),
  ]);
});

test('replay plans a recorded call once more, and says when the project has changed', async () => {
  const project = sampleProject();
  const run = await runCli(['run', 'greet', ...input, '--json'], { in: project.root });
  const { invocation } = JSON.parse(run.out) as { invocation: { id: string } };
  const same = await runCli(['replay', invocation.id], { in: project.root });
  expect(same.code, same.err).toBe(0);
  expect(same.out).toContain('answered by simulator/small (ok) after 1 attempt\n');
  expect(same.out).toContain('the same: simulator/small');
  project.edit('capstan.yaml', 'quality: 0.5', 'quality: 0.4');
  project.edit(
    'capstan.yaml',
    '  simulator/small:',
    '  simulator/large: { quality: 0.8 }\n  simulator/small:',
  );
  const other = await runCli(['replay', invocation.id], { in: project.root });
  expect(other.code).toBe(1);
  expect(other.out).toContain('another plan: then simulator/small; now simulator/large');
  expect(other.err).toContain('the project has changed');
  expect(await runCli(['replay', 'nobody'], { in: project.root })).toMatchObject({ code: 2 });
});

test('route ends as what was supposed would end', async () => {
  const project = sampleProject();
  const none = await runCli(['route', 'greet', '--what-if', 'without=simulator,cloud'], { in: project.root });
  expect([none.code, none.out]).toEqual([1, expect.stringContaining('no model fits')]);
});

test('route ends with 1 when no model fits', async () => {
  const project = sampleProject();
  withoutSimulator(project);
  const { code, out } = await runCli(['route', 'greet'], { in: project.root });
  expect(code).toBe(1);
  expect(out).toContain('no model fits');
});

test('run prints a valid output, and facts beside it', async () => {
  const { root } = sampleProject();
  const { code, out, err } = await runCli(['run', 'greet', ...input, '--tier', 'economy'], { in: root });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ greeting: expect.any(String) as string });
  expect(err).toMatch(/^simulator\/small · economy · \d+ \+ \d+ tokens · \$0 · \d+ ms\n$/);
});

test('run streams the same output, and gives it as JSON with all facts', async () => {
  const { root } = sampleProject();
  const streamed = await runCli(['run', 'greet', ...input, '--stream'], { in: root });
  const whole = await json(['run', 'greet', ...input], { in: root });
  expect(whole).toMatchObject({
    output: JSON.parse(streamed.out) as object,
    invocation: { capability: 'greet@1', model: 'simulator/small', attempts: [{}] },
  });
});

test('run fails with the error of the call, and names the missing variable', async () => {
  const project = sampleProject();
  withoutSimulator(project);
  const { code, err } = await runCli(['run', 'greet'], { in: project.root });
  expect(code).toBe(1);
  expect(err).toContain('no_route');
  expect(err).toContain('SAMPLE_KEY is not set');
});

test('of two majors the bare name is the higher one', async () => {
  const project = sampleProject();
  project.write(
    'capabilities/v2/greet.cap.yaml',
    capabilityNamed('greet').replace('version: 1.0.0', 'version: 2.1.0'),
  );
  const { out } = await runCli(['render', 'greet', '--json'], { in: project.root });
  expect(JSON.parse(out)).toMatchObject({ capability: 'greet@2' });
});

/** Leaves only a provider whose key is not set. */
function withoutSimulator(project: SampleProject): void {
  project.edit('capstan.yaml', '  simulator: { adapter: simulator }\n', '');
  const text = project.read('capstan.yaml');
  const from = text.indexOf('  simulator/small:');
  project.write('capstan.yaml', text.slice(0, from) + text.slice(text.indexOf('  cloud/big:')));
}
