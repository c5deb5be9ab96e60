// Frameworks that speak OpenAI's API, with the parameters that they add by themselves: `ai` with
// `@ai-sdk/openai-compatible`, and `@langchain/openai`. With models, and with capabilities in a model's place.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { embed, generateText, jsonSchema, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openAiServer } from '../support/fake-openai.ts';
import { answers, callsTool, fails, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const KEY = 'key-of-the-framework';
const summary = { summary: 'Sales rose.', points: ['4%'] };

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const sample = sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { framework: KEY } });
  server = await startServer(sample, { access: 'keys' });
});

afterEach(() => {
  for (const { path, body } of upstream.received)
    if (path === '/v1/chat/completions')
      expect(openAiMistakes('CreateChatCompletionRequest', body)).toEqual([]);
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  await Promise.all([server.close(), upstream.close()]);
});

const schema = jsonSchema<{ city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
});

describe('ai with @ai-sdk/openai-compatible', () => {
  const provider = (): ReturnType<typeof createOpenAICompatible> =>
    createOpenAICompatible({
      name: 'capstan',
      baseURL: `${server.url}/v1`,
      apiKey: KEY,
      includeUsage: true,
      supportsStructuredOutputs: true,
    });

  test('text, with its usage', async () => {
    upstream.always(answers('Good day.'));
    const { text, usage } = await generateText({ model: provider()('upstream/large'), prompt: 'Hello' });
    expect([text, usage.inputTokens, usage.outputTokens]).toEqual(['Good day.', 11, 7]);
  });

  test('a stream, with its usage', async () => {
    upstream.always(answers('Good day to you.'));
    const result = streamText({ model: provider()('fast'), prompt: 'Hello' });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect([text, (await result.usage).totalTokens]).toEqual(['Good day to you.', 18]);
  });

  test.each([false, true])('tools, streamed: %s', async (streamed) => {
    upstream.always(callsTool);
    const options = {
      model: provider()('auto'),
      prompt: 'Weather in Paris?',
      tools: { weather: tool({ inputSchema: schema, execute: ({ city }) => `mild in ${city}` }) },
      stopWhen: ({ steps }: { steps: readonly unknown[] }) => steps.length === 3,
    };
    const text = streamed ? await streamText(options).text : (await generateText(options)).text;
    expect(text).toBe('It is mild in Paris.');
  });

  test('embeddings', async () => {
    upstream.always(openAiServer);
    const { embedding } = await embed({ model: provider().embeddingModel('upstream/small'), value: 'x' });
    expect(embedding).toEqual([0.1, -2.5, 3.25]);
  });

  test('a capability, with the parameters of a framework', async () => {
    upstream.always(answers(JSON.stringify(summary)));
    const { text, response } = await generateText({
      model: provider()('summarize'),
      prompt: 'Sales rose by 4%.',
      temperature: 0,
      maxOutputTokens: 500,
      tools: { weather: tool({ inputSchema: schema, execute: () => 'mild' }) },
    });
    expect(JSON.parse(text)).toEqual(summary);
    expect(response.headers?.['x-capstan-ignored']?.split(', ').sort()).toEqual([
      'max_tokens',
      'temperature',
      'tool_choice',
      'tools',
    ]);
  });

  test('a capability, streamed', async () => {
    upstream.always(answers('A fine title'));
    const { textStream } = streamText({ model: provider()('title'), prompt: 'Sales rose.' });
    let text = '';
    for await (const piece of textStream) text += piece;
    expect(text).toBe('A fine title');
  });

  test('an error has its status and words', async () => {
    upstream.always(fails(422, { message: 'No wings.' }));
    await expect(
      generateText({ model: provider()('upstream/large'), prompt: 'x', maxRetries: 0 }),
    ).rejects.toMatchObject({
      statusCode: 422,
      message: 'No wings.',
    });
  });
});

