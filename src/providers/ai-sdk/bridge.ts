// An adapter for each vendor with a format of its own: OpenAI's chats and responses in, the vendor's format out over the
// transport, by the vendor's package of the AI SDK.

import { hash } from 'node:crypto';
import { findPackageJSON } from 'node:module';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { toAbortSignal } from '../../cancellation.ts';
import type { CancelSignal } from '../../cancellation.ts';
import { asNumber, asObject, asString } from '../../chat/json-fields.ts';
import type { JsonObject } from '../../chat/json-fields.ts';
import { RequestMistake } from '../../chat/mistake.ts';
import { parseJson } from '../../chat/parse-json.ts';
import type { Adapter, AnswerContext, WholeRequest, WireResponse } from '../adapter.ts';
import * as openaiFormat from '../openai.ts';
import { answerOverChat, errorBody, ignoredHeader } from '../over-chat.ts';
import type { ChatAnswer } from '../over-chat.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { fetchOverTransport } from './fetch-over-transport.ts';
import { printChat, printChunks, StreamFault } from './print-chat.ts';
import { readChat } from './read-chat.ts';
import type { Vendor } from './vendors.ts';

export function createBridge(vendor: Vendor): Adapter {
  return {
    name: vendor.name,
    relay: true,
    ...(vendor.defaultBaseUrl === undefined ? {} : { defaultBaseUrl: vendor.defaultBaseUrl }),
    missing: ({ baseUrl }) => {
      if (baseUrl === undefined && vendor.defaultBaseUrl === undefined) return 'it needs a baseUrl';
      return isInstalled(vendor.package) ? undefined : `npm install ${vendor.package} would make it so`;
    },
    encode: openaiFormat.encode,
    decode: openaiFormat.decode,
    decodeStream: openaiFormat.decodeStream,
    classify: openaiFormat.classify,
    answer: (request, context) => answer(vendor, request, context),
  };
}

const installed = new Map<string, boolean>();

function isInstalled(name: string): boolean {
  const known = installed.get(name) ?? canFind(name);
  installed.set(name, known);
  return known;
}

function canFind(name: string): boolean {
  try {
    return findPackageJSON(name, import.meta.url) !== undefined;
  } catch {
    // That is how a package that is not there is told.
    return false;
  }
}

async function answer(vendor: Vendor, request: WholeRequest, context: AnswerContext): Promise<WireResponse> {
  const naming = { id: hash('sha256', request.body).slice(0, 24), created: context.nowSeconds };
  return answerOverChat(request, naming, (body) => answerChat(vendor, body, naming, context));
}

async function answerChat(
  vendor: Vendor,
  body: JsonObject,
  naming: { readonly id: string; readonly created: number },
  context: AnswerContext,
): Promise<ChatAnswer> {
  const name = readModelName(body['model']);
  const { options, stream, includeUsage, ignored } = readChat(body);
  const model = await openModel(vendor, name, context);
  const envelope = { id: `chatcmpl-${naming.id}`, created: naming.created, model: name };
  const headers = ignoredHeader(ignored);
  const call = { ...options, abortSignal: toAbortSignal(context.signal) };
  try {
    if (!stream) {
      const result = await model.doGenerate(call);
      return { kind: 'whole', headers, completion: printChat(result, envelope) };
    }
    const { stream: parts } = await model.doStream(call);
    return {
      kind: 'chunks',
      headers,
      chunks: failingAsOurs(printChunks(parts, envelope, includeUsage), context.signal),
    };
  } catch (error) {
    context.signal.throwIfAborted();
    return await refusalOf(error);
  }
}

/** Names of models become parts of paths at some vendors. */
const MODEL_NAME = /^[\w@][\w.:@-]*(?:\/[\w@][\w.:@-]*)*$/;

function readModelName(model: unknown): string {
  if (typeof model === 'string' && MODEL_NAME.test(model)) return model;
  throw new RequestMistake('model', 'This is not the name of a model.');
}

async function openModel(vendor: Vendor, name: string, context: AnswerContext): Promise<LanguageModelV4> {
  const create = await vendor.load();
  const settings = {
    // A server without a key gets an empty one: the packages would look for one in the environment.
    apiKey: context.key ?? '',
    baseURL: context.baseUrl,
    fetch: fetchOverTransport(context),
  };
  return create(settings)(name);
}

/** What went wrong before the first word. Failures of the connection, and the end of the call, are thrown on. */
async function refusalOf(error: unknown): Promise<ChatAnswer> {
  const { APICallError, UnsupportedFunctionalityError } = await import('@ai-sdk/provider');
  if (UnsupportedFunctionalityError.isInstance(error)) throw new RequestMistake('', error.message);
  if (!APICallError.isInstance(error)) throw asFailure(error);
  const { statusCode: status, responseHeaders: headers = {}, responseBody } = error;
  if (status === undefined || status < 400) throw asFailure(error);
  const id = headers['x-request-id'] ?? headers['request-id'];
  return {
    kind: 'error',
    status,
    headers: { ...headers, ...(id === undefined ? {} : { 'x-request-id': id }) },
    body: printError(status, responseBody, error.message),
  };
}

function printError(status: number, body: string | undefined, otherwise: string): JsonObject {
  const inner = asObject(asObject(parseJson(body ?? ''))?.['error']) ?? asObject(parseJson(body ?? '')) ?? {};
  const message = asString(inner['message']) ?? otherwise;
  const type = asString(inner['type']) ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  const code = inner['code'] ?? inner['status'] ?? null;
  const printed = asObject(errorBody(type, message)['error']) ?? {};
  return { error: { ...printed, code: asNumber(code) === undefined ? code : String(code) } };
}

function asFailure(error: unknown): Error {
  if (error instanceof ProviderFailure) return error;
  const { cause } = (error ?? {}) as { cause?: unknown };
  if (cause instanceof ProviderFailure) return cause;
  return new ProviderFailure('server', 'The provider answered something that is not an answer.', {
    cause: error,
  });
}

async function* failingAsOurs(
  chunks: AsyncIterable<JsonObject>,
  signal: CancelSignal,
): AsyncGenerator<JsonObject> {
  try {
    yield* chunks;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StreamFault)) throw asFailure(error);
    throw new ProviderFailure('server', 'The provider sent an error inside the stream.', {
      providerMessage: error.message,
    });
  }
}
