// Vendors of the catalogue: one line makes one usable, and `capstan models` says what is known of its models, and from where.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterAll(() => upstream.close());

interface Listed {
  readonly id: string;
  readonly quality?: { readonly value: number; readonly from: string };
  readonly features: { readonly value: readonly string[] };
  readonly price?: { readonly value: { readonly input: number }; readonly from: string };
  readonly elsewhere: readonly string[];
}

async function list(args: readonly string[], root = '/'): Promise<readonly Listed[]> {
  const { out } = await runCli(['models', ...args, '--json'], { in: root });
  return JSON.parse(out) as readonly Listed[];
}

test('one line and its key make a vendor usable', async () => {
  const project = sampleProject();
  project.edit(
    'capstan.yaml',
    '  simulator: { adapter: simulator }',
    `  mistral: { baseUrl: "${upstream.baseUrl}" }`,
  );
  project.edit('capstan.yaml', '  simulator/small:', '  mistral/mistral-small-latest:');
  upstream.always(answers('{"greeting":"Hello, Ada."}'));
  const run = await runCli(['run', 'greet', '--tier', 'economy', '--json'], {
    in: project.root,
    environment: { MISTRAL_API_KEY: 'the-key' },
  });
  expect(run.code, run.err + run.out).toBe(0);
  expect(upstream.received[0]?.headers.authorization).toBe('Bearer the-key');
  expect(JSON.parse(run.out)).toMatchObject({ invocation: { provider: 'mistral' } });
  const without = await runCli(['run', 'greet', '--tier', 'economy'], { in: project.root });
  expect(without.err).toContain('MISTRAL_API_KEY');
});

test('the catalogue is listed and filtered without a project', async () => {
  const seeing = await list([
    '--catalog',
    '--feature',
    'vision',
    '--feature',
    'tools',
    '--max-input-price',
    '1',
  ]);
  expect(seeing.length).toBeGreaterThan(50);
  for (const { features, price } of seeing) {
    expect(features.value).toEqual(expect.arrayContaining(['vision', 'tools']));
    expect(price?.value.input).toBeLessThanOrEqual(1);
  }
  const table = await runCli(['models', 'small', '--catalog', '--vendor', 'mistral'], { in: '/' });
  expect(table.out.split('\n')[0]).toMatch(/^MODEL +QUALITY +CONTEXT/);
  expect(table.err).toMatch(/\d+ of \d+ models/);
  expect((await runCli(['models', '--catalog', 'no such model'], { in: '/' })).out).toMatch(
    /^None of \d+ models/,
  );
});

test('the models of the project say where each value comes from', async () => {
  const project = sampleProject();
  const { root } = project;
  project.edit(
    'capstan.yaml',
    '  simulator: { adapter: simulator }',
    '  simulator: { adapter: simulator }\n  deepseek: {}\n  own: { vendor: deepseek }',
  );
  project.edit(
    'capstan.yaml',
    '  simulator/small:',
    '  deepseek/deepseek-flash: { quality: 0.7 }\n  simulator/small:',
  );
  const listed = await list([], root);
  const of = (id: string): Listed | undefined => listed.find((model) => model.id === id);
  expect(of('deepseek/deepseek-flash')).toMatchObject({
    quality: { value: 0.7, from: 'capstan.yaml' },
    price: { from: expect.stringMatching(/^catalogue of 20/) as string },
    elsewhere: ['own/deepseek-flash'],
  });
  expect(of('own/deepseek-flash')?.quality?.from).toBe('prior, from its price alone');
  expect(of('cloud/big')?.price?.from).toBe('capstan.yaml');
  const { out } = await runCli(['models', 'deepseek-flash', '--explain'], { in: root });
  expect(out).toMatch(/quality +0\.7 +capstan\.yaml\n/);
});

test('models of a vendor whose price nobody knows serve no capability with a cost limit, and a line says so', async () => {
  const project = sampleProject();
  project.edit(
    'capstan.yaml',
    '  simulator: { adapter: simulator }',
    '  simulator: { adapter: simulator }\n  nvidia: {}',
  );
  project.edit(
    'capabilities/greet.cap.yaml',
    'examples:',
    'routing:\n  constraints: { maxCostUsd: 0.05 }\nexamples:',
  );
  const { out, err } = await runCli(['check'], { in: project.root });
  expect(out + err).toMatch(/info\[routing\/unknown-price\]: In the catalogue \d+ models have no price/);
});

test('vendors are listed with the address and the name of the key', async () => {
  const { out, err } = await runCli(['models', '--vendors'], { in: '/' });
  expect(out).toMatch(/^mistral +Mistral AI +\d+ +openai +MISTRAL_API_KEY +https:\/\/api\.mistral\.ai\/v1$/m);
  expect(err).toContain('NAME: {}');
});

test('what is no amount is refused', async () => {
  const { code, err } = await runCli(['models', '--max-input-price', 'cheap'], { in: '/' });
  expect(code).toBe(2);
  expect(err).toContain('"cheap" is not an amount');
});

test.each([
  ['--feature', 'visoin', 'No model has the feature "visoin". Did you mean vision?'],
  ['--modality', 'smell', 'No model has the modality "smell". There is: '],
  ['--vendor', 'mistrall', 'No model has the vendor or provider "mistrall". Did you mean mistral?'],
])(
  '%s %s is a word that no model knows, and not a filter that none passes',
  async (option, word, message) => {
    const { code, err } = await runCli(['models', option, word], { in: sampleProject().root });
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  },
);

test('a vendor of the catalogue that the project does not use is no mistake', async () => {
  const { code, out } = await runCli(['models', '--vendor', 'mistral'], { in: sampleProject().root });
  expect([code, out]).toEqual([0, expect.stringMatching(/^None of \d+ models/)]);
});