describe('@langchain/openai', () => {
  const chat = (model: string, options: object = {}): ChatOpenAI =>
    new ChatOpenAI({
      model,
      apiKey: KEY,
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1` },
      ...options,
    });

  test('text, with its usage', async () => {
    upstream.always(answers('Good day.'));
    const message = await chat('upstream/large', { temperature: 0.2 }).invoke('Hello');
    expect(message.text).toBe('Good day.');
    expect(message.usage_metadata).toMatchObject({ input_tokens: 11, output_tokens: 7 });
  });

  test('a stream', async () => {
    upstream.always(answers('Good day to you.'));
    let text = '';
    for await (const piece of await chat('auto:premium').stream('Hello')) text += piece.text;
    expect(text).toBe('Good day to you.');
  });

  test('tools', async () => {
    upstream.always(callsTool);
    const model = chat('upstream/large').bindTools([
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ]);
    const question = new HumanMessage('Weather in Paris?');
    const asked = await model.invoke([question]);
    expect(asked.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Paris' } }]);
    const result = new ToolMessage({ content: 'mild', tool_call_id: 'call_1' });
    expect((await model.invoke([question, asked, result])).text).toBe('It is mild.');
  });

  test('structured output', async () => {
    upstream.always(answers('{"city":"Paris"}'));
    const model = chat('upstream/large').withStructuredOutput(
      { title: 'place', type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      { method: 'jsonSchema' },
    );
    expect(await model.invoke('Where?')).toEqual({ city: 'Paris' });
  });

  test('responses', async () => {
    upstream.always(openAiServer);
    const message = await chat('upstream/large', { useResponsesApi: true }).invoke('Hello');
    expect(message.text).toBe('Hello there.');
  });

  test('embeddings', async () => {
    upstream.always(openAiServer);
    const embeddings = new OpenAIEmbeddings({
      model: 'upstream/small',
      apiKey: KEY,
      configuration: { baseURL: `${server.url}/v1` },
    });
    expect((await embeddings.embedQuery('x'))[1]).toBe(-2.5);
  });

  test.each([false, true])('a capability, by the Responses API: %s', async (useResponsesApi) => {
    upstream.always(answers('A fine title'));
    const model = chat('title', { useResponsesApi, temperature: 0, maxTokens: 50 });
    expect((await model.invoke('Sales rose.')).text).toBe('A fine title');
    let text = '';
    for await (const piece of await model.stream('Sales rose.')) text += piece.text;
    expect(text).toBe('A fine title');
  });
});

describe('a capability as a model of the Responses API', () => {
  const client = (): OpenAI => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });

  test('whole', async () => {
    upstream.always(answers(JSON.stringify(summary)));
    const { data, response } = await client()
      .responses.create({
        model: 'summarize',
        input: 'Sales rose by 4%.',
        temperature: 1,
        store: true,
        max_output_tokens: 10,
        text: { format: { type: 'text' } },
      })
      .withResponse();
    expect(JSON.parse(data.output_text)).toEqual(summary);
    expect(data.usage).toMatchObject({ input_tokens: 11, output_tokens: 7 });
    const { output_text: _text, ...plain } = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
    expect(openAiMistakes('Response', plain)).toEqual([]);
    expect(response.headers.get('x-capstan-ignored')).toBe('temperature, max_output_tokens, store');
    expect(response.headers.get('x-capstan-model')).toBe('upstream/large');
  });

  test('a JSON object is the input itself, and earlier turns fill their slot', async () => {
    upstream.always(answers('In 1815.'));
    await client().responses.create({
      model: 'converse',
      input: [
        { role: 'user', content: 'Who was Ada?' },
        { role: 'assistant', content: 'A mathematician.' },
        { role: 'user', content: [{ type: 'input_text', text: '{"question":"When was she born?"}' }] },
      ],
    });
    expect(upstream.received[0]?.body?.['messages']).toMatchObject([
      { role: 'system' },
      { content: 'Who was Ada?' },
      { content: 'A mathematician.' },
      { content: expect.stringContaining('When was she born?') as string },
    ]);
  });

  test('in events, all of them in the format', async () => {
    upstream.always(answers('A fine title'));
    const stream = client().responses.stream({ model: 'title', input: 'Sales rose.' });
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      expect(event.sequence_number).toBe(types.length - 1);
      expect(openAiMistakes('ResponseStreamEvent', event)).toEqual([]);
    }
    expect(types.filter((type) => type === 'response.output_text.delta').length).toBeGreaterThan(1);
    expect((await stream.finalResponse()).output_text).toBe('A fine title');
  });

  test.each<[object, string]>([
    [{ instructions: 'Be rude.' }, 'instructions'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ background: true }, 'background'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [{ input: [] }, 'input'],
    [{ input: [{ type: 'item_reference', id: 'x' }] }, 'input[0]'],
  ])('what it has no place for is refused by name: %j', async (fields, param) => {
    const body = { model: 'title', input: 'Sales rose.', ...fields };
    const error: unknown = await client()
      .responses.create(body as OpenAI.Responses.ResponseCreateParamsNonStreaming)
      .catch((each: unknown) => each);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect((error as InstanceType<typeof OpenAI.BadRequestError>).param).toBe(param);
    expect(upstream.received).toEqual([]);
  });
});
