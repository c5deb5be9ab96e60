// Reads the body of a request as the chunks that it comes in, and copies none of them: Node hands each one over for good.
// The limits are those of Fastify's own readers, and so are the errors.
import type { IncomingMessage } from 'node:http';
import { errorCodes } from 'fastify';
import type { FastifyRequest } from 'fastify';
import type { ByteList } from '../runtime/byte-list.ts';

type Done = (error: Error | null, body?: ByteList) => void;

/** So many chunks are joined: a body that comes in single bytes would take a hundred times its length. */
const CHUNKS_APART_MAX = 1_024;

/** Makes a reader of bodies up to so many bytes; one that is longer is refused as soon as that is known. */
export function readChunks(
  bytesMax: number,
): (request: FastifyRequest, payload: IncomingMessage, done: Done) => void {
  return ({ headers }, payload, done) => {
    const announced = Number(headers['content-length']);
    if (announced > bytesMax) {
      done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      return;
    }
    let chunks: Buffer[] = [];
    let joined = 0;
    let length = 0;
    let isOver = false;
    const end = (error: Error | null): void => {
      if (isOver) return;
      isOver = true;
      if (error === null) done(null, chunks);
      else done(error);
      chunks = [];
    };
    payload.on('data', (chunk: Buffer) => {
      if (isOver) return;
      length += chunk.length;
      if (length > bytesMax) {
        end(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
        return;
      }
      chunks.push(chunk);
      if (chunks.length - joined < CHUNKS_APART_MAX) return;
      chunks.push(Buffer.concat(chunks.splice(joined)));
      joined += 1;
    });
    payload.on('end', () => {
      const isWhole = Number.isNaN(announced) || length === announced;
      end(isWhole ? null : new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
    });
    payload.on('error', end);
  };
}
