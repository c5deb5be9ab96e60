// The two paths of OpenAI's API that an adapter can serve which knows only how to answer a chat: chats themselves, and
// responses as chats.

import { parseJson } from '../chat/parse-json.ts';
import { asObject } from '../chat/json-fields.ts';
import type { JsonObject } from '../chat/json-fields.ts';
import { RequestMistake } from '../chat/mistake.ts';
import { readResponseRequest, responseFields } from '../chat/response-request.ts';
import { chunkOfCompletion, createResponseWriter } from '../chat/response-writer.ts';
import type { ResponseEvent } from '../chat/response-writer.ts';
import type { WholeRequest, WireResponse } from './adapter.ts';

export type ChatAnswer = { readonly headers?: Readonly<Record<string, string>> } & (
  | { readonly kind: 'whole'; readonly completion: JsonObject }
  /** Throws where the stream breaks off. */
  | { readonly kind: 'chunks'; readonly chunks: AsyncIterable<JsonObject> }
  /** An error of the provider's, in OpenAI's shape. */
  | { readonly kind: 'error'; readonly status: number; readonly body: JsonObject }
);

/** Answers a chat; throws `RequestMistake` for one that it cannot answer. */
export type AnswerChat = (body: JsonObject) => Promise<ChatAnswer>;

export interface Naming {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export async function answerOverChat(
  request: WholeRequest,
  naming: Naming,
  answerChat: AnswerChat,
): Promise<WireResponse> {
  try {
    if (request.method === 'POST' && request.path === '/chat/completions') {
      return printChatAnswer(await answerChat(readBody(request)));
    }
    if (request.method === 'POST' && request.path === '/responses') {
      return await answerResponse(readBody(request), naming, answerChat);
    }
  } catch (error) {
    if (!(error instanceof RequestMistake)) throw error;
    return jsonResponse(400, errorBody('invalid_request_error', error.message, error.param));
  }
  const words = `This provider serves /chat/completions and /responses, not ${request.method} ${request.path}.`;
  return jsonResponse(404, errorBody('not_found_error', words));
}

function readBody({ body }: WholeRequest): JsonObject {
  const value = asObject(parseJson(Buffer.from(body).toString()));
  if (value === undefined) throw new RequestMistake('', 'The body has to be a JSON object.');
  return value;
}

function printChatAnswer(answer: ChatAnswer): WireResponse {
  if (answer.kind === 'whole') return jsonResponse(200, answer.completion, answer.headers);
  if (answer.kind === 'error') return jsonResponse(answer.status, answer.body, answer.headers);
  return eventResponse(chatEvents(answer.chunks), answer.headers);
}

async function* chatEvents(chunks: AsyncIterable<JsonObject>): AsyncGenerator<string> {
  for await (const chunk of chunks) yield `data: ${JSON.stringify(chunk)}\n\n`;
  yield 'data: [DONE]\n\n';
}

async function answerResponse(
  request: JsonObject,
  { id, created }: Naming,
  answerChat: AnswerChat,
): Promise<WireResponse> {
  const { chat, stream } = readResponseRequest(request);
  const ignored = Object.keys(request).filter((name) => !responseFields.has(name) && request[name] !== null);
  const model = String(request['model']);
  const options = stream ? { stream: true, stream_options: { include_usage: true } } : {};
  const answer = await answerChat({ ...chat, ...options, model });
  if (answer.kind === 'error') return jsonResponse(answer.status, answer.body, answer.headers);
  const headers = withIgnored(answer.headers, ignored);
  const writer = createResponseWriter({ id, createdAt: created, model, request });
  if (answer.kind === 'whole') {
    writer.take(chunkOfCompletion(answer.completion));
    writer.end();
    return jsonResponse(200, writer.response(), headers);
  }
  const { chunks } = answer;
  return eventResponse(
    (async function* events(): AsyncGenerator<string> {
      yield printEvents(writer.begin());
      for await (const chunk of chunks) {
        const added = writer.take(chunk);
        if (added.length > 0) yield printEvents(added);
      }
      yield printEvents(writer.end());
    })(),
    headers,
  );
}

/** Events of the Responses API have names. */
export function printEvents(events: readonly ResponseEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

const IGNORED = 'x-capstan-ignored';

function withIgnored(
  headers: Readonly<Record<string, string>> = {},
  names: readonly string[],
): Readonly<Record<string, string>> {
  const all = [...names, ...(headers[IGNORED]?.split(', ') ?? [])];
  return all.length === 0 ? headers : { ...headers, [IGNORED]: [...new Set(all)].join(', ') };
}

/** The header that names fields which had no effect. */
export function ignoredHeader(names: readonly string[]): Readonly<Record<string, string>> {
  const plain = names.filter((name) => /^[\w.-]{1,64}$/.test(name)).slice(0, IGNORED_NAMED_MAX);
  return withIgnored({}, plain);
}

const IGNORED_NAMED_MAX = 32;

export function errorBody(type: string, message: string, param: string | null = null): JsonObject {
  return { error: { message, type, param: param === '' ? null : param, code: null } };
}

export function jsonResponse(
  status: number,
  value: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json' },
    body: bytesOf([JSON.stringify(value)]),
  };
}

function eventResponse(
  events: AsyncIterable<string>,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8' },
    body: bytesOf(events),
  };
}

async function* bytesOf(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}
