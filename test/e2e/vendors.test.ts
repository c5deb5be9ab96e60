// Vendors with a format of their own behind OpenAI's: the real `openai` SDK in front, and on the other side the wire of
// each vendor, on loopback.
import OpenAI, { APIError } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createBridge } from '../../src/providers/ai-sdk/bridge.ts';
import { vendors } from '../../src/providers/ai-sdk/vendors.ts';
import type { Provider, Snapshot } from '../../src/registry/snapshot.ts';
import { everythingOf, post } from '../support/call-server.ts';
import { startFakeUpstream, staysSilent } from '../support/fake-upstream.ts';
import type { FakeUpstream, ReceivedRequest } from '../support/fake-upstream.ts';
import {
  anthropicFault,
  anthropicText,
  anthropicWire,
  googleText,
  googleWire,
  otherStreams,
  otherWires,
} from '../support/fake-vendors.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot, UPSTREAM_KEY } from '../support/sample-snapshot.ts';
import { startServer, UPSTREAM_SECRET } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const KEY = 'key-of-the-sdk';

let upstream: FakeUpstream;
let server: TestServer;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startServer(withVendors(upstream.baseUrl), { access: 'keys' });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
});

afterEach(() => {
  expect(server.faults).toEqual([]);
  for (const { headers } of upstream.received) expect(JSON.stringify(headers)).not.toContain(KEY);
  upstream.reset();
});

afterAll(async () => {
  await Promise.all([server.close(), upstream.close()]);
});

function withVendors(baseUrl: string): Snapshot {
  const sample = sampleSnapshot({ keys: { sdk: KEY } });
  const providers = Object.fromEntries(
    vendors.map(({ name }): [string, Provider] => [
      name,
      { id: name, adapter: name, baseUrl, apiKey: { environment: UPSTREAM_KEY }, dataClass: 'restricted' },
    ]),
  );
  const claude = {
    id: 'anthropic/large',
    provider: 'anthropic',
    name: 'large',
    quality: 0.9,
    contextTokens: 200_000,
    maxOutputTokens: 8_000,
    features: ['structured-output', 'tools'],
    modalities: ['text'],
    price: { input: 1, output: 2, cachedInput: 0.1 },
  };
  return {
    ...sample,
    providers: { ...sample.providers, ...providers },
    models: { ...sample.models, [claude.id]: claude },
  };
}

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'weather',
      description: 'The weather of a city.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];
const cities = ['{"city":"Paris"}', '{"city":"Rome"}'];

interface Thinking {
  readonly reasoning_content?: string;
}

