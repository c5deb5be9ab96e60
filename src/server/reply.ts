// How answers are written: straight to the socket, one head and one body, past the framework's reply pipeline.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerLimits } from './limits.ts';
import type { Traffic } from './traffic.ts';
import { toHttpError } from './to-http-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    limits: ServerLimits;
    traffic: Traffic;
  }
}

export type ReplyHeaders = Readonly<Record<string, string>>;

export function replyJson(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  value: unknown,
  headers: ReplyHeaders = {},
): void {
  const body = JSON.stringify(value);
  const list = headerList(request, headers);
  list.push('content-type', 'application/json; charset=utf-8');
  list.push('content-length', String(Buffer.byteLength(body)));
  sendHead(reply, status, list);
  endReply(reply, body);
}

/** Answers with an error; after the head has gone the connection is cut instead, so that nobody takes it for whole. */
export function replyError(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  if (reply.raw.headersSent) {
    cutReply(reply);
    return;
  }
  const { admission } = request;
  const { status, headers, body } = toHttpError(error, admission?.invocation);
  const revision = admission ? { 'x-capstan-revision': admission.snapshot.revision } : {};
  const invocation =
    admission?.invocation === undefined ? {} : { 'x-capstan-invocation': admission.invocation };
  replyJson(request, reply, status, body, { ...revision, ...invocation, ...headers });
}

/** Takes the reply out of the framework's hands and sends its head. */
export function openReply(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  headers: ReplyHeaders,
): void {
  sendHead(reply, status, headerList(request, headers));
}

function headerList(request: FastifyRequest, headers: ReplyHeaders): string[] {
  return addHeaders(headers[REQUEST_ID] === undefined ? [REQUEST_ID, request.id] : [], headers);
}

/** Adds names and values in turn. */
export function addHeaders(list: string[], headers: ReplyHeaders): string[] {
  for (const name in headers) list.push(name, headers[name] ?? '');
  return list;
}

export const REQUEST_ID = 'x-request-id';

/** The same for headers that are a list already: names and values in turn, and the request's name among them. */
export function sendHead(reply: FastifyReply, status: number, headers: readonly string[]): void {
  reply.hijack();
  reply.raw.writeHead(status, headers as string[]);
}

/** Writes one piece; the promise is there when the reader is slower than we are, and settles when it may go on. */
export function writePiece(reply: FastifyReply, piece: string | Uint8Array): void | Promise<void> {
  const response = reply.raw;
  if (response.destroyed || response.write(piece)) return;
  limitStall(reply);
  return new Promise((resolve) => {
    const goOn = (): void => {
      response.off('drain', goOn);
      response.off('close', goOn);
      response.setTimeout(0);
      resolve();
    };
    response.on('drain', goOn);
    response.on('close', goOn);
  });
}

export function endReply(reply: FastifyReply, piece?: string | Uint8Array): void {
  const { raw } = reply;
  raw.end(piece);
  // What the system took at once waits for no reader.
  if ((raw.socket?.writableLength ?? 0) > 0) limitStall(reply);
}

/** Ends the connection so that its reader gets what was written, and sees that it is not whole. */
function cutReply(reply: FastifyReply): void {
  const { socket, chunkedEncoding } = reply.raw;
  limitStall(reply);
  if (chunkedEncoding) socket?.destroySoon();
  else socket?.resetAndDestroy();
}

/** Node closes a connection on which nothing moves for this long, and lifts the limit with the next request. */
function limitStall({ raw, server }: FastifyReply): void {
  raw.setTimeout(server.limits.stalledReaderMs);
}
