// The real `openai` SDK against a real server: what works with the provider must work here, with models and capabilities.
import OpenAI, { APIError } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { RunnableTools } from 'openai/lib/RunnableFunction';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  answers,
  callsTool,
  fails,
  failsHalfway,
  floods,
  startFakeUpstream,
  stallsAfter,
  staysSilent,
  streams,
  streamsOnDemand,
} from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { openAiMistakes, openAiSchemasPresent } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer, UPSTREAM_SECRET } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const KEY = 'key-of-the-sdk';
const summary = { summary: 'Sales rose — “a lot”. 😀', points: ['4%', '2%'] };

let upstream: FakeUpstream;
let server: TestServer;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { sdk: KEY } }), {
    access: 'keys',
  });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
});

afterEach(() => {
  for (const { body } of upstream.received)
    expect(openAiMistakes('CreateChatCompletionRequest', body)).toEqual([]);
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  await server.close();
  await upstream.close();
});

const say = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];

test
  .skipIf(!openAiSchemasPresent)
  .each([
    'CreateChatCompletionRequest',
    'CreateChatCompletionResponse',
    'CreateChatCompletionStreamResponse',
    'ErrorResponse',
    'ListModelsResponse',
    'Model',
  ] as const)('the published schema %s is there and refuses what is none', (schema) => {
  expect(openAiMistakes(schema, { object: 7 })).not.toEqual([]);
});

test('models are listed: capabilities, automatic choices, aliases and models', async () => {
  const { data } = await client.models.list();
  const ids = data.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining([
      'summarize',
      'summarize@1',
      'title@1',
      'title@2',
      'auto',
      'auto:premium',
      'fast',
    ]),
  );
  expect(ids).toContain('upstream/large');
  expect(openAiMistakes('ListModelsResponse', { object: 'list', data })).toEqual([]);
});

test('models of a provider without its key, and aliases of them, are not listed', async () => {
  const keyless = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }), { environment: {} });
  const anybody = new OpenAI({ baseURL: `${keyless.url}/v1`, apiKey: 'none' });
  const ids = (await anybody.models.list()).data.map(({ id }) => id);
  await keyless.close();
  expect(ids).toEqual(expect.arrayContaining(['summarize', 'auto']));
  expect(ids.filter((id) => id === 'fast' || id.startsWith('upstream/'))).toEqual([]);
});

test.each([
  'summarize',
  'summarize@1',
  'summarize:premium',
  'auto',
  'auto:economy',
  'fast',
  'upstream/large',
])('the model %s can be retrieved by its name', async (name) => {
  const model = await client.models.retrieve(name);
  expect(model.id).toBe(name);
  expect(openAiMistakes('Model', model)).toEqual([]);
});

test('a chat with a model goes to its provider under the name it has there', async () => {
  upstream.always(answers('Good day.'));
  const completion = await client.chat.completions.create({
    model: 'upstream/large',
    messages: say('Hello'),
    temperature: 0.1,
    seed: 42,
  });
  expect(completion.choices[0]?.message.content).toBe('Good day.');
  expect(openAiMistakes('CreateChatCompletionResponse', completion)).toEqual([]);
  expect(upstream.received[0]?.body).toEqual({
    model: 'large',
    messages: say('Hello'),
    temperature: 0.1,
    seed: 42,
  });
  expect(upstream.received[0]?.path).toBe('/v1/chat/completions');
});

test('the provider gets its own key and never the caller’s, the caller never the provider’s', async () => {
  const { response } = await client.chat.completions
    .create({ model: 'upstream/large', messages: say('Hello') })
    .withResponse();
  expect(upstream.received[0]?.headers.authorization).toBe(`Bearer ${UPSTREAM_SECRET}`);
  expect(JSON.stringify(upstream.received[0]?.headers)).not.toContain(KEY);
  expect(JSON.stringify([...response.headers])).not.toContain(UPSTREAM_SECRET);
});

test.each(['fast', 'auto', 'auto:premium', 'large'])(
  'a chat with the model name %s finds a model',
  async (model) => {
    upstream.always(answers('Found.'));
    const completion = await client.chat.completions.create({ model, messages: say('Hello') });
    expect(completion.choices[0]?.message.content).toBe('Found.');
    expect(upstream.received[0]?.body?.['model']).toBe('large');
  },
);

