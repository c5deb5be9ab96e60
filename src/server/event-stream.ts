// Server-sent events: one head, then events as they come, at the pace of the reader.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endReply, openReply, writePiece } from './reply.ts';
import type { ReplyHeaders } from './reply.ts';

export interface EventStream {
  readonly opened: boolean;
  open(headers: ReplyHeaders): void;
  /** `name` is absent for streams whose events have no names. */
  send(data: unknown, name?: string): void | Promise<void>;
  /** A line that is data but not JSON, as the `[DONE]` of the OpenAI format is. */
  sendText(text: string): void | Promise<void>;
  end(): void;
}

export function createEventStream(request: FastifyRequest, reply: FastifyReply): EventStream {
  let opened = false;
  return {
    get opened() {
      return opened;
    },
    open(headers) {
      opened = true;
      openReply(request, reply, 200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
        ...headers,
      });
    },
    send(data, name) {
      const head = name === undefined ? '' : `event: ${name}\n`;
      return writePiece(reply, `${head}data: ${JSON.stringify(data)}\n\n`);
    },
    sendText(text) {
      return writePiece(reply, `data: ${text}\n\n`);
    },
    end() {
      endReply(reply);
    },
  };
}
