// The requests being answered right now: how many, and how to end them when the server must go.

export interface Traffic {
  readonly inFlight: number;
  readonly draining: boolean;
  /** Counts one request in; the controller cancels its work, and `leave` counts it out again. */
  enter(work: AbortController): void;
  leave(work: AbortController): void;
  /** Counts the request for its caller, until it leaves; false when the caller has as many as it may. */
  claim(work: AbortController, caller: string, limit: number): boolean;
  /** From now on new requests are refused and readiness says no; `afterEach` hears of each request that is over. */
  drain(afterEach: () => void): void;
  cancelAll(reason: Error): void;
}

export function createTraffic(): Traffic {
  const working = new Set<AbortController>();
  const callers = new Map<AbortController, string>();
  const claims = new Map<string, number>();
  let draining = false;
  let onLeave = (): void => {};
  const release = (work: AbortController): void => {
    const caller = callers.get(work);
    if (caller === undefined) return;
    callers.delete(work);
    const left = (claims.get(caller) ?? 0) - 1;
    if (left > 0) claims.set(caller, left);
    else claims.delete(caller);
  };
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
      release(work);
      onLeave();
    },
    claim(work, caller, limit) {
      const claimed = claims.get(caller) ?? 0;
      if (claimed >= limit) return false;
      claims.set(caller, claimed + 1);
      callers.set(work, caller);
      return true;
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
