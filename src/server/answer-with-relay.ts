// A provider's own answer, byte for byte, at the pace of the reader. A failure after its head becomes the last event of a
// stream, and is left to the boundary, which cuts the connection: nobody takes half a stream for a whole one.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Invocation } from '../runtime/invocation.ts';
import type { RelayCall } from '../runtime/relay-call.ts';
import { relay } from '../runtime/relay.ts';
import type { RelayFacts, RelaySink } from '../runtime/relay.ts';
import { headerText, invocationHeaders } from './invocation-headers.ts';
import { addHeaders, endReply, REQUEST_ID, sendHead, writePiece } from './reply.ts';
import { isOwnRequestId } from './request-id.ts';
import type { Service } from './service.ts';
import { toHttpError } from './to-http-error.ts';

/** Rejects after an error that the boundary has to answer, or to cut the connection for. */
export function answerWithRelay(
  { runtime }: Service,
  invocation: Invocation,
  call: RelayCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const sink = new RelayedReply(request, reply);
  return relay(runtime, invocation, call, sink).catch((error: unknown) => {
    // Only whole events were handed on, so another one may follow.
    if (sink.inEvents) void sink.chunk(`data: ${JSON.stringify(toHttpError(error, invocation.id).body)}\n\n`);
    throw error;
  });
}

class RelayedReply implements RelaySink {
  inEvents = false;
  private readonly request: FastifyRequest;
  private readonly reply: FastifyReply;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.request = request;
    this.reply = reply;
  }

  head(status: number, headers: readonly string[], facts: RelayFacts): void {
    this.inEvents = isEventStream(headers);
    sendHead(this.reply, status, addHeaders(passedHeaders(headers, this.request), invocationHeaders(facts)));
  }

  chunk(bytes: Buffer | string): void | Promise<void> {
    return writePiece(this.reply, bytes);
  }

  end(last?: Buffer): void {
    endReply(this.reply, last);
  }
}

function isEventStream(headers: readonly string[]): boolean {
  const type = headers.indexOf('content-type');
  return type >= 0 && headers[type + 1]?.includes('text/event-stream') === true;
}

/** The provider's name for the request stands where the caller gave none; other headers pass as they are. */
function passedHeaders(headers: readonly string[], request: FastifyRequest): string[] {
  const passed: string[] = [];
  const isOwn = isOwnRequestId(request);
  let isNamed = false;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (name === REQUEST_ID) {
      if (isOwn) continue;
      isNamed = true;
    }
    passed.push(name, headerText(headers[at + 1] ?? ''));
  }
  if (!isNamed) passed.push(REQUEST_ID, request.id);
  return passed;
}