test('fields that we do not know reach the provider untouched, in their order and spelling', async () => {
  const body =
    '{"x_future": {"deep": [1.0, 2e3, "é\\u00e9"]}, "model" : "upstream\\/large","messages":[{"role":"user","content":"Hi"}],"z":1e400}';
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body,
  });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  expect(upstream.received[0]?.bytes.toString()).toBe(body.replace('"upstream\\/large"', '"large"'));
});

test('a model streams', async () => {
  upstream.always(streams(['Good ', 'day', ' 😀', '.']));
  const stream = await client.chat.completions.create({
    model: 'upstream/large',
    messages: say('Hello'),
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Good day 😀.');
  expect(chunks.at(-1)?.usage?.total_tokens).toBe(18);
  for (const chunk of chunks) expect(openAiMistakes('CreateChatCompletionStreamResponse', chunk)).toEqual([]);
});

test('usage that the caller did not ask for is counted and not shown', async () => {
  const before = server.usage().length;
  const logged = server.nextEntry();
  const stream = await client.chat.completions.create({
    model: 'upstream/large',
    messages: say('Hello'),
    stream: true,
  });
  for await (const chunk of stream) {
    expect(chunk.usage ?? null).toBeNull();
    expect(chunk.choices).toHaveLength(1);
  }
  await logged;
  expect(server.usage()[before]).toMatchObject({
    outcome: 'ok',
    usage: { inputTokens: 11, outputTokens: 7 },
  });
});

test('chunks arrive when they are sent, not when all is over', async () => {
  const source = streamsOnDemand();
  upstream.next(source.behaviour);
  const pending = client.chat.completions.create({
    model: 'upstream/large',
    messages: say('Hello'),
    stream: true,
  });
  await source.send('first');
  const stream = (await pending)[Symbol.asyncIterator]();
  expect((await stream.next()).value?.choices[0]?.delta.content).toBe('first');
  await source.send('second');
  expect((await stream.next()).value?.choices[0]?.delta.content).toBe('second');
  await source.finish();
  while ((await stream.next()).done !== true);
});

test('a caller who aborts cancels the call at the provider', async () => {
  upstream.next(staysSilent);
  const gone = upstream.abandoned();
  const abort = new AbortController();
  const call = client.chat.completions.create(
    { model: 'upstream/large', messages: say('Hello') },
    { signal: abort.signal },
  );
  const outcome = call.catch((error: unknown) => error);
  await until(() => upstream.received.length === 1);
  abort.abort();
  expect(await outcome).toBeInstanceOf(OpenAI.APIUserAbortError);
  await gone;
});

test.each(['upstream/large', 'title'])(
  'a caller who leaves a stream of %s cancels it at the provider',
  async (model) => {
    upstream.next(stallsAfter(['one', 'two']));
    const gone = upstream.abandoned();
    const stream = await client.chat.completions.create({ model, messages: say('Hello'), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    stream.controller.abort();
    await gone;
  },
);

test('a reader that stops reading holds the provider back', async () => {
  const flood = floods('x'.repeat(64 * 1024));
  upstream.next(flood.behaviour);
  const abort = new AbortController();
  const gone = upstream.abandoned();
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: 'upstream/large', messages: say('Hello'), stream: true }),
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  await settles(() => flood.sent());
  expect(flood.sent() * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
  abort.abort();
  await gone;
});

test('a capability with JSON output answers as a model', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  const { data, response } = await client.chat.completions
    .create({ model: 'summarize', messages: say('Sales rose by 4%. Costs fell by 2%.') })
    .withResponse();
  expect(JSON.parse(data.choices[0]?.message.content ?? '')).toEqual(summary);
  expect(data.model).toBe('summarize');
  expect(data.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 });
  expect(openAiMistakes('CreateChatCompletionResponse', data)).toEqual([]);
  expect(response.headers.get('x-capstan-model')).toBe('upstream/large');
  expect(response.headers.get('x-capstan-invocation')).toMatch(/\S/);
  expect(response.headers.get('x-capstan-revision')).toBe(server.registry.current.revision);
  expect(response.headers.get('x-capstan-cost-usd')).toBe('0.000025');
});

test('a JSON object as last message is the input itself', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  await client.chat.completions.create({
    model: 'summarize@1:premium',
    messages: say(JSON.stringify({ document: 'Sales rose.', maxPoints: 3 })),
  });
  const sent = JSON.stringify(upstream.received[0]?.body);
  expect(sent).toContain('at most 3 points');
  expect(sent).toContain('Sales rose.');
});

