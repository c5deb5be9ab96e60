// One effect for calls that carry the same `Idempotency-Key`: the first one works, a second one waits for it and gets the
// same answer, and so does every later one, for a day. A call that failed has had no effect, so its key is free again.

import { hash } from 'node:crypto';
import type { CancelSignal } from '../cancellation.ts';
import { CapabilityError } from '../errors.ts';
import type { Caller } from '../governance/caller.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { createBoundedMap } from './bounded-map.ts';

export interface Idempotency<Result> {
  /** The result of the first call with this key that succeeded; `run` is called when there is none yet. */
  once(call: IdempotentCall, run: () => Promise<Result>): Promise<Once<Result>>;
}

export interface IdempotentCall {
  /** The caller's own words; two callers never share one. */
  readonly key: string;
  readonly caller: Caller;
  /** What is asked for: equal for a repetition, whatever its spelling. */
  readonly request: unknown;
  /** Aborted when this caller leaves; who waits for another call's result then waits no more. */
  readonly signal: CancelSignal;
}

export interface Once<Result> {
  readonly result: Result;
  readonly replayed: boolean;
}

export interface IdempotencyLimits {
  readonly idempotencyEntries: number;
  readonly idempotencyBytes: number;
  readonly idempotencyMs: number;
}

interface Kept {
  readonly fingerprint: string;
  readonly text: string;
  readonly expiresAt: number;
}

interface Working {
  readonly fingerprint: string;
  /** Resolves when the call is over, however it ended. */
  readonly over: Promise<void>;
}

const ENTRY_BYTES = 500;
const BYTES_PER_CHARACTER = 2;

/** Results are kept as JSON text. */
export function createIdempotency<Result>(limits: IdempotencyLimits, now: () => number): Idempotency<Result> {
  const kept = createBoundedMap<Kept>({ entries: limits.idempotencyEntries, bytes: limits.idempotencyBytes });
  /** No more than there are requests in flight. */
  const working = new Map<string, Working>();

  const find = (place: string): Kept | undefined => {
    const found = kept.get(place);
    return found === undefined || now() < found.expiresAt ? found : undefined;
  };
  const keep = (place: string, fingerprint: string, result: Result): void => {
    const text = JSON.stringify(result);
    const entry = { fingerprint, text, expiresAt: now() + limits.idempotencyMs };
    kept.set(place, entry, ENTRY_BYTES + text.length * BYTES_PER_CHARACTER);
  };
  return {
    async once({ key, caller, request, signal }, run) {
      const place = hash('sha256', canonicalJson([caller.name, key]));
      const fingerprint = hash('sha256', canonicalJson(request));
      for (;;) {
        const found = find(place);
        if (found !== undefined) {
          refuseOther(found, fingerprint);
          return { result: JSON.parse(found.text) as Result, replayed: true };
        }
        const other = working.get(place);
        if (other === undefined) break;
        refuseOther(other, fingerprint);
        await untilAborted(other.over, signal);
      }
      const over = Promise.withResolvers<void>();
      working.set(place, { fingerprint, over: over.promise });
      try {
        const result = await run();
        keep(place, fingerprint, result);
        return { result, replayed: false };
      } finally {
        working.delete(place);
        over.resolve();
      }
    },
  };
}

function refuseOther(known: { readonly fingerprint: string }, fingerprint: string): void {
  if (known.fingerprint === fingerprint) return;
  throw new CapabilityError(
    'request_invalid',
    'This Idempotency-Key was used for another request; a new request needs a new key.',
    { param: 'Idempotency-Key', status: 409 },
  );
}

function untilAborted(promise: Promise<void>, signal: CancelSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort);
    void promise.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
