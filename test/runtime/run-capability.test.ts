// One invocation against real providers on loopback that misbehave: what the caller gets, what was tried, what it cost.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import type { Policies, Snapshot } from '../../src/registry/snapshot.ts';
import {
  answers,
  answersForeignJson,
  answersGarbage,
  answersHalf,
  answersHtml,
  cutsStream,
  fails,
  failsHalfway,
  forgetsToFinish,
  resetsConnection,
  startFakeUpstream,
  streams,
} from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import type { SampleOptions } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';
import type { Invocations } from '../support/start-invocations.ts';

const good = { summary: 'Sales rose.', points: ['4%'] };
const document = { document: 'Sales rose by 4%. Costs fell.' };

let first: FakeUpstream;
let second: FakeUpstream;
let invocations: Invocations;

beforeAll(async () => {
  [first, second] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
});

beforeEach(() => {
  first.always(answers(JSON.stringify(good)));
  second.always(answers(JSON.stringify({ ...good, points: ['from the reserve'] })));
  begin();
});

afterEach(async () => {
  await invocations.close();
  first.reset();
  second.reset();
});

afterAll(() => Promise.all([first.close(), second.close()]));

function begin(options: SampleOptions = {}, policies: Partial<Policies> = {}): void {
  const snapshot = sampleSnapshot({ upstreamUrl: first.baseUrl, reserveUrl: second.baseUrl, ...options });
  invocations = startInvocations(withPolicies(snapshot, policies));
}

function withPolicies(snapshot: Snapshot, policies: Partial<Policies>): Snapshot {
  const capabilities = Object.fromEntries(
    Object.entries(snapshot.capabilities).map(([key, capability]) => [
      key,
      { ...capability, policies: { ...capability.policies, ...policies } },
    ]),
  );
  return { ...snapshot, capabilities };
}

async function errorOf(call: Promise<unknown>): Promise<CapabilityError> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof CapabilityError) return outcome;
  throw new Error('the call did not fail with an error of the catalogue', { cause: outcome });
}

test('a good answer: validated output, model, tokens, cost, and one record of usage', async () => {
  const { output, invocation } = await invocations.run('summarize', document);
  expect(output).toEqual(good);
  expect(invocation).toMatchObject({
    id: 'invocation-1',
    capability: 'summarize@1',
    tier: 'standard',
    model: 'upstream/large',
    provider: 'upstream',
    usage: { inputTokens: 11, outputTokens: 7 },
    repairs: [],
  });
  expect(invocation.costUsd).toBeCloseTo(0.000025, 12);
  expect(invocations.usage()).toMatchObject([
    { invocation: 'invocation-1', outcome: 'ok', model: 'upstream/large', stream: false },
  ]);
});

test('the provider is asked in its strongest mode, with defaults filled and no text outside its fence', async () => {
  await invocations.run('summarize', document);
  const [{ body } = { body: undefined }] = first.received;
  expect(body).toMatchObject({
    model: 'large',
    temperature: 0.2,
    max_tokens: 900,
    response_format: { type: 'json_schema', json_schema: { name: 'summarize', strict: true } },
  });
  const messages = body?.['messages'] as { role: string; content: string }[];
  expect(messages[0]).toEqual({
    role: 'system',
    content: 'You summarize documents in at most 5 points.\n',
  });
  expect(messages[1]?.content).toMatch(/^<document-?\w*[^>]*>[^]*Sales rose by 4%[^]*<\/document/);
});

test('an input that breaks the contract never reaches a provider', async () => {
  const error = await errorOf(invocations.run('summarize', { maxPoints: 0, extra: 1 }));
  expect(error.code).toBe('input_invalid');
  const { violations } = error.details as { violations: { pointer: string }[] };
  expect(violations.map(({ pointer }) => pointer).sort()).toEqual(['/document', '/extra', '/maxPoints']);
  expect(first.received).toEqual([]);
  expect(invocations.usage()).toMatchObject([{ outcome: 'input_invalid', attempts: [] }]);
});

