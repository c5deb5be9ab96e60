// What vendors with a format of their own send, over real HTTP: canned in their wire formats, for `startFakeUpstream`.
import { crc32 } from 'node:zlib';
import type { Behaviour } from './fake-upstream.ts';

/** A good answer of a vendor in the form that its path asks for. */
export interface VendorWire {
  /** Text, thinking and two calls of tools, as the vendor says it. */
  readonly whole: Behaviour;
  readonly stream: Behaviour;
  readonly fails: Behaviour;
}

function json(status: number, value: unknown, headers: Record<string, string> = {}): Behaviour {
  return (_request, response) => {
    const body = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function events(all: readonly (readonly [name: string | undefined, data: unknown])[]): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [name, data] of all) {
      response.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
    }
    response.end();
  };
}

const anthropicUsage = {
  input_tokens: 20,
  cache_creation_input_tokens: 3,
  cache_read_input_tokens: 7,
  output_tokens: 40,
};

const anthropicStart = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...anthropicUsage, output_tokens: 1 },
  },
};

const block = (index: number, content_block: object, deltas: readonly object[]) =>
  [
    ['content_block_start', { type: 'content_block_start', index, content_block }],
    ...deltas.map((delta) => ['content_block_delta', { type: 'content_block_delta', index, delta }] as const),
    ['content_block_stop', { type: 'content_block_stop', index }],
  ] as (readonly [string, unknown])[];

const weather = (index: number, id: string, city: string): (readonly [string, unknown])[] =>
  block(index, { type: 'tool_use', id, name: 'weather', input: {} }, [
    { type: 'input_json_delta', partial_json: '{"city":' },
    { type: 'input_json_delta', partial_json: `"${city}"}` },
  ]);

export const anthropicWire: VendorWire = {
  whole: json(200, {
    ...anthropicStart.message,
    content: [
      { type: 'thinking', thinking: 'Two cities.', signature: 'sig-1' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Paris' } },
      { type: 'tool_use', id: 'toolu_2', name: 'weather', input: { city: 'Rome' } },
    ],
    stop_reason: 'tool_use',
    usage: anthropicUsage,
  }),
  stream: events([
    ['message_start', anthropicStart],
    ...block(0, { type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: 'Two ' },
      { type: 'thinking_delta', thinking: 'cities.' },
      { type: 'signature_delta', signature: 'sig-1' },
    ]),
    ['ping', { type: 'ping' }],
    ...block(1, { type: 'text', text: '' }, [
      { type: 'text_delta', text: 'Let me ' },
      { type: 'text_delta', text: 'look.' },
    ]),
    ...weather(2, 'toolu_1', 'Paris'),
    ...weather(3, 'toolu_2', 'Rome'),
    [
      'message_delta',
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 40 },
      },
    ],
    ['message_stop', { type: 'message_stop' }],
  ]),
  fails: json(
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded, come back.' } },
    { 'retry-after': '9', 'request-id': 'req_1' },
  ),
};

const googleUsage = {
  promptTokenCount: 30,
  cachedContentTokenCount: 7,
  candidatesTokenCount: 25,
  thoughtsTokenCount: 15,
  totalTokenCount: 70,
};
const googleParts = [
  { text: 'Two cities.', thought: true },
  { text: 'Let me look.' },
  { functionCall: { name: 'weather', args: { city: 'Paris' } }, thoughtSignature: 'sig-1' },
  { functionCall: { name: 'weather', args: { city: 'Rome' } } },
];
const googleAnswer = (parts: readonly unknown[], finishReason?: string): object => ({
  candidates: [
    { content: { role: 'model', parts }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) },
  ],
  usageMetadata: googleUsage,
  modelVersion: 'gemini-test',
  responseId: 'r-1',
});

export const googleWire: VendorWire = {
  whole: json(200, googleAnswer(googleParts, 'STOP')),
  stream: events([
    [undefined, googleAnswer([{ text: 'Two cities.', thought: true }])],
    [undefined, googleAnswer([{ text: 'Let me ' }])],
    [undefined, googleAnswer([{ text: 'look.' }])],
    [undefined, googleAnswer(googleParts.slice(2), 'STOP')],
  ]),
  fails: json(
    503,
    { error: { code: 503, message: 'Overloaded, come back.', status: 'UNAVAILABLE' } },
    { 'retry-after': '9', 'x-request-id': 'req_1' },
  ),
};

/** Some words, if any, and then an error inside the stream. */
export function anthropicFault(words: string): Behaviour {
  return events([
    ['message_start', anthropicStart],
    ...(words === '' ? [] : block(0, { type: 'text', text: '' }, [{ type: 'text_delta', text: words }])),
    ['error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded halfway.' } }],
  ]);
}

/** A plain text, whole or streamed, in the words of each vendor. */
export function anthropicText(text: string, stopReason = 'end_turn'): Behaviour {
  return (request, response) => {
    const behaviour =
      request.body?.['stream'] === true
        ? events([
            ['message_start', anthropicStart],
            ...block(
              0,
              { type: 'text', text: '' },
              [...text].map((each) => ({ type: 'text_delta', text: each })),
            ),
            [
              'message_delta',
              {
                type: 'message_delta',
                delta: { stop_reason: stopReason, stop_sequence: null },
                usage: { output_tokens: 40 },
              },
            ],
            ['message_stop', { type: 'message_stop' }],
          ])
        : json(200, {
            ...anthropicStart.message,
            content: [{ type: 'text', text }],
            stop_reason: stopReason,
            usage: anthropicUsage,
          });
    return behaviour(request, response);
  };
}

