// Without any provider: the simulator answers on every surface, and shows every way of failing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const input = { document: 'Sales rose by 4%. Costs fell by 2%. We will hire two people.' };
const messages = [{ role: 'user', content: input.document }];

let server: TestServer;

beforeAll(async () => {
  server = await startServer(sampleSnapshot({ timeoutMs: 400 }));
});

afterAll(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
});

const chat = (fields: object): Promise<Response> =>
  post(server, '/v1/chat/completions', { messages, ...fields });

test('a capability answers within its contract, and says who answered', async () => {
  const response = await post(server, '/v1/capabilities/summarize', { input });
  expect(await response.json()).toMatchObject({
    output: { summary: expect.any(String) as string, points: expect.any(Array) as unknown[] },
    invocation: { provider: 'simulator', model: 'simulator/small' },
  });
  const events = await allOf(
    eventsOf(await post(server, '/v1/capabilities/summarize', { input, stream: true })),
  );
  expect(events.at(-1)).toMatchObject({ name: 'result', data: { invocation: { provider: 'simulator' } } });
});

test.each(['simulator/small', 'small', 'fast', 'auto', 'summarize', 'title'])(
  'the model %s chats',
  async (model) => {
    const whole: unknown = await (await chat({ model })).json();
    expect(openAiMistakes('CreateChatCompletionResponse', whole)).toEqual([]);
    const text = await (await chat({ model, stream: true })).text();
    const datas = text.trimEnd().split('\n\n').map((event) => event.replace('data: ', '')); // prettier-ignore
    expect(datas.pop()).toBe('[DONE]');
    for (const data of datas)
      expect(openAiMistakes('CreateChatCompletionStreamResponse', JSON.parse(data))).toEqual([]);
  },
);

test.each<[string, number, string | null]>([
  ['fail-500', 500, null],
  ['fail-401', 502, 'provider_failed'],
  ['fail-429', 429, null],
  ['malformed', 502, 'provider_failed'],
  ['html', 502, 'provider_failed'],
  ['slow', 504, 'timeout'],
])('the model simulator/%s fails as its name says', async (name, status, code) => {
  const response = await chat({ model: `simulator/${name}` });
  expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
});

test('a simulated stream that breaks off is cut', async () => {
  const response = await chat({ model: 'simulator/cut-stream', stream: true });
  await expect(response.text()).rejects.toThrow('terminated');
});