describe('answers that are nearly right are mended, with receipts', () => {
  const text = JSON.stringify(good);
  test.each<[string, string, string[]]>([
    ['as it should be', text, []],
    ['white space', `\n  ${text}\n`, []],
    ['a code fence', `\`\`\`json\n${text}\n\`\`\``, ['strip-code-fence ']],
    ['prose around it', `Here it is:\n${text}\nAnything else?`, ['take-outermost-value ']],
    ['reasoning before it', `<think>{"summary": "no"}</think>\n${text}`, ['strip-reasoning ']],
    [
      'a trailing comma',
      '{"summary":"Sales rose.","points":["4%",],}',
      ['drop-comma /points', 'drop-comma '],
    ],
    [
      'single quotes',
      "{'summary':'Sales rose.','points':['4%']}",
      ['quote-text ', 'quote-text /summary', 'quote-text /points/0'],
    ],
    ['a missing brace', '{"summary":"Sales rose.","points":["4%"]', ['close-object ']],
  ])('%s', async (_name, reply, steps) => {
    first.always(answers(reply));
    const { output, invocation } = await invocations.run('summarize', document);
    expect(output).toEqual(good);
    expect(invocation.repairs.map(({ step, pointer }) => `${step} ${pointer}`)).toEqual(steps);
    expect(first.received).toHaveLength(1);
  });

  test('a list that was cut off is not closed: something may be missing', async () => {
    begin({}, { repair: { maxAttempts: 0 } });
    first.always(answers('{"summary":"Sales rose.","points":["4%","2'));
    const { invocation } = await invocations.run('summarize', document);
    expect(invocation.model).toBe('reserve/large');
  });
});

test('an invalid answer is asked for again with its violations, then elsewhere; all of it is paid and told', async () => {
  begin({}, { repair: { maxAttempts: 1 } });
  first.always(answers('{"summary":5}'));
  const { output, invocation } = await invocations.run('summarize', document);
  expect(output).toEqual({ ...good, points: ['from the reserve'] });
  expect(invocation.attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
    ['upstream/large', 'invalid'],
    ['upstream/large', 'invalid'],
    ['reserve/large', 'ok'],
  ]);
  expect(invocation.usage).toEqual({ inputTokens: 33, outputTokens: 21 });
  const reask = first.received[1]?.body?.['messages'] as { role: string; content: string }[];
  expect(reask.slice(-2).map(({ role }) => role)).toEqual(['assistant', 'user']);
  expect(reask.at(-1)?.content).toContain('/summary');
});