describe.each([
  ['anthropic', anthropicWire, { input: 30, output: 40, cached: 7, reasoning: 0 }],
  ['google', googleWire, { input: 30, output: 40, cached: 7, reasoning: 15 }],
] as const)('%s', (vendor, wire, counted) => {
  const model = `${vendor}/test-model`;
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Weather?' }];
  const chatUsage = {
    prompt_tokens: counted.input,
    completion_tokens: counted.output,
    total_tokens: counted.input + counted.output,
    prompt_tokens_details: { cached_tokens: counted.cached },
    completion_tokens_details: { reasoning_tokens: counted.reasoning },
  };
  const responseUsage = {
    input_tokens: counted.input,
    output_tokens: counted.output,
    input_tokens_details: { cached_tokens: counted.cached },
    output_tokens_details: { reasoning_tokens: counted.reasoning },
  };

  afterEach(() => {
    const record = server.usage().at(-1);
    if (record?.outcome !== 'ok') return;
    expect(record).toMatchObject({
      provider: vendor,
      usage: {
        inputTokens: counted.input,
        outputTokens: counted.output,
        cachedInputTokens: counted.cached,
        reasoningTokens: counted.reasoning,
      },
    });
  });

  test('a chat: text, reasoning, parallel calls, usage', async () => {
    upstream.next(wire.whole);
    const completion = await client.chat.completions.create({ model, messages, tools });
    expect(openAiMistakes('CreateChatCompletionResponse', completion)).toEqual([]);
    const [choice] = completion.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.content).toBe('Let me look.');
    expect((choice?.message as Thinking | undefined)?.reasoning_content).toBe('Two cities.');
    expect(
      choice?.message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments),
    ).toEqual(cities);
    expect(completion.usage).toMatchObject(chatUsage);
  });

  test('a stream: arguments in pieces, every chunk in the format', async () => {
    upstream.next(wire.stream);
    const stream = client.chat.completions.stream({
      model,
      messages,
      tools,
      stream_options: { include_usage: true },
    });
    let thought = '';
    for await (const chunk of stream) {
      expect(openAiMistakes('CreateChatCompletionStreamResponse', chunk)).toEqual([]);
      thought += (chunk.choices[0]?.delta as Thinking | undefined)?.reasoning_content ?? '';
    }
    const completion = await stream.finalChatCompletion();
    expect(thought).toBe('Two cities.');
    expect(completion.choices[0]?.message.content).toBe('Let me look.');
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
    const calls = completion.choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => call.type === 'function' && call.function.arguments)).toEqual(cities);
    expect(completion.usage).toMatchObject(chatUsage);
  });

  test('usage that was not asked for is counted and not shown', async () => {
    upstream.next(wire.stream);
    const logged = server.nextEntry();
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) expect(chunk.usage ?? null).toBeNull();
    await logged;
    expect(server.usage().at(-1)?.outcome).toBe('ok');
  });

  test('a response', async () => {
    upstream.next(wire.whole);
    const response = await client.responses.create({ model, input: 'Weather?', instructions: 'Be brief.' });
    expect(openAiMistakes('Response', withoutHelpers(response))).toEqual([]);
    expect(response.output_text).toBe('Let me look.');
    expect(response.output.map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'function_call',
      'function_call',
    ]);
    expect(
      response.output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : [])),
    ).toEqual(cities);
    expect(response.usage).toMatchObject(responseUsage);
  });

  test('a response in events', async () => {
    upstream.next(wire.stream);
    const stream = client.responses.stream({ model, input: 'Weather?' });
    let sequence = 0;
    for await (const event of stream) {
      expect(openAiMistakes('ResponseStreamEvent', withoutHelpers(event))).toEqual([]);
      expect(event.sequence_number).toBe(sequence++);
    }
    const response = await stream.finalResponse();
    expect(response.status).toBe('completed');
    expect(response.output_text).toBe('Let me look.');
    expect(
      response.output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : [])),
    ).toEqual(cities);
    expect(response.usage).toMatchObject(responseUsage);
  });

  test.each(['chat', 'response'])(
    'what was said comes back with the next %s, and is heard',
    async (surface) => {
      upstream.next(wire.whole, wire.whole);
      const results = ['18 degrees', '25 degrees'];
      if (surface === 'chat') {
        const { choices } = await client.chat.completions.create({ model, messages, tools });
        const [said] = choices.map(({ message }) => message);
        const answers = (said?.tool_calls ?? []).map((call, index) => ({
          role: 'tool' as const,
          tool_call_id: call.id,
          content: results[index] ?? '',
        }));
        await client.chat.completions.create({
          model,
          messages: [...messages, said as OpenAI.ChatCompletionMessageParam, ...answers],
          tools,
        });
      } else {
        const { output } = await client.responses.create({ model, input: 'Weather?' });
        const calls = output.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : []));
        await client.responses.create({
          model,
          input: [
            { role: 'user', content: 'Weather?' },
            ...(output as OpenAI.Responses.ResponseInputItem[]),
            ...calls.map((call_id, index) => ({
              type: 'function_call_output' as const,
              call_id,
              output: results[index] ?? '',
            })),
          ],
        });
      }
      const sent = upstream.received[1]?.bytes.toString() ?? '';
      for (const words of ['Let me look.', 'Paris', 'Rome', ...results, 'sig-1'])
        expect(sent).toContain(words);
      const turns = (upstream.received[1]?.body?.['messages'] ??
        upstream.received[1]?.body?.['contents']) as {
        role: string;
      }[];
      expect(turns.map(({ role }) => role)).toEqual([
        'user',
        vendor === 'google' ? 'model' : 'assistant',
        'user',
      ]);
    },
  );

  test('its errors keep their status, words and wishes', async () => {
    upstream.next(wire.fails);
    const error = await client.chat.completions.create({ model, messages }).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect((error as APIError).message).toContain('Overloaded, come back.');
    expect(openAiMistakes('ErrorResponse', { error: (error as APIError).error })).toEqual([]);
    expect((error as APIError).headers?.get('retry-after')).toBe('9');
    expect((error as APIError).requestID).toBe('req_1');
    expect(upstream.received).toHaveLength(1);
  });

  test('its key goes where the vendor wants it, and nowhere else', async () => {
    upstream.next(wire.whole);
    const { response } = await client.chat.completions.create({ model, messages }).withResponse();
    const [{ headers, path } = {} as ReceivedRequest] = upstream.received;
    expect(headers[vendor === 'google' ? 'x-goog-api-key' : 'x-api-key']).toBe(UPSTREAM_SECRET);
    expect(path).not.toContain(UPSTREAM_SECRET);
    expect(JSON.stringify([...response.headers])).not.toContain(UPSTREAM_SECRET);
  });

  test('a caller who leaves cancels the call', async () => {
    upstream.next(staysSilent);
    const gone = upstream.abandoned();
    const abort = new AbortController();
    const call = client.chat.completions
      .create({ model, messages }, { signal: abort.signal })
      .catch((error: unknown) => error);
    while (upstream.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    expect(await call).toBeInstanceOf(OpenAI.APIUserAbortError);
    await gone;
  });
});

