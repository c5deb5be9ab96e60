// Every other route of OpenAI's API through the real `openai` SDK: what goes out, what comes back, and what is counted.
import fc from 'fast-check';
import OpenAI, { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { errorOf, post } from '../support/call-server.ts';
import { FILE_CONTENT, openAiServer, SPEECH } from '../support/fake-openai.ts';
import { staysSilent, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream, ReceivedRequest } from '../support/fake-upstream.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import type { OpenAiSchema } from '../support/openai-schemas.ts';
import { pieces } from '../support/pieces.ts';
import { postInChunks } from '../support/post-in-chunks.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer, UPSTREAM_SECRET } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const KEY = 'key-of-the-sdk';
const headers = { authorization: `Bearer ${KEY}` };
const model = 'upstream/brand-new';

let upstream: FakeUpstream;
let reserve: FakeUpstream;
let server: TestServer;
/** A project with two providers and no default. */
let torn: TestServer;
let client: OpenAI;

beforeAll(async () => {
  [upstream, reserve] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  const sample = { upstreamUrl: upstream.baseUrl, keys: { sdk: KEY } };
  server = await startServer(sampleSnapshot(sample), { access: 'keys' });
  torn = await startServer(sampleSnapshot({ ...sample, reserveUrl: reserve.baseUrl }), { access: 'keys' });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
  upstream.always(openAiServer);
});

afterEach(() => {
  for (const each of [upstream, reserve]) {
    for (const request of each.received) {
      expect(JSON.stringify(request.headers)).not.toContain(KEY);
      const schema = schemas[request.path];
      if (schema !== undefined && request.method === 'POST')
        expect(openAiMistakes(schema, request.body)).toEqual([]);
    }
    each.reset();
    each.always(openAiServer);
  }
  expect([...server.faults, ...torn.faults]).toEqual([]);
});

afterAll(async () => {
  await Promise.all([server, torn, upstream, reserve].map((each) => each.close()));
});

/** What is sent upstream is held to these. */
const schemas: Readonly<Record<string, OpenAiSchema>> = {
  '/v1/completions': 'CreateCompletionRequest',
  '/v1/embeddings': 'CreateEmbeddingRequest',
  '/v1/moderations': 'CreateModerationRequest',
  '/v1/responses': 'CreateResponse',
  '/v1/audio/speech': 'CreateSpeechRequest',
};

function received(): ReceivedRequest {
  const [request] = upstream.received;
  if (request === undefined) throw new Error('nothing was received');
  return request;
}

const counted = { inputTokens: 11, outputTokens: 7 };

test('completions', async () => {
  const completion = await client.completions.create({ model, prompt: 'Say hello.' });
  expect(openAiMistakes('CreateCompletionResponse', completion)).toEqual([]);
  expect(received().body?.['model']).toBe('brand-new');
  expect(server.usage().at(-1)).toMatchObject({ outcome: 'ok', usage: counted });
});

test.each(['float', 'base64'] as const)('embeddings as %s', async (encoding_format) => {
  const answer = await client.embeddings.create({ model, input: ['a', 'b'], encoding_format });
  const [first] = answer.data;
  if (encoding_format === 'float') expect(first?.embedding).toEqual([0.1, -2.5, 3.25]);
  else expect(first?.embedding).toBeTypeOf('string');
  expect(server.usage().at(-1)?.usage).toEqual({ inputTokens: 11, outputTokens: 0 });
});

test('embeddings as the SDK asks for them when nobody says how', async () => {
  const answer = await client.embeddings.create({ model, input: 'a' });
  expect(received().body?.['encoding_format']).toBe('base64');
  expect(answer.data[0]?.embedding[1]).toBe(-2.5);
  expect(openAiMistakes('CreateEmbeddingResponse', answer)).toEqual([]);
});

test('moderations', async () => {
  const answer = await client.moderations.create({ model, input: 'Hello' });
  expect(answer.results[0]?.flagged).toBe(false);
});

describe('responses', () => {
  test('are made, and their usage is counted', async () => {
    const { data, response } = await client.responses.create({ model, input: 'Hello' }).withResponse();
    expect(data.output_text).toBe('Hello there.');
    expect(response.headers.get('x-capstan-model')).toBe(model);
    expect(server.usage().at(-1)?.usage).toEqual({ ...counted, cachedInputTokens: 5, reasoningTokens: 3 });
  });

  test('come in events, and their usage is counted', async () => {
    const logged = server.nextEntry();
    const stream = client.responses.stream({ model, input: 'Hello' });
    let text = '';
    for await (const event of stream) {
      expect(openAiMistakes('ResponseStreamEvent', event)).toEqual([]);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('Hello there.');
    await logged;
    expect(server.usage().at(-1)).toMatchObject({ outcome: 'ok', stream: true, usage: counted });
  });

  test('are retrieved, listed, cancelled and deleted, and cost nothing more', async () => {
    expect((await client.responses.retrieve('resp_1')).output_text).toBe('Hello there.');
    expect(server.usage().at(-1)?.usage).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect((await client.responses.cancel('resp_1')).status).toBe('cancelled');
    await client.responses.inputItems.list('resp_1', { limit: 3, order: 'asc' });
    await client.responses.delete('resp_1');
    expect(upstream.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/responses/resp_1',
      'POST /v1/responses/resp_1/cancel',
      'GET /v1/responses/resp_1/input_items?limit=3&order=asc',
      'DELETE /v1/responses/resp_1',
    ]);
  });
});

describe('pictures, sound and files', () => {
  const wav = (): Promise<File> => toFile(Buffer.from([0, 13, 10, 45, 45, 255, 0]), 'a\u00e9.wav');
  const png = (): Promise<File> => toFile(Buffer.from('\u0089PNG', 'latin1'), 'a.png', { type: 'image/png' });

  test('pictures are made, edited and varied', async () => {
    const made = await client.images.generate({ model, prompt: 'A hat' });
    const edited = await client.images.edit({ model, image: await png(), prompt: 'A red hat' });
    const varied = await client.images.createVariation({ model, image: await png() });
    for (const each of [made, edited, varied]) {
      expect(each.data?.[0]?.b64_json).toBe('iVBORw0KGgo=');
      expect(openAiMistakes('ImagesResponse', each)).toEqual([]);
    }
    expect(server.usage().at(-1)?.usage).toEqual(counted);
  });

  test('speech comes byte for byte', async () => {
    const speech = await client.audio.speech.create({ model, voice: 'alloy', input: 'Hello' });
    expect(speech.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await speech.arrayBuffer())).toEqual(SPEECH);
  });

  test('recordings are transcribed and translated; of the form only the model changes', async () => {
    const { text } = await client.audio.transcriptions.create({ model, file: await wav() });
    expect(text).toBe('Hello there.');
    expect(server.usage().at(-1)?.usage).toEqual(counted);
    await client.audio.translations.create({ model, file: await wav() });
    const form = await new Response(new Uint8Array(received().bytes), {
      headers: { 'content-type': String(received().headers['content-type']) },
    }).formData();
    expect(form.get('model')).toBe('brand-new');
    const file = form.get('file') as File;
    expect(file.name).toBe('a\u00e9.wav');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from([0, 13, 10, 45, 45, 255, 0]));
  });

  test('files are kept, listed, read and deleted', async () => {
    const content = await toFile(FILE_CONTENT, 'batch.jsonl');
    const file = await client.files.create({ file: content, purpose: 'batch' });
    expect(openAiMistakes('OpenAIFile', file)).toEqual([]);
    expect((await client.files.list()).data).toHaveLength(1);
    const read = await client.files.content('file-1');
    expect(Buffer.from(await read.arrayBuffer())).toEqual(FILE_CONTENT);
    expect((await client.files.delete('file-1')).deleted).toBe(true);
  });
});

