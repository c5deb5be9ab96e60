// A call's answer as a head and a body to iterate, for those who read at their own pace.

import { Cancellation } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import type { WireResponse } from './adapter.ts';
import { asError } from './call-out.ts';
import type { Ground } from './call-out.ts';
import type { WireSink } from './transport.ts';

/**
 * Turns a push exchange into a head and a body to iterate. The body holds at most one chunk; it pauses the upstream. A
 * reader who has what it wants may leave before the last byte: what little follows is read and forgotten.
 */
export function openResponse(
  { limits, after }: Ground,
  signal: CancelSignal,
  run: (sink: WireSink, signal: CancelSignal) => Promise<void>,
): Promise<WireResponse> {
  const cancellation = new Cancellation();
  const onAbort = (): void => cancellation.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return new Promise((resolve, reject) => {
    const pipe = createPipe(limits.drainBytes, () => {
      const timer = after(limits.drainMs, () => cancellation.abort(readerLeft()));
      cancellation.addEventListener('abort', () => timer.cancel());
      void over.then(() => timer.cancel());
    });
    const sink: WireSink = {
      head: (status, headers) => resolve({ status, headers, body: pipe.read() }),
      chunk: (bytes) => pipe.write(bytes),
      end: () => pipe.end(),
    };
    const over = run(sink, cancellation)
      .catch((error: unknown) => {
        pipe.fail(asError(error));
        reject(asError(error));
      })
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function readerLeft(): Error {
  return new Error('The reader left.');
}

interface Pipe {
  write(bytes: Buffer): void | Promise<void>;
  end(): void;
  fail(error: Error): void;
  read(): AsyncIterable<Uint8Array>;
}

function createPipe(drainBytes: number, onLeave: () => void): Pipe {
  let pending: Buffer | undefined;
  let state: 'open' | 'ended' | 'left' | Error = 'open';
  let readable = Promise.withResolvers<void>();
  let writable = Promise.withResolvers<void>();
  let drained = 0;

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (pending !== undefined) {
          const bytes = pending;
          pending = undefined;
          yield bytes;
          writable.resolve();
        } else if (state === 'open') {
          await readable.promise;
          readable = Promise.withResolvers<void>();
        } else if (state instanceof Error) {
          throw state;
        } else {
          return;
        }
      }
    } finally {
      if (state === 'open') {
        state = 'left';
        onLeave();
      }
      writable.resolve();
    }
  }

  return {
    write(bytes) {
      if (state !== 'open') {
        drained += bytes.length;
        if (drained > drainBytes) throw readerLeft();
        return undefined;
      }
      pending = bytes;
      writable = Promise.withResolvers<void>();
      readable.resolve();
      return writable.promise;
    },
    end() {
      if (state === 'open') state = 'ended';
      readable.resolve();
    },
    fail(error) {
      if (state === 'open') state = error;
      readable.resolve();
      writable.resolve();
    },
    read,
  };
}