test('a document that is JSON, but not the input, is still a document', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  await client.chat.completions.create({ model: 'summarize', messages: say('{"invoice": 17}') });
  expect(JSON.stringify(upstream.received[0]?.body)).toContain('invoice');
});

test('a capability streams as a model; the pieces are the output', async () => {
  upstream.always(answers('A fine title'));
  const stream = await client.chat.completions.create({
    model: 'title',
    messages: say('A text about sales.'),
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content).filter(Boolean);
  expect(texts.join('')).toBe('A fine title');
  expect(texts.length).toBeGreaterThan(1);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
  expect(chunks.at(-1)?.usage?.completion_tokens).toBe(7);
  for (const chunk of chunks) expect(openAiMistakes('CreateChatCompletionStreamResponse', chunk)).toEqual([]);
});

test('JSON output streams without the fence that the model put around it', async () => {
  upstream.always(answers(`\`\`\`json\n${JSON.stringify(summary)}\n\`\`\``));
  const stream = client.chat.completions.stream({ model: 'summarize', messages: say('Sales rose.') });
  expect(JSON.parse((await stream.finalContent()) ?? '')).toEqual(summary);
});

test.each(['upstream/large', 'summarize'])(
  'structured output helpers parse the answer of %s',
  async (model) => {
    upstream.always(answers('{"summary":"Sales rose.","points":["4%"]}'));
    const format = z.object({ summary: z.string(), points: z.array(z.string()) });
    const completion = await client.chat.completions.parse({
      model,
      messages: say('Sales rose by 4%.'),
      response_format: zodResponseFormat(format, 'summary'),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ summary: 'Sales rose.', points: ['4%'] });
  },
);

test.each([false, true])('the helper for tools calls them and asks again, streamed: %s', async (streamed) => {
  upstream.always(callsTool);
  const tools: RunnableTools<[{ city: string }]> = [
    {
      type: 'function',
      function: {
        name: 'weather',
        description: 'The weather of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
        parse: (text) => JSON.parse(text) as { city: string },
        function: ({ city }) => `mild in ${city}`,
      },
    },
  ];
  const body = { model: 'upstream/large', messages: say('Weather in Paris?'), tools };
  const runner = streamed
    ? client.chat.completions.runTools({ ...body, stream: true })
    : client.chat.completions.runTools(body);
  expect(await runner.finalContent()).toBe('It is mild in Paris.');
  const asked = upstream.received.map(({ body: sent }) => sent?.['messages']);
  expect(asked).toMatchObject([
    [{}],
    [{}, { role: 'assistant' }, { role: 'tool', content: 'mild in Paris' }],
  ]);
});

test('earlier turns fill the slot of a capability that has one', async () => {
  upstream.always(answers('In 1815.'));
  await client.chat.completions.create({
    model: 'converse',
    messages: [
      { role: 'user', content: 'Who was Ada Lovelace?' },
      { role: 'assistant', content: 'A mathematician.' },
      { role: 'user', content: [{ type: 'text', text: 'When was she born?' }] },
    ],
  });
  expect(upstream.received[0]?.body?.['messages']).toMatchObject([
    { role: 'system' },
    { role: 'user', content: 'Who was Ada Lovelace?' },
    { role: 'assistant', content: 'A mathematician.' },
    { role: 'user', content: expect.stringContaining('When was she born?') as string },
  ]);
});

test('parameters that the capability fixes are named, not obeyed', async () => {
  const { response } = await client.chat.completions
    .create({ model: 'title', messages: say('Sales.'), temperature: 2, max_tokens: 1, seed: 1, stop: null })
    .withResponse();
  expect(response.headers.get('x-capstan-ignored')).toBe('temperature, max_tokens, seed');
  expect(upstream.received[0]?.body).toMatchObject({ temperature: 0.2 });
  expect(upstream.received[0]?.body).not.toHaveProperty('seed');
});

test.each<[string, OpenAI.ChatCompletionMessageParam[], string]>([
  ['title', [{ role: 'system', content: 'Be rude.' }, ...say('Sales.')], 'brings its own system message'],
  [
    'title',
    [...say('Sales.'), { role: 'assistant', content: 'Yes?' }, ...say('More.')],
    'no place for earlier turns',
  ],
  ['title', [...say('Sales.'), { role: 'assistant', content: 'Yes?' }], 'must have the role "user"'],
  ['title', [{ role: 'tool', tool_call_id: 'x', content: '1' }], 'must be "user" or "assistant"'],
  ['title', [], 'at least one message'],
  ['greet', say('Ada, please'), 'must be a JSON object that fits the input of greet (name, language)'],
  [
    'title',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }],
    'reads only parts of the type "text"',
  ],
])('%s refuses a conversation that it has no place for, and says why', async (model, messages, message) => {
  const error = await refusalOf({ model, messages });
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(error.message).toContain(message);
  expect(upstream.received).toHaveLength(0);
});

