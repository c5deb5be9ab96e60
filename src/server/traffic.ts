// The requests being answered right now: how many, and how to end them when the server must go.
import { Cancellation } from '../cancellation.ts';

/** One request being answered, and the way to cancel what is done for it. */
export class Work extends Cancellation {
  /** Requests in flight of the caller that it was counted for. */
  claim: Claim | undefined = undefined;
}

interface Claim {
  readonly caller: string;
  inFlight: number;
}

export interface Traffic {
  readonly inFlight: number;
  readonly draining: boolean;
  /** Counts one request in; `leave` counts it out again. */
  enter(work: Work): void;
  leave(work: Work): void;
  /** Counts the request for its caller, until it leaves; false when the caller has as many as it may. */
  claim(work: Work, caller: string, limit: number): boolean;
  /** From now on new requests are refused and readiness says no; `afterEach` hears of each request that is over. */
  drain(afterEach: () => void): void;
  cancelAll(reason: Error): void;
}

export function createTraffic(): Traffic {
  const working = new Set<Work>();
  const claims = new Map<string, Claim>();
  let draining = false;
  let onLeave = (): void => {};
  const release = (work: Work): void => {
    const { claim } = work;
    if (claim === undefined) return;
    work.claim = undefined;
    claim.inFlight -= 1;
    if (claim.inFlight === 0) claims.delete(claim.caller);
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
      const claim = claims.get(caller) ?? { caller, inFlight: 0 };
      if (claim.inFlight >= limit) return false;
      if (claim.inFlight === 0) claims.set(caller, claim);
      claim.inFlight += 1;
      work.claim = claim;
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
