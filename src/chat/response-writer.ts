// An answer of the Responses API, made from the chunks of a chat: the events of its stream, and the object that it is in
// the end. A whole answer is one chunk.

import type { Json } from './json.ts';
import { asArray, asNumber, asObject, asString } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

export interface ResponseEnvelope {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly model: string;
  /** The body of the request: the answer repeats what it said. */
  readonly request: JsonObject;
}

/** An event; its `type` is its name as well. */
export type ResponseEvent = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ResponseWriter {
  /** The events that open the stream. */
  begin(): ResponseEvent[];
  /** What a `chat.completion.chunk` adds. */
  take(chunk: JsonObject): ResponseEvent[];
  /** The events that close the stream. */
  end(): ResponseEvent[];
  /** The events that say that it broke off. */
  fail(error: { readonly code: string | null; readonly message: string }): ResponseEvent[];
  /** The whole response, after `end`. */
  response(): Record<string, Json>;
}

type Item = MessageItem | ReasoningItem | CallItem;
interface MessageItem {
  readonly type: 'message';
  readonly id: string;
  text: string;
  refusal: string | undefined;
}
interface ReasoningItem {
  readonly type: 'reasoning';
  readonly id: string;
  text: string;
  /** What the provider wants to hear again in the next turn. */
  extra: unknown;
}
interface CallItem {
  readonly type: 'function_call';
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  /** Of its deltas in the chat. */
  readonly index: number;
  text: string;
  extra: unknown;
}

type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed';

export function createResponseWriter(envelope: ResponseEnvelope): ResponseWriter {
  const items: Item[] = [];
  let sequence = 0;
  let open: Item | undefined;
  let finish: string | undefined;
  let usage: JsonObject | undefined;
  let failure: JsonObject | null = null;

  const event = (type: string, fields: JsonObject): ResponseEvent => ({
    type,
    sequence_number: sequence++,
    ...fields,
  });
  const ofItem = (type: string, item: Item, fields: JsonObject): ResponseEvent =>
    event(type, { item_id: item.id, output_index: items.indexOf(item), ...fields });
  const print = (status: Status): Record<string, Json> =>
    printResponse(envelope, { status, items: items.filter((item) => item !== open), finish, usage, failure });

  const openItem = (item: Item): ResponseEvent[] => {
    const before = closeItem();
    items.push(item);
    open = item;
    const added = event('response.output_item.added', {
      output_index: items.length - 1,
      item: printItem(item, 'in_progress'),
    });
    if (item.type === 'function_call') return [...before, added];
    const part = partOf(item, '');
    return [...before, added, ofItem('response.content_part.added', item, { content_index: 0, part })];
  };

  const closeItem = (): ResponseEvent[] => {
    const item = open;
    if (item === undefined) return [];
    open = undefined;
    return [
      ...closePart(item),
      event('response.output_item.done', {
        output_index: items.indexOf(item),
        item: printItem(item, 'completed'),
      }),
    ];
  };

  const closePart = (item: Item): ResponseEvent[] => {
    if (item.type === 'function_call') {
      const { name, text } = item;
      return [ofItem('response.function_call_arguments.done', item, { name, arguments: text })];
    }
    const [type, said] =
      item.type === 'reasoning'
        ? ['response.reasoning_text.done', { text: item.text }]
        : item.refusal === undefined
          ? ['response.output_text.done', { text: item.text, logprobs: [] }]
          : ['response.refusal.done', { refusal: item.refusal }];
    return [
      ofItem(type, item, { content_index: 0, ...said }),
      ofItem('response.content_part.done', item, { content_index: 0, part: partOf(item, item.text) }),
    ];
  };

  const nextId = (prefix: string): string => `${prefix}_${envelope.id}_${items.length}`;

  const think = (delta: string): ResponseEvent[] => {
    const opened =
      open?.type === 'reasoning'
        ? []
        : openItem({ type: 'reasoning', id: nextId('rs'), text: '', extra: undefined });
    const item = open as ReasoningItem;
    item.text += delta;
    return [...opened, ofItem('response.reasoning_text.delta', item, { content_index: 0, delta })];
  };

  const noteExtra = (detail: unknown): void => {
    const { extra_content: extra } = asObject(detail) ?? {};
    const last = items.findLast((item) => item.type === 'reasoning');
    if (last !== undefined && extra !== undefined) last.extra = extra;
  };

  const message = (isRefusal: boolean): ResponseEvent[] => {
    if (open?.type === 'message' && (open.refusal !== undefined) === isRefusal) return [];
    return openItem({ type: 'message', id: nextId('msg'), text: '', refusal: isRefusal ? '' : undefined });
  };

  const say = (delta: string): ResponseEvent[] => {
    const opened = message(false);
    const item = open as MessageItem;
    item.text += delta;
    const said = ofItem('response.output_text.delta', item, { content_index: 0, delta, logprobs: [] });
    return [...opened, said];
  };

  const decline = (delta: string): ResponseEvent[] => {
    const opened = message(true);
    const item = open as MessageItem;
    item.refusal = (item.refusal ?? '') + delta;
    return [...opened, ofItem('response.refusal.delta', item, { content_index: 0, delta })];
  };

  const call = (value: unknown): ResponseEvent[] => {
    const { index = 0, id, function: called, extra_content: extra } = asObject(value) ?? {};
    const { name, arguments: text } = asObject(called) ?? {};
    const events: ResponseEvent[] = [];
    let item = items.findLast(
      (each): each is CallItem => each.type === 'function_call' && each.index === index,
    );
    if (item === undefined || (typeof id === 'string' && id !== '' && id !== item.callId)) {
      item = {
        type: 'function_call',
        id: nextId('fc'),
        callId: asString(id) ?? nextId('call'),
        name: asString(name) ?? '',
        index: asNumber(index) ?? 0,
        text: '',
        extra,
      };
      events.push(...openItem(item));
    }
    item.extra ??= extra;
    const delta = asString(text) ?? '';
    if (delta === '') return events;
    item.text += delta;
    return [...events, ofItem('response.function_call_arguments.delta', item, { delta })];
  };

  return {
    begin: () => [
      event('response.created', { response: print('in_progress') }),
      event('response.in_progress', { response: print('in_progress') }),
    ],
    take(chunk) {
      usage = asObject(chunk['usage']) ?? usage;
      const choice = asObject(asArray(chunk['choices'])?.[0]);
      if (choice === undefined) return [];
      finish = asString(choice['finish_reason']) ?? finish;
      const delta = asObject(choice['delta']) ?? {};
      const { reasoning_content: thought, content, refusal, tool_calls: calls } = delta;
      const thinking = typeof thought === 'string' && thought !== '' ? think(thought) : [];
      for (const detail of asArray(delta['reasoning_details']) ?? []) noteExtra(detail);
      return [
        ...thinking,
        ...(typeof content === 'string' && content !== '' ? say(content) : []),
        ...(typeof refusal === 'string' && refusal !== '' ? decline(refusal) : []),
        ...(asArray(calls) ?? []).flatMap(call),
      ];
    },
    end() {
      const closing = closeItem();
      const status = statusOf(finish);
      return [...closing, event(`response.${status}`, { response: print(status) })];
    },
    fail({ code, message: words }) {
      open = undefined;
      failure = { code: 'server_error', message: words };
      return [event('error', { code, message: words, param: null })];
    },
    response: () => print(statusOf(finish)),
  };
}

