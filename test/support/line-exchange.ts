// One exchange over a line, told as a value.
import type { Exchange, Line, LineRequest } from '../../src/providers/http1/line.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export interface Asked {
  readonly exchange: Exchange;
  readonly answer: Promise<Answer>;
  /** What the handler has heard, in order. */
  readonly heard: string[];
  /** Bytes of the body so far. */
  bytes: number;
}

export interface Hooks {
  onSent?(): void;
  onHead?(status: number, headers: Record<string, string>): void;
  onData?(bytes: Buffer): void;
  onEnd?(): void;
}

export const get: LineRequest = { method: 'GET', path: '/', headers: [], body: [] };

/** The handler holds the line to its contract: a call out of order rejects the answer. */
export function ask(line: Line, request: Partial<LineRequest> = {}, hooks: Hooks = {}): Asked {
  const heard: string[] = [];
  const pieces: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let status = 0;
  let headers: Record<string, string> = {};
  const hear = (what: string, after: readonly string[]): void => {
    const last = heard.at(-1) ?? 'nothing';
    if (!after.includes(last)) reject(new Error(`${what} after ${last}`));
    if (what !== last) heard.push(what);
  };
  const exchange = line.dispatch(
    { ...get, ...request },
    {
      onSent() {
        hear('sent', ['nothing']);
        hooks.onSent?.();
      },
      onHead(answered, answeredHeaders) {
        hear('head', ['sent']);
        status = answered;
        headers = answeredHeaders;
        hooks.onHead?.(answered, answeredHeaders);
      },
      onData(bytes) {
        hear('data', ['head', 'data']);
        if (bytes.length === 0) reject(new Error('a piece of no bytes'));
        asked.bytes += bytes.length;
        pieces.push(bytes);
        hooks.onData?.(bytes);
      },
      onWaiting() {},
      onEnd() {
        hear('end', ['head', 'data']);
        hooks.onEnd?.();
        resolve({ status, headers: { ...headers }, body: Buffer.concat(pieces) });
      },
      onError(error) {
        hear('error', ['nothing', 'sent', 'head', 'data']);
        reject(error);
      },
    },
  );
  if (heard.length > 0) reject(new Error('the handler was called before there was an exchange'));
  // An answer that a test does not wait for may fail.
  promise.catch(() => {});
  const asked: Asked = { exchange, answer: promise, heard, bytes: 0 };
  return asked;
}

/** Asks, and pauses for a turn at every piece; `early` counts what came all the same. */
export async function askPausing(line: Line): Promise<{ readonly body: Buffer; readonly early: number }> {
  let paused = false;
  let early = 0;
  const asked = ask(
    line,
    {},
    {
      onData() {
        if (paused) early += 1;
        paused = true;
        asked.exchange.pause();
        setImmediate(() => {
          paused = false;
          asked.exchange.resume();
        });
      },
      onEnd() {
        if (paused) early += 1;
      },
    },
  );
  const { body } = await asked.answer;
  return { body, early };
}
