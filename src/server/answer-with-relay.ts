// A provider's own answer, byte for byte, at the pace of the reader. A failure after its head becomes the last event of a
// stream, and is left to the boundary, which cuts the connection: nobody takes half a stream for a whole one.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Invocation } from '../runtime/invocation.ts';
import type { RelayCall } from '../runtime/relay-call.ts';
import { relay } from '../runtime/relay.ts';
import { headerText, invocationHeaders } from './invocation-headers.ts';
import { endReply, openReply, writePiece } from './reply.ts';
import type { ReplyHeaders } from './reply.ts';
import { isOwnRequestId } from './request-id.ts';
import type { Service } from './service.ts';
import { toHttpError } from './to-http-error.ts';

export async function answerWithRelay(
  { runtime }: Service,
  invocation: Invocation,
  call: RelayCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  let facts: ReplyHeaders = {};
  let inEvents = false;
  try {
    await relay(runtime, invocation, call, {
      facts(known) {
        facts = invocationHeaders(known);
      },
      head(status, headers) {
        inEvents = headers['content-type']?.includes('text/event-stream') ?? false;
        openReply(request, reply, status, replyHeaders(headers, facts, request));
      },
      chunk: (bytes) => writePiece(reply, bytes),
      end: (last) => endReply(reply, last),
    });
  } catch (error) {
    // Only whole events were handed on, so another one may follow.
    if (inEvents)
      void writePiece(reply, `data: ${JSON.stringify(toHttpError(error, invocation.id).body)}\n\n`);
    throw error;
  }
}

/** The provider's name for the request stands where the caller gave none; other headers pass as they are. */
function replyHeaders(headers: ReplyHeaders, facts: ReplyHeaders, request: FastifyRequest): ReplyHeaders {
  const all: Record<string, string> = { 'x-request-id': request.id };
  for (const name in headers) {
    if (name === 'x-request-id' && isOwnRequestId(request)) continue;
    all[name] = headerText(headers[name] ?? '');
  }
  for (const name in facts) all[name] = facts[name] ?? '';
  return all;
}