export function googleText(text: string, finishReason = 'STOP'): Behaviour {
  return (request, response) => {
    const answer = googleAnswer([{ text }], finishReason);
    const behaviour = request.path.includes('stream') ? events([[undefined, answer]]) : json(200, answer);
    return behaviour(request, response);
  };
}

const openAiLike = json(200, {
  id: 'cmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'test-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
});

/** “Hello there.”, 11 tokens in and 7 out, in the words of the vendors whose packages are optional. */
export const otherWires: Readonly<Record<string, Behaviour>> = {
  mistral: openAiLike,
  groq: openAiLike,
  azure: openAiLike,
  xai: json(200, {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    model: 'test-model',
    status: 'completed',
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello there.', annotations: [] }],
      },
    ],
    usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
  }),
  cohere: json(200, {
    generation_id: 'c-1',
    finish_reason: 'COMPLETE',
    message: { role: 'assistant', content: [{ type: 'text', text: 'Hello there.' }] },
    usage: {
      billed_units: { input_tokens: 11, output_tokens: 7 },
      tokens: { input_tokens: 11, output_tokens: 7 },
    },
  }),
  bedrock: json(200, {
    output: { message: { role: 'assistant', content: [{ text: 'Hello there.' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
    metrics: { latencyMs: 1 },
  }),
  vertex: json(200, {
    candidates: [
      { content: { role: 'model', parts: [{ text: 'Hello there.' }] }, index: 0, finishReason: 'STOP' },
    ],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
  }),
};

const chunk = (delta: object, finish: string | null, usage?: object): readonly [undefined, unknown] => [
  undefined,
  {
    id: 'cmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'test-model',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...(usage === undefined ? {} : { usage }),
  },
];
const openAiLikeStream = events([
  chunk({ role: 'assistant', content: 'Hello ' }, null),
  chunk({ content: 'there.' }, null),
  chunk({}, 'stop', { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }),
]);

/** The same, streamed. */
export const otherStreams: Readonly<Record<string, Behaviour>> = {
  mistral: openAiLikeStream,
  groq: events([
    chunk({ role: 'assistant', content: 'Hello ' }, null),
    chunk({ content: 'there.' }, null),
    [
      undefined,
      {
        id: 'cmpl-1',
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        x_groq: { usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } },
      },
    ],
  ]),
  azure: openAiLikeStream,
  cohere: events([
    [undefined, { type: 'message-start', id: 'c-1' }],
    [
      undefined,
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    ],
    [undefined, { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hello ' } } } }],
    [undefined, { type: 'content-delta', index: 0, delta: { message: { content: { text: 'there.' } } } }],
    [undefined, { type: 'content-end', index: 0 }],
    [
      undefined,
      {
        type: 'message-end',
        delta: { finish_reason: 'COMPLETE', usage: { tokens: { input_tokens: 11, output_tokens: 7 } } },
      },
    ],
  ]),
  xai: events([
    ['response.created', { type: 'response.created', response: xaiResponse('in_progress', []) }],
    [
      'response.output_item.added',
      { type: 'response.output_item.added', output_index: 0, item: xaiMessage('in_progress', '') },
    ],
    ...['Hello ', 'there.'].map(
      (delta) =>
        [
          'response.output_text.delta',
          {
            type: 'response.output_text.delta',
            item_id: 'msg_1',
            output_index: 0,
            content_index: 0,
            delta,
          },
        ] as const,
    ),
    [
      'response.output_item.done',
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: xaiMessage('completed', 'Hello there.'),
      },
    ],
    [
      'response.completed',
      {
        type: 'response.completed',
        response: xaiResponse('completed', [xaiMessage('completed', 'Hello there.')]),
      },
    ],
  ]),
  bedrock: awsEvents([
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello ' } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'there.' } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'end_turn' }],
    ['metadata', { usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 }, metrics: { latencyMs: 1 } }],
  ]),
  vertex: events([
    [undefined, { candidates: [{ content: { role: 'model', parts: [{ text: 'Hello ' }] }, index: 0 }] }],
    [
      undefined,
      {
        candidates: [
          { content: { role: 'model', parts: [{ text: 'there.' }] }, index: 0, finishReason: 'STOP' },
        ],
        usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
      },
    ],
  ]),
};

function xaiMessage(status: string, text: string): object {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: 'msg_1', role: 'assistant', status, content };
}

function xaiResponse(status: string, output: readonly object[]): object {
  const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    model: 'test-model',
    status,
    output,
    usage,
  };
}

/**
 * Events in the framing of `application/vnd.amazon.eventstream`: lengths, headers and payload, each part with its CRC-32,
 * all numbers big-endian.
 */
function awsEvents(list: readonly (readonly [type: string, payload: object])[]): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const [type, payload] of list) response.write(awsEvent(type, payload));
    response.end();
  };
}

function awsEvent(type: string, payload: object): Buffer {
  const headers = Buffer.concat([
    awsHeader(':event-type', type),
    awsHeader(':content-type', 'application/json'),
    awsHeader(':message-type', 'event'),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(8 + 4 + headers.length + body.length + 4, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const message = Buffer.concat([prelude, crcOf(prelude), headers, body]);
  return Buffer.concat([message, crcOf(message)]);
}

/** 7 is the type of a text. */
function awsHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ]);
}

function crcOf(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
