// One attempt: the request in the provider's words, over the transport, and its answer in ours. With a sink the answer
// is handed on while it comes.

import type { ChatRequest, Completion } from '../chat/chat.ts';
import type { Adapter, WireResponse } from '../providers/adapter.ts';
import { adapterNamed } from '../providers/index.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Attempt } from './attempt.ts';
import type { Runtime } from './runtime.ts';

/** Gets the text of an answer piece by piece; a promise holds the provider back until it settles. */
export type TextSink = (text: string) => void | Promise<void>;

/** The whole answer of one model; throws `ProviderFailure`, or the reason why the attempt was ended. */
export async function callModel(
  { transport }: Runtime,
  attempt: Attempt,
  request: ChatRequest,
  sink?: TextSink,
): Promise<Completion> {
  const { model, provider } = attempt.candidate;
  const adapter = adapterNamed(provider.adapter);
  const stream = sink !== undefined;
  const wire = adapter.encode(request, model, { stream, provider });
  if (stream) {
    const response = await transport.send(provider, wire, attempt.call);
    return readStream(adapter, response, (text) => {
      attempt.heard(text.length);
      return sink(text);
    });
  }
  const response = await transport.collect(provider, wire, attempt.call);
  if (!isSuccess(response.status)) throw adapter.classify(response.status, response.headers, response.body);
  return adapter.decode(response);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

async function readStream(adapter: Adapter, response: WireResponse, sink: TextSink): Promise<Completion> {
  const { status, headers } = response;
  if (!isSuccess(status)) throw adapter.classify(status, headers, await collectBody(response));
  if (!isEventStream(response)) return readWhole(adapter, response, sink);
  let text = '';
  for await (const event of adapter.decodeStream(response.body)) {
    if (event.kind === 'end') {
      const { finishReason, refusal, usage } = event;
      return {
        text,
        finishReason,
        ...(refusal === undefined ? {} : { refusal }),
        ...(usage === undefined ? {} : { usage }),
      };
    }
    text += event.text;
    if (text.length > ANSWER_CHARACTERS_MAX) {
      throw new ProviderFailure('server', 'The provider’s answer is too long.');
    }
    await sink(event.text);
  }
  throw new ProviderFailure('server', 'The stream broke off before its end.');
}

/** Servers that cannot stream answer whole; what is no answer at all says so when it is decoded. */
async function readWhole(adapter: Adapter, response: WireResponse, sink: TextSink): Promise<Completion> {
  const { status, headers } = response;
  const completion = adapter.decode({ status, headers, body: await collectBody(response) });
  if (completion.text !== '') await sink(completion.text);
  return completion;
}

/** Longest answer that is gathered from a stream. */
const ANSWER_CHARACTERS_MAX = 16 * 1024 * 1024;

/** Longest body that is read of an answer that should have been a stream. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

async function collectBody({ body }: WireResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new ProviderFailure('server', 'The provider’s answer is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isEventStream({ headers }: WireResponse): boolean {
  return headers['content-type']?.includes('text/event-stream') ?? false;
}
