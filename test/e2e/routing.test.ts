// Routing over HTTP: the route of an input with everything against the others, the health of models, judgements of answers
// and what they move, and the decision in the usage record.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayDecision } from '../../src/runtime/replay-decision.ts';
import { errorOf, post } from '../support/call-server.ts';
import { answers, fails, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const summary = { summary: 'Sales rose.', points: ['4%'] };
const input = { document: 'Sales rose by 4%.' };

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.always(answers(JSON.stringify(summary)));
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, reserveUrl: upstream.baseUrl }));
});

afterAll(async () => {
  await server.close();
  await upstream.close();
});

const get = async (path: string): Promise<unknown> => (await fetch(server.url + path)).json();

test('the route of an input is explained, model by model, and nothing is called', async () => {
  const response = await post(server, '/v1/capabilities/summarize/route', { input, tier: 'premium' });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    capability: 'summarize@1',
    tier: 'premium',
    floor: 0.9,
    models: [
      { model: 'upstream/large', place: 1, reasons: [], quality: { value: 0.9, from: 'prior' } },
      { model: 'reserve/large', reasons: [{ constraint: 'tier', actual: '0.85' }] },
    ],
  });
  expect(upstream.received).toEqual([]);
});

test('what would be otherwise is shown as a difference', async () => {
  const whatIf = ['without=upstream', 'model:reserve/large.quality=0.7'];
  const response = await post(server, '/v1/capabilities/summarize/route', { input, whatIf });
  const { differences, supposed } = (await response.json()) as Record<string, unknown>;
  expect(differences).toContainEqual(
    expect.stringMatching(/^upstream\/large: candidate \d → dropped \(providers: /),
  );
  expect(supposed).toMatchObject({
    models: [{ model: 'reserve/large', place: 1, quality: { value: 0.7 } }, {}],
  });
});

test.each([
  [{ input, whatIf: ['region'] }, 'whatIf'],
  [{ input, whatIf: ['model:nobody/x.price=1/2'] }, 'whatIf'],
  [{ input, whatIf: [7] }, 'whatIf'],
  [{ input, tier: 'gold' }, 'tier'],
  [{ tier: 'premium' }, 'input'],
  [{ input, tire: 'premium' }, 'tire'],
])('%j is refused with the place', async (body, param) => {
  const response = await post(server, '/v1/capabilities/summarize/route', body);
  expect(response.status).toBe(400);
  expect(await errorOf(response)).toMatchObject({ code: 'request_invalid', param });
});

test('every record holds its decision, and the decision can be made once more', async () => {
  await post(server, '/v1/capabilities/summarize', { input });
  await post(server, '/v1/chat/completions', {
    model: 'auto:economy',
    messages: [{ role: 'user', content: 'Hello.' }],
  });
  for (const record of server.usage().slice(-2)) {
    const { decision } = record;
    expect(decision?.candidates).toEqual(expect.arrayContaining(['upstream/large', 'reserve/large']));
    expect(decision && replayDecision(server.registry.current, record, decision)).toMatchObject({
      isSame: true,
    });
    expect(JSON.stringify(decision).length).toBeLessThan(600);
  }
});

test('the health of a model is what its answers showed', async () => {
  await post(server, '/v1/capabilities/summarize', { input });
  const { decision: _, model } = server.usage().at(-1) ?? {};
  const health = await get(`/v1/models/${model}/health`);
  expect(health).toMatchObject({
    model,
    available: true,
    circuit: { model: 'closed', provider: 'closed' },
    restMs: 0,
    successRatio: 1,
    elsewhere: [{ identity: 'large' }],
  });
  expect(health).toHaveProperty('tokensPerSecond');
  expect(await get('/v1/health/models')).toMatchObject({
    models: [{ available: true }, { available: true }],
  });
  const unknown = await fetch(`${server.url}/v1/models/nobody/health`);
  expect(unknown.status).toBe(404);
});

test('limits that the provider names are read off its answers; one that is used up gives the model a rest', async () => {
  const limits = {
    'x-ratelimit-limit-requests': '100',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '30s',
  };
  upstream.next((request, response) => {
    for (const [name, value] of Object.entries(limits)) response.setHeader(name, value);
    return answers(JSON.stringify(summary))(request, response);
  });
  const reply = await post(server, '/v1/capabilities/summarize', { input });
  const { invocation } = (await reply.json()) as { invocation: { model: string } };
  const health = (await get(`/v1/models/${invocation.model}/health`)) as { restMs: number };
  expect(health).toMatchObject({ limits: { requests: { remaining: 0, limit: 100 } } });
  expect(health.restMs).toBeGreaterThan(29_000);
  const route = await post(server, '/v1/capabilities/summarize/route', { input, tier: 'economy' });
  const { models } = (await route.json()) as { models: { model: string; resting?: true }[] };
  expect(models.find(({ model }) => model === invocation.model)).toMatchObject({ place: 2, resting: true });
});

test('a judgement moves what is thought of the model, and only its asker may give it', async () => {
  const reply = await post(server, '/v1/capabilities/summarize', { input });
  const { invocation } = (await reply.json()) as { invocation: { id: string; model: string } };
  const judged = await post(server, `/v1/invocations/${invocation.id}/feedback`, { score: 0 });
  expect(judged.status).toBe(200);
  const quality = (await get('/v1/capabilities/summarize/quality')) as {
    models: { model: string; prior: number; estimate: { value: number; from: string } }[];
  };
  const found = quality.models.find(({ model }) => model === invocation.model);
  expect(found?.estimate.from).toBe('seen in production');
  expect(found?.estimate.value).toBeLessThan(found?.prior ?? 0);
  expect(quality).toMatchObject({
    learnt: [{ identity: 'large', disliked: expect.closeTo(1, 6) as number }],
    past: [],
  });
  expect((await post(server, '/v1/invocations/nobody/feedback', { score: 1 })).status).toBe(404);
  const bad = await post(server, `/v1/invocations/${invocation.id}/feedback`, { score: 2 });
  expect(await errorOf(bad)).toMatchObject({ code: 'request_invalid', param: 'score' });
});

test('a model that several providers serve is one model with several routes', async () => {
  const urls = { upstreamUrl: upstream.baseUrl, reserveUrl: upstream.baseUrl };
  const other = await startServer(sampleSnapshot(urls));
  const chat = { model: 'large', messages: [{ role: 'user', content: 'Hello.' }] };
  expect((await post(other, '/v1/chat/completions', chat)).status).toBe(200);
  const [record] = other.usage();
  const { decision } = record ?? {};
  expect(decision?.only).toEqual(['upstream/large', 'reserve/large']);
  expect(record && decision && replayDecision(other.registry.current, record, decision)).toMatchObject({
    isSame: true,
  });
  upstream.next(fails(500), fails(500), answers('From the other one.'));
  expect((await post(other, '/v1/chat/completions', chat)).status).toBe(200);
  const { attempts } = other.usage().at(-1) ?? { attempts: [] };
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['server', 'server', 'ok']);
  expect(new Set(attempts.map(({ provider }) => provider)).size).toBe(2);
  await other.close();
});
