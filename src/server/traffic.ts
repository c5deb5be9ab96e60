// The requests being answered right now: how many, and how to end them when the server must go.

export interface Traffic {
  readonly inFlight: number;
  readonly draining: boolean;
  /** Counts one request in; the controller cancels its work, and `leave` counts it out again. */
  enter(work: AbortController): void;
  leave(work: AbortController): void;
  /** From now on new requests are refused and readiness says no; `afterEach` hears of each request that is over. */
  drain(afterEach: () => void): void;
  cancelAll(reason: Error): void;
}

export function createTraffic(): Traffic {
  const working = new Set<AbortController>();
  let draining = false;
  let onLeave = (): void => {};
  return {
    get inFlight() {
      return working.size;
    },
    get draining() {
      return draining;
    },
    enter(work) {
      working.add(work);
    },
    leave(work) {
      working.delete(work);
      onLeave();
    },
    drain(afterEach) {
      draining = true;
      onLeave = afterEach;
    },
    cancelAll(reason) {
      for (const work of working) work.abort(reason);
    },
  };
}