test('an input that breaks the contract raises BadRequestError with every violation', async () => {
  const error = await refusalOf({
    model: 'greet',
    messages: say('{"name":5,"language":"fr","extra":true}'),
  });
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(error.code).toBe('input_invalid');
  const { violations } = (error.error as { details: { violations: { pointer: string }[] } }).details;
  const pointers = violations.map(({ pointer }) => pointer);
  expect(pointers.sort()).toEqual(['/extra', '/language', '/name']);
});

test('an unknown model raises NotFoundError with the nearest name', async () => {
  const error = await refusalOf({ model: 'sumarize', messages: say('Hello') });
  expect(error).toBeInstanceOf(OpenAI.NotFoundError);
  expect(error.message).toContain('summarize');
});

test('a wrong key raises AuthenticationError', async () => {
  const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});

test('an answer that breaks the contract is a server error that the SDK does not repeat', async () => {
  upstream.always(answers('I would rather not.'));
  const patient = client.withOptions({ maxRetries: 3 });
  const error = await patient.chat.completions
    .create({ model: 'summarize', messages: say('Sales rose.') })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpenAI.InternalServerError);
  expect((error as APIError).code).toBe('output_invalid');
  expect(upstream.received).toHaveLength(1);
});

test('a provider that fails halfway ends the stream of a capability in an error', async () => {
  upstream.always(failsHalfway(['A fine ', 'ti']));
  const stream = await client.chat.completions.create({
    model: 'title',
    messages: say('Sales.'),
    stream: true,
  });
  await expect(
    (async () => {
      for await (const chunk of stream) void chunk;
    })(),
  ).rejects.toBeInstanceOf(APIError);
});

test('a provider’s refusal of the caller’s own request keeps its status and its words', async () => {
  upstream.always(fails(400, { message: 'temperature must be below 2.', code: 'bad_temperature' }));
  const error = await refusalOf({ model: 'upstream/large', messages: say('Hello'), temperature: 2 });
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(error.message).toContain('temperature must be below 2.');
  expect(error.code).toBe('bad_temperature');
});

async function refusalOf(body: OpenAI.ChatCompletionCreateParamsNonStreaming): Promise<APIError> {
  const outcome: unknown = await client.chat.completions.create(body).catch((error: unknown) => error);
  if (!(outcome instanceof APIError)) throw new Error('the call was not refused');
  expect(openAiMistakes('ErrorResponse', { error: outcome.error })).toEqual([]);
  return outcome;
}

/** Waits, a turn of the event loop at a time, for something that another process of ours will do. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until a count has not moved for many turns of the event loop. */
async function settles(count: () => number): Promise<void> {
  let last = -1;
  for (let calm = 0; calm < 2_000; calm++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (count() === last) continue;
    last = count();
    calm = 0;
  }
}