function statusOf(finish: string | undefined): 'completed' | 'incomplete' {
  return finish === 'length' || finish === 'content_filter' ? 'incomplete' : 'completed';
}

function partOf(item: MessageItem | ReasoningItem, text: string): Record<string, Json> {
  if (item.type === 'reasoning') return { type: 'reasoning_text', text };
  if (item.refusal !== undefined) return { type: 'refusal', refusal: item.refusal };
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function printItem(item: Item, status: 'in_progress' | 'completed'): Record<string, Json> {
  const isOpen = status === 'in_progress';
  switch (item.type) {
    case 'function_call':
      return {
        type: 'function_call',
        id: item.id,
        call_id: item.callId,
        name: item.name,
        arguments: isOpen ? '' : item.text,
        status,
        ...(item.extra === undefined ? {} : { extra_content: item.extra as Json }),
      };
    case 'reasoning':
      return {
        type: 'reasoning',
        id: item.id,
        summary: [],
        content: isOpen ? [] : [partOf(item, item.text)],
        ...(item.extra === undefined ? {} : { encrypted_content: JSON.stringify(item.extra) }),
      };
    case 'message':
      return {
        type: 'message',
        id: item.id,
        role: 'assistant',
        status,
        content: isOpen ? [] : [partOf(item, item.text)],
      };
  }
}

interface Standing {
  readonly status: Status;
  readonly items: readonly Item[];
  readonly finish: string | undefined;
  readonly usage: JsonObject | undefined;
  readonly failure: JsonObject | null;
}

/** What a request says that its answer repeats, and what it is where nothing was said. */
const repeated: Readonly<Record<string, Json>> = {
  instructions: null,
  max_output_tokens: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  metadata: {},
};

function printResponse(
  { id, createdAt, model, request }: ResponseEnvelope,
  { status, items, finish, usage, failure }: Standing,
): Record<string, Json> {
  const said: Record<string, Json> = {};
  for (const [name, otherwise] of Object.entries(repeated)) {
    said[name] = (request[name] as Json | undefined) ?? otherwise;
  }
  const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
  const printed = printUsage(usage);
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdAt,
    status,
    error: failure as Json,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    model,
    output: items.map((item) => printItem(item, 'completed')),
    ...said,
    store: false,
    ...(printed === undefined ? {} : { usage: printed }),
  };
}

/** The usage of a chat, in the words of a response. */
function printUsage(usage: JsonObject | undefined): Record<string, Json> | undefined {
  const input = asNumber(usage?.['prompt_tokens']);
  if (usage === undefined || input === undefined) return undefined;
  const output = asNumber(usage['completion_tokens']) ?? 0;
  const cached = asNumber(asObject(usage['prompt_tokens_details'])?.['cached_tokens']) ?? 0;
  const written = asNumber(asObject(usage['prompt_tokens_details'])?.['cache_write_tokens']) ?? 0;
  const reasoning = asNumber(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']) ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

/** A whole `chat.completion` as the one chunk that it would have been. */
export function chunkOfCompletion(completion: JsonObject): JsonObject {
  const choice = asObject(asArray(completion['choices'])?.[0]) ?? {};
  const message = asObject(choice['message']) ?? {};
  const calls = asArray(message['tool_calls'])?.map((call, index) => ({ ...asObject(call), index }));
  return {
    choices: [
      {
        delta: { ...message, ...(calls === undefined ? {} : { tool_calls: calls }) },
        finish_reason: choice['finish_reason'],
      },
    ],
    usage: completion['usage'],
  };
}