test.each([
  ['anthropic/m', 'length', anthropicText('Half', 'max_tokens')],
  ['anthropic/m', 'content_filter', anthropicText('No.', 'refusal')],
  ['anthropic/m', 'stop', anthropicText('Done.')],
  ['google/m', 'length', googleText('Half', 'MAX_TOKENS')],
  ['google/m', 'content_filter', googleText('No.', 'SAFETY')],
  ['google/m', 'stop', googleText('Done.')],
])('%s stops for a reason that the format knows: %s', async (model, reason, behaviour) => {
  upstream.always(behaviour);
  const { choices } = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'x' }],
  });
  expect(choices[0]?.finish_reason).toBe(reason);
  const response = await client.responses.create({ model, input: 'x' });
  expect(response.status).toBe(reason === 'stop' ? 'completed' : 'incomplete');
});

test('a vendor that fails inside its stream: before the first word it is an answer, after it an error event', async () => {
  const ask = (): Promise<Response> =>
    post(
      server,
      '/v1/chat/completions',
      { model: 'anthropic/m', messages: [{ role: 'user', content: 'x' }], stream: true },
      { headers: { authorization: `Bearer ${KEY}` } },
    );
  upstream.next(anthropicFault(''));
  const early = await ask();
  expect(early.status).toBe(502);
  expect(await early.json()).toMatchObject({ error: { code: 'provider_failed' } });
  upstream.next(anthropicFault('Half'));
  const late = await everythingOf(await ask());
  expect(late).toContain('Half');
  expect(late).toContain('"code":"provider_failed"');
  expect(late).not.toContain('[DONE]');
});

const picture = 'data:image/png;base64,iVBORw0KGgo=';
const paper = 'data:application/pdf;base64,JVBERi0=';

test('everything that a chat can hold reaches the vendor in its own words', async () => {
  upstream.next(anthropicText('{"city":"Paris"}'));
  await client.chat.completions.create({
    model: 'anthropic/claude-sonnet-4-5',
    max_completion_tokens: 99,
    temperature: 0.5,
    stop: 'END',
    tool_choice: 'auto',
    parallel_tool_calls: false,
    tools,
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: picture } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'file', file: { file_data: paper, filename: 'a.pdf' } },
        ],
      },
    ],
  });
  expect(upstream.received[0]?.body).toMatchObject({
    model: 'claude-sonnet-4-5',
    max_tokens: 99,
    temperature: 0.5,
    stop_sequences: ['END'],
    system: [{ type: 'text', text: 'Be brief.' }],
    tools: [{ name: 'weather', input_schema: { required: ['city'] } }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
        ],
      },
    ],
  });
});

test.each(['anthropic', 'google'])('%s is held to a schema', async (vendor) => {
  upstream.next(vendor === 'anthropic' ? anthropicText('{"city":"Paris"}') : googleText('{"city":"Paris"}'));
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  await client.chat.completions.create({
    model: `${vendor}/claude-sonnet-4-5`,
    messages: [{ role: 'user', content: 'Where?' }],
    response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
  });
  expect(upstream.received[0]?.bytes.toString()).toMatch(/"city"/);
});

