// The rest of OpenAI's API, beside chats: canned answers by path, for `startFakeUpstream`.
import type { ServerResponse } from 'node:http';
import type { Behaviour, ReceivedRequest } from './fake-upstream.ts';

export const SPEECH = Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0xfe]);
export const FILE_CONTENT = Buffer.from('{"custom_id":"1"}\r\n\u0000\u00e9');

const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
const responseUsage = {
  ...usage,
  input_tokens_details: { cached_tokens: 5, cache_write_tokens: 0 },
  output_tokens_details: { reasoning_tokens: 3 },
};

export const responseObject = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  model: 'large',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hello there.', annotations: [], logprobs: [] }],
    },
  ],
  parallel_tool_calls: true,
  metadata: {},
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage: responseUsage,
};

const file = {
  id: 'file-1',
  object: 'file',
  bytes: 17,
  created_at: 1_700_000_000,
  filename: 'batch.jsonl',
  purpose: 'batch',
  status: 'processed',
};
const batch = { id: 'batch_1', object: 'batch', endpoint: '/v1/chat/completions', status: 'validating' };
const store = { id: 'vs_1', object: 'vector_store', name: 'notes', created_at: 1_700_000_000 };
const image = {
  created: 1_700_000_000,
  data: [{ b64_json: 'iVBORw0KGgo=' }],
  usage: { ...usage, input_tokens_details: { text_tokens: 11, image_tokens: 0 } },
};
const list = (...data: object[]): object => ({
  object: 'list',
  data,
  first_id: 'a',
  last_id: 'b',
  has_more: false,
});
const vector = [0.1, -2.5, 3.25];

const answers: Readonly<Record<string, object>> = {
  'POST /v1/completions': {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1_700_000_000,
    model: 'large',
    choices: [{ text: 'Hello there.', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  },
  'POST /v1/moderations': {
    id: 'modr-1',
    model: 'large',
    results: [{ flagged: false, categories: {}, category_scores: {}, category_applied_input_types: {} }],
  },
  'POST /v1/responses': responseObject,
  'GET /v1/responses/resp_1': responseObject,
  'POST /v1/responses/resp_1/cancel': { ...responseObject, status: 'cancelled' },
  'DELETE /v1/responses/resp_1': { id: 'resp_1', object: 'response', deleted: true },
  'GET /v1/responses/resp_1/input_items': list(),
  'POST /v1/images/generations': image,
  'POST /v1/images/edits': image,
  'POST /v1/images/variations': image,
  'POST /v1/audio/transcriptions': {
    text: 'Hello there.',
    usage: { type: 'tokens', ...usage, input_token_details: { text_tokens: 1, audio_tokens: 10 } },
  },
  'POST /v1/audio/translations': { text: 'Hello there.' },
  'POST /v1/files': file,
  'GET /v1/files': list(file),
  'GET /v1/files/file-1': file,
  'DELETE /v1/files/file-1': { id: 'file-1', object: 'file', deleted: true },
  'POST /v1/batches': batch,
  'GET /v1/batches/batch_1': batch,
  'POST /v1/batches/batch_1/cancel': { ...batch, status: 'cancelling' },
  'POST /v1/vector_stores': store,
  'GET /v1/vector_stores': list(store),
  'DELETE /v1/vector_stores/vs_1': { id: 'vs_1', object: 'vector_store.deleted', deleted: true },
  'POST /v1/vector_stores/vs_1/search': {
    object: 'vector_store.search_results.page',
    data: [],
    has_more: false,
  },
  'POST /v1/fine_tuning/jobs': { id: 'ftjob-1', object: 'fine_tuning.job', model: 'large' },
  'DELETE /v1/models/ft:large:org::1': { id: 'ft:large:org::1', object: 'model', deleted: true },
};

/** Answers as OpenAI's own server would, wherever it is asked. */
export const openAiServer: Behaviour = (request, response) => {
  const path = request.path.split('?', 1).join('');
  const route = `${request.method} ${path}`;
  if (route === 'POST /v1/audio/speech') return sendBytes(response, 'audio/mpeg', SPEECH);
  if (route === 'GET /v1/files/file-1/content')
    return sendBytes(response, 'application/octet-stream', FILE_CONTENT);
  if (route === 'POST /v1/embeddings') return sendJson(response, embeddings(request));
  if (route === 'POST /v1/responses' && request.body?.['stream'] === true) return streamResponse(response);
  const answer = answers[route];
  if (answer !== undefined) return sendJson(response, answer);
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ error: { message: `Unknown: ${route}`, type: 'x', param: null, code: null } }),
  );
};

function embeddings({ body }: ReceivedRequest): object {
  const embedding =
    body?.['encoding_format'] === 'base64'
      ? Buffer.from(Float32Array.from(vector).buffer).toString('base64')
      : vector;
  return {
    object: 'list',
    model: 'large',
    data: [{ object: 'embedding', index: 0, embedding }],
    usage: { prompt_tokens: 11, total_tokens: 11 },
  };
}

function streamResponse(response: ServerResponse): void {
  const text = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const [message] = responseObject.output;
  const events = [
    { type: 'response.created', response: { ...responseObject, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
    {
      type: 'response.content_part.added',
      ...text,
      part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
    },
    { type: 'response.output_text.delta', ...text, delta: 'Hello ', logprobs: [] },
    { type: 'response.output_text.delta', ...text, delta: 'there.', logprobs: [] },
    { type: 'response.output_text.done', ...text, text: 'Hello there.', logprobs: [] },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.completed', response: responseObject },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [sequence_number, event] of events.entries()) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`);
  }
  response.end();
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'upstream-request' });
  response.end(JSON.stringify(value));
}

function sendBytes(response: ServerResponse, type: string, bytes: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  response.end(bytes);
}