test('batches, vector stores, fine tuning, and models of one’s own', async () => {
  await client.batches.create({
    endpoint: '/v1/chat/completions',
    input_file_id: 'file-1',
    completion_window: '24h',
  });
  expect((await client.batches.retrieve('batch_1')).status).toBe('validating');
  expect((await client.batches.cancel('batch_1')).status).toBe('cancelling');
  await client.vectorStores.create({ name: 'notes' });
  expect(upstream.received.at(-1)?.headers['openai-beta']).toBe('assistants=v2');
  expect((await client.vectorStores.list()).data).toHaveLength(1);
  await client.vectorStores.search('vs_1', { query: 'x' });
  await client.vectorStores.delete('vs_1');
  await client.fineTuning.jobs.create({ model, training_file: 'file-1' });
  expect(upstream.received.at(-1)?.body?.['model']).toBe('brand-new');
  expect((await client.models.delete('ft:large:org::1')).deleted).toBe(true);
});

describe('whom a request is for', () => {
  const send = (body: unknown, provider?: string, path = '/v1/embeddings'): Promise<Response> =>
    post(torn, path, body, {
      headers: provider === undefined ? headers : { ...headers, 'x-capstan-provider': provider },
    });
  const calls = (): number[] => [upstream.received.length, reserve.received.length];

  test('its model says it, before the header does', async () => {
    expect((await send({ model: 'reserve/x', input: 'a' }, 'upstream')).status).toBe(200);
    expect(calls()).toEqual([0, 1]);
  });

  test('else the header, which may name a model that nobody knows', async () => {
    expect((await send({ model: 'unheard-of', input: 'a' }, 'reserve')).status).toBe(200);
    expect(reserve.received[0]?.body?.['model']).toBe('unheard-of');
    expect(
      (await fetch(`${torn.url}/v1/files`, { headers: { ...headers, 'x-capstan-provider': 'upstream' } }))
        .status,
    ).toBe(200);
    expect(calls()).toEqual([1, 1]);
  });

  test.each(['http://evil.example', 'evil.example', 'upstream,reserve', '__proto__', ''])(
    'no destination: %j',
    async (provider) => {
      const response = await send({ input: 'a' }, provider);
      expect(response.status).toBe(400);
      expect((await errorOf(response)).param).toBe('x-capstan-provider');
      expect(calls()).toEqual([0, 0]);
    },
  );

  test('nobody, where there are two and no default', async () => {
    const response = await send({ input: 'a' });
    expect([response.status, (await errorOf(response)).message]).toEqual([
      400,
      expect.stringContaining('defaults.provider') as string,
    ]);
    expect(calls()).toEqual([0, 0]);
  });

  test('the default that the project names, which also gets models that nobody else has', async () => {
    const snapshot: Snapshot = torn.registry.current;
    torn.registry.swap({ ...snapshot, defaults: { ...snapshot.defaults, provider: 'reserve' } });
    expect((await send({ model: 'unheard-of', input: 'a' })).status).toBe(200);
    expect((await fetch(`${torn.url}/v1/batches/batch_1`, { headers })).status).toBe(200);
    expect(calls()).toEqual([0, 2]);
    torn.registry.swap(snapshot);
  });

  test.each(['auto', 'title'])('not %s: it answers in words', async (name) => {
    const response = await send({ model: name, input: 'a' });
    expect([response.status, (await errorOf(response)).param]).toEqual([400, 'model']);
  });

  test.each([
    '/v1/files/../secret',
    '/v1/files/%2e%2e/secret',
    '/v1/files/..%2fsecret',
    '/v1/files//x',
    '/v1/files/a%5cb',
    '/v1/@evil.example/x%00',
  ])('not a path that leads elsewhere: %s', async (path) => {
    const { hostname, port } = new URL(server.url);
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const call = request({ hostname, port, path, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      call.on('error', reject).end();
    });
    expect(status).toBeGreaterThanOrEqual(400);
    for (const { path: reached } of upstream.received) expect(reached).toMatch(/^\/v1\//);
    expect(JSON.stringify(upstream.received.map((each) => each.path))).not.toContain('secret');
  });
});

test('the caller’s key stays here, the provider’s goes out, whatever the route', async () => {
  await client.files.list();
  const { response } = await client.audio.speech.create({ model, voice: 'alloy', input: 'x' }).withResponse();
  for (const each of upstream.received) expect(each.headers.authorization).toBe(`Bearer ${UPSTREAM_SECRET}`);
  expect(JSON.stringify([...response.headers])).not.toContain(UPSTREAM_SECRET);
});

test('a caller who leaves cancels the call, whatever the route', async () => {
  upstream.next(staysSilent);
  const gone = upstream.abandoned();
  const abort = new AbortController();
  const call = client.embeddings
    .create({ model, input: 'x' }, { signal: abort.signal })
    .catch((each: unknown) => each);
  while (upstream.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  expect(await call).toBeInstanceOf(OpenAI.APIUserAbortError);
  await gone;
});

test('the SDK tries again what a provider says may be tried again', async () => {
  const busy =
    (status: number) => (_request: ReceivedRequest, response: import('node:http').ServerResponse) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' });
      response.end('{"error":{"message":"Busy.","type":"x","param":null,"code":null}}');
    };
  upstream.next(busy(429), busy(503));
  const answer = await client.withOptions({ maxRetries: 2 }).embeddings.create({ model, input: 'x' });
  expect(answer.data).toHaveLength(1);
  expect(upstream.received).toHaveLength(3);
});

// Forms as libraries write them: any boundary, any parts, `model` anywhere among them.
const boundary = fc.stringMatching(/^[A-Za-z0-9'_-]{1,40}$/);
const formPart = fc.record({
  name: fc.stringMatching(/^[a-z_[\]]{1,12}$/).filter((name) => name !== 'model' && name !== 'stream'),
  filename: fc.option(fc.stringMatching(/^[a-z.]{1,9}$/), { nil: undefined }),
  content: fc.uint8Array({ maxLength: 60 }),
});

test('of a form only the model changes, wherever it stands and whatever is around it', async () => {
  await fc.assert(
    fc.asyncProperty(
      boundary,
      fc.array(formPart, { maxLength: 5 }),
      fc.nat(),
      fc.nat(),
      async (mark, parts, at, seed) => {
        upstream.reset();
        upstream.always(openAiServer);
        const write = (name: string): Buffer => {
          const modelPart = { name: 'model', filename: undefined, content: Buffer.from(name) };
          const all = parts.toSpliced(at % (parts.length + 1), 0, modelPart as (typeof parts)[number]);
          const bytes = all.flatMap((part) => [
            Buffer.from(
              `--${mark}\r\nContent-Disposition: form-data; name="${part.name}"${part.filename === undefined ? '' : `; filename="${part.filename}"\r\nContent-Type: text/plain`}\r\n\r\n`,
            ),
            part.content,
            Buffer.from('\r\n'),
          ]);
          return Buffer.concat([...bytes, Buffer.from(`--${mark}--\r\n`)]);
        };
        const type = `multipart/form-data; boundary=${mark}`;
        const answer = await postInChunks(server, '/v1/audio/transcriptions', pieces(write(model), seed), {
          ...headers,
          'content-type': type,
        });
        expect(answer.status).toBe(200);
        expect(received().bytes.equals(write('brand-new'))).toBe(true);
        expect(received().headers['content-type']).toBe(type);
      },
    ),
    { seed: 12, numRuns: 60, examples: [['a', [], 0, 0]] },
  );
});

test.each([
  [
    'two models',
    '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\na\r\n--x\r\ncontent-disposition: form-data; name=model\r\n\r\nb\r\n--x--\r\n',
    'twice',
  ],
  ['half a form', '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\na', 'not a whole'],
  ['no form', 'hello', 'not a whole'],
  ['nothing', '--y--', 'not a whole'],
])('a form with %s is refused', async (_what, form, message) => {
  const type = 'multipart/form-data; boundary=x';
  const response = await post(server, '/v1/audio/transcriptions', form, {
    headers: { ...headers, 'content-type': type },
  });
  expect(response.status).toBe(400);
  expect((await errorOf(response)).message).toContain(message);
  expect(upstream.received).toEqual([]);
});