test('a capability can be served by such a vendor, whole and streamed', async () => {
  upstream.always(anthropicText('A fine title'));
  const body = { input: { document: 'Sales rose.' }, tier: 'premium' };
  const headers = { authorization: `Bearer ${KEY}` };
  const whole = await post(server, '/v1/capabilities/title', body, { headers });
  expect(await whole.json()).toMatchObject({
    output: 'A fine title',
    invocation: { model: 'anthropic/large', usage: { inputTokens: 30, outputTokens: 40 } },
  });
  const stream = await client.chat.completions.create({
    model: 'title:premium',
    messages: [{ role: 'user', content: 'Sales rose.' }],
    stream: true,
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe('A fine title');
});

test('a tier finds such a vendor too, on both surfaces', async () => {
  upstream.always(anthropicText('Found.'));
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const completion = await client.chat.completions.create({ model: 'auto:premium', messages });
  expect(completion.choices[0]?.message.content).toBe('Found.');
  const response = await client.responses.create({ model: 'auto:premium', input: 'Hello' });
  expect(response.output_text).toBe('Found.');
});

test.each<[string, object, string]>([
  ['two answers', { n: 2 }, 'n'],
  ['probabilities', { logprobs: true }, 'logprobs'],
  ['sound', { modalities: ['text', 'audio'] }, 'modalities'],
  ['functions of old', { functions: [{ name: 'f' }] }, 'functions'],
  ['a tool that is none', { tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0]'],
  [
    'a result of no call',
    { messages: [{ role: 'tool', tool_call_id: 'x', content: '1' }] },
    'messages[0].tool_call_id',
  ],
  ['a role that is none', { messages: [{ role: 'boss', content: '1' }] }, 'messages[0].role'],
  ['no messages', { messages: [] }, 'messages'],
  [
    'a picture that is nowhere',
    {
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] },
      ],
    },
    'messages[0].content[0].image_url.url',
  ],
])('what the vendor cannot do is refused by name: %s', async (_what, fields, param) => {
  const body = { model: 'anthropic/m', messages: [{ role: 'user', content: 'x' }], ...fields };
  const response = await post(server, '/v1/chat/completions', body, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { param, type: 'invalid_request_error' } });
  expect(upstream.received).toEqual([]);
});

test.each(['google/../../../secret', 'google/a%2e%2e', 'google/a?key=x', 'google/a b', 'bedrock/..'])(
  'the name of a model leads nowhere else: %s',
  async (model) => {
    const body = { model, messages: [{ role: 'user', content: 'x' }] };
    const response = await post(server, '/v1/chat/completions', body, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(response.status).toBe(400);
    expect(upstream.received).toEqual([]);
  },
);

test('parameters without effect are named', async () => {
  upstream.next(anthropicText('Hello.'));
  const { response } = await client.chat.completions
    .create({ model: 'anthropic/m', messages: [{ role: 'user', content: 'x' }], logit_bias: {}, store: true })
    .withResponse();
  expect(response.headers.get('x-capstan-ignored')).toBe('logit_bias, store');
});

test('what else OpenAI serves, such a vendor does not', async () => {
  const error = await client.embeddings
    .create({ model: 'anthropic/m', input: 'x' })
    .catch((each: unknown) => each);
  expect(error).toBeInstanceOf(OpenAI.NotFoundError);
});

test.each(Object.entries(otherWires))('%s answers a chat', async (vendor, behaviour) => {
  upstream.next(behaviour);
  const completion = await client.chat.completions.create({
    model: `${vendor}/test-model`,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  expect(completion.choices[0]?.message.content).toBe('Hello there.');
  expect(completion.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 7 });
  expect(openAiMistakes('CreateChatCompletionResponse', completion)).toEqual([]);
  expect(JSON.stringify(upstream.received[0]?.headers)).toContain(UPSTREAM_SECRET);
});

test.each(Object.entries(otherStreams))('%s streams a chat', async (vendor, behaviour) => {
  upstream.next(behaviour);
  const stream = await client.chat.completions.create({
    model: `${vendor}/test-model`,
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage: object | null | undefined;
  for await (const chunk of stream) {
    expect(openAiMistakes('CreateChatCompletionStreamResponse', chunk)).toEqual([]);
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  expect(text).toBe('Hello there.');
  expect(usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 7 });
});

test('a vendor whose package is not there says which one, and is left out', () => {
  const adapter = createBridge({
    name: 'other',
    package: '@ai-sdk/not-there',
    load: () => Promise.reject(new Error('not there')),
  });
  const provider: Provider = { id: 'other', adapter: 'other', dataClass: 'internal' };
  expect(adapter.missing?.(provider)).toBe('it needs a baseUrl');
  expect(adapter.missing?.({ ...provider, baseUrl: 'https://example.com' })).toBe(
    'npm install @ai-sdk/not-there would make it so',
  );
});

/** What the SDK adds to what it received. */
function withoutHelpers(value: object): object {
  const copy = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  delete copy['output_text'];
  delete copy['_request_id'];
  return copy;
}