test('an answer that is cut off at its limit is not asked for again', async () => {
  begin({}, { repair: { maxAttempts: 3 } });
  first.always((request, response) => {
    const body = {
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: String(request.body?.['model']),
      choices: [{ index: 0, message: { role: 'assistant', content: '{"summary"' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 900, total_tokens: 901 },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const { invocation } = await invocations.run('summarize', document);
  expect(invocation.attempts.map(({ outcome }) => outcome)).toEqual(['invalid', 'ok']);
});

test('when nobody gives a valid output, the error names the violations and never the prompt', async () => {
  first.always(answers('I would rather not.'));
  second.always(answers('{"summary":"x","points":5}'));
  const error = await errorOf(invocations.run('summarize', document));
  expect(error.code).toBe('output_invalid');
  expect(error.details).toMatchObject({ violations: [{ pointer: '/points' }] });
  expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain('Sales');
});

describe('a provider in trouble: the next candidate answers, unseen by the caller', () => {
  const troubles: [string, Behaviour, string][] = [
    ['401', fails(401), 'credential'],
    ['402', fails(402), 'credential'],
    ['404', fails(404), 'credential'],
    ['429', fails(429), 'throttled'],
    ['500', fails(500), 'server'],
    ['529', fails(529), 'server'],
    ['HTML', answersHtml(), 'server'],
    ['garbage', answersGarbage, 'server'],
    ['foreign JSON', answersForeignJson, 'server'],
    ['half a body', answersHalf, 'server'],
    ['a reset', resetsConnection, 'server'],
  ];
  test.each(troubles)('%s', async (_name, behaviour, outcome) => {
    first.always(behaviour);
    const { invocation } = await invocations.run('summarize', document);
    expect(invocation.attempts.map((attempt) => attempt.outcome)).toEqual([outcome, 'ok']);
    expect(invocation.model).toBe('reserve/large');
  });

  test.each(troubles)('%s, while streaming', async (_name, behaviour, outcome) => {
    first.always(behaviour);
    const heard: string[] = [];
    const { invocation } = await invocations.run('summarize', document, {
      sink: {
        start: ({ model }) => void heard.push(`start ${model}`),
        delta: (text) => void heard.push(text),
      },
    });
    expect(invocation.attempts.map((attempt) => attempt.outcome)).toEqual([outcome, 'ok']);
    expect(heard[0]).toBe('start reserve/large');
    expect(JSON.parse(heard.slice(1).join(''))).toMatchObject({ points: ['from the reserve'] });
  });

  test.each<[string, Behaviour]>([
    ['a stream that is cut before its first word', cutsStream([])],
    ['a stream without words or end', forgetsToFinish([])],
    ['an error as the first event', failsHalfway([])],
  ])('%s', async (_name, behaviour) => {
    first.always(behaviour);
    const { invocation } = await invocations.run('title', document, {
      sink: { start: () => {}, delta: () => {} },
    });
    expect(invocation.model).toBe('reserve/large');
  });
});

test.each<[string, Behaviour]>([
  ['cut', cutsStream(['A fine ', 'ti'])],
  ['ended without an end', forgetsToFinish(['A fine ', 'ti'])],
  ['an error halfway', failsHalfway(['A fine ', 'ti'])],
])('after the first words a failure is the caller’s (%s)', async (_name, behaviour) => {
  first.always(behaviour);
  const heard: string[] = [];
  const error = await errorOf(
    invocations.run('title', document, { sink: { start: () => {}, delta: (text) => void heard.push(text) } }),
  );
  expect(error.code).toBe('provider_failed');
  expect(heard.join('')).toBe('A fine ti');
  expect(second.received).toEqual([]);
});

test('retries stay with one model as often as the policy says, then move on', async () => {
  begin({ retryAttempts: 3 });
  first.next(fails(500), fails(503));
  const { invocation } = await invocations.run('summarize', document);
  expect(invocation.attempts.map(({ model, outcome }) => `${model} ${outcome}`)).toEqual([
    'upstream/large server',
    'upstream/large server',
    'upstream/large ok',
  ]);
});

test('a reason that the policy does not name is not retried', async () => {
  begin({ retryAttempts: 3 }, { retry: { maxAttempts: 3, on: ['rate-limited'] } });
  first.always(fails(500));
  const { invocation } = await invocations.run('summarize', document);
  expect(invocation.attempts.map(({ model }) => model)).toEqual(['upstream/large', 'reserve/large']);
});

test('a refusal of the request itself stops at once', async () => {
  first.always(fails(400, { message: 'No such parameter.' }));
  const error = await errorOf(invocations.run('summarize', document));
  expect(error.code).toBe('provider_failed');
  expect(error.message).toContain('upstream/large: The provider answered 400. “No such parameter.”');
  expect(second.received).toEqual([]);
});

test('when every candidate fails, the error has a line for each attempt', async () => {
  first.always(fails(401, { message: 'Bad key sk-test-0123456789.' }));
  second.always(fails(500));
  const error = await errorOf(invocations.run('summarize', document));
  expect(error.code).toBe('provider_failed');
  expect(error.message).toMatch(
    /upstream\/large: The provider answered 401\..*reserve\/large: The provider answered 500\./,
  );
  expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain('sk-test');
});

test('a throttled provider’s Retry-After reaches the caller when nobody else can answer', async () => {
  first.always(fails(429, { headers: { 'retry-after': '7' } }));
  second.always(fails(429, { headers: { 'retry-after': '9' } }));
  const error = await errorOf(invocations.run('summarize', document));
  expect(error).toMatchObject({ code: 'provider_failed', retryAfterSeconds: 9 });
});

test('a caller who leaves cancels the call at the provider, and usage is recorded', async () => {
  const gone = first.abandoned();
  const abort = new AbortController();
  first.always(() => abort.abort(new CapabilityError('cancelled', 'The caller left.')));
  const error = await errorOf(invocations.run('summarize', document, { signal: abort.signal }));
  await gone;
  expect(error.code).toBe('cancelled');
  expect(invocations.usage()).toMatchObject([{ outcome: 'cancelled' }]);
});

test('a constraint that leaves no model names every rejection', async () => {
  const snapshot = sampleSnapshot({ upstreamUrl: first.baseUrl });
  const summarize = snapshot.capabilities['summarize@1'];
  if (summarize === undefined) throw new Error('the sample has summarize');
  const routing = { ...summarize.routing, constraints: { regions: ['eu'] } };
  invocations = startInvocations({
    ...snapshot,
    capabilities: { 'summarize@1': { ...summarize, routing } },
  });
  const error = await errorOf(invocations.run('summarize', document));
  expect(error.code).toBe('no_route');
  expect(error.message).toContain('upstream/large: region');
  expect(error.details).toMatchObject({ rejections: [{ model: 'upstream/large', constraint: 'region' }] });
});

test('text streams piece by piece and its start comes once, before the first piece', async () => {
  first.always(streams(['A ', 'fine ', 'title']));
  const heard: string[] = [];
  const { output } = await invocations.run('title', document, {
    sink: { start: () => void heard.push('start'), delta: (text) => void heard.push(text) },
  });
  expect(heard).toEqual(['start', 'A ', 'fine ', 'title']);
  expect(output).toBe('A fine title');
});
