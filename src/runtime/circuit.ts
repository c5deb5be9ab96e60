// A circuit breaker as a state machine that can be looked at without being touched: `blocked` only reads, `enter` lets a
// call through, `leave` hears how it went. Knows no clock; every question says when it is asked.

export interface CircuitLimits {
  /** How far back calls count. */
  readonly windowMs: number;
  /** Fewer calls than this say nothing. */
  readonly callsMin: number;
  /** Share of failures from which on the circuit opens. */
  readonly failureRatio: number;
  /** Until the first probe; it doubles each time that a probe fails. */
  readonly openMs: number;
  readonly openMaxMs: number;
  /** Calls that are let through at once while half open, and successes in a row that close it again. */
  readonly probes: number;
}

export const CIRCUIT_LIMITS: CircuitLimits = {
  windowMs: 60_000,
  callsMin: 5,
  failureRatio: 0.5,
  openMs: 5_000,
  openMaxMs: 120_000,
  probes: 2,
};

/** How a call went; `unknown` when it was ended before anybody could tell. */
export type Verdict = 'well' | 'ill' | 'unknown';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** A call that was let through; `leave` takes it once. */
export interface Passage {
  readonly era: number;
  readonly kind: 'call' | 'probe' | 'forced';
}

export interface Circuit {
  state(now: number): CircuitState;
  /** Whether a call would be kept out. Changes nothing. */
  blocked(now: number): boolean;
  /** Lets a call through; undefined when it is kept out. */
  enter(now: number): Passage | undefined;
  /** Lets a call through whatever the state: where there is nobody else to ask. */
  force(now: number): Passage;
  leave(passage: Passage, verdict: Verdict, now: number): void;
  /** Keeps calls out until then, as `Retry-After` asks; it never shortens a rest. */
  restUntil(time: number): void;
  /** For how long calls are kept out still; 0 when they are not, or when a probe decides. */
  restMs(now: number): number;
  /** Share of the window's calls that went well; undefined while there are none. */
  successRatio(now: number): number | undefined;
}

/** The window is counted in this many slices; the oldest is forgotten as a whole. */
const SLICES = 10;

interface Slice {
  begins: number;
  well: number;
  ill: number;
}

export function createCircuit(limits: CircuitLimits = CIRCUIT_LIMITS): Circuit {
  const sliceMs = limits.windowMs / SLICES;
  let slices: Slice[] = [];
  /** Grows with every change of state: a call that began in an earlier era says nothing of this one. */
  let era = 0;
  let opened: { until: number; forMs: number } | undefined;
  let probing = 0;
  let successes = 0;
  let restsUntil = -Infinity;

  const recent = (now: number): { well: number; ill: number } => {
    let well = 0;
    let ill = 0;
    for (const slice of slices) {
      if (slice.begins <= now - limits.windowMs) continue;
      well += slice.well;
      ill += slice.ill;
    }
    return { well, ill };
  };
  const count = (verdict: 'well' | 'ill', now: number): void => {
    const begins = Math.floor(now / sliceMs) * sliceMs;
    let slice = slices.at(-1);
    if (slice === undefined || slice.begins < begins) {
      slice = { begins, well: 0, ill: 0 };
      slices = [...slices.filter((each) => each.begins > now - limits.windowMs), slice];
    }
    slice[verdict] += 1;
  };
  const open = (now: number, forMs: number): void => {
    era += 1;
    opened = { until: now + forMs, forMs };
    probing = 0;
    successes = 0;
    slices = [];
  };
  const close = (): void => {
    era += 1;
    opened = undefined;
    probing = 0;
    successes = 0;
  };
  const state = (now: number): CircuitState => {
    if (opened === undefined) return 'closed';
    return now < opened.until ? 'open' : 'half-open';
  };
  const blocked = (now: number): boolean => {
    if (now < restsUntil) return true;
    const is = state(now);
    return is === 'open' || (is === 'half-open' && probing >= limits.probes);
  };
  const trial = (verdict: Verdict, now: number): void => {
    if (opened === undefined || verdict === 'unknown') return;
    if (verdict === 'ill') {
      // What is known from forced calls while it is open does not make the wait longer.
      if (now >= opened.until) open(now, Math.min(opened.forMs * 2, limits.openMaxMs));
      return;
    }
    successes += 1;
    if (successes >= limits.probes) close();
  };

  return {
    state,
    blocked,
    enter(now) {
      if (blocked(now)) return undefined;
      if (opened === undefined) return { era, kind: 'call' };
      probing += 1;
      return { era, kind: 'probe' };
    },
    force: (now) => ({ era, kind: state(now) === 'closed' ? 'call' : 'forced' }),
    leave(passage, verdict, now) {
      if (passage.era !== era) return;
      if (passage.kind === 'probe') probing -= 1;
      if (passage.kind !== 'call') {
        trial(verdict, now);
        return;
      }
      if (verdict === 'unknown') return;
      count(verdict, now);
      // A success may be the call that makes the window count; it is still no reason to keep others out.
      if (verdict === 'well') return;
      const { well, ill } = recent(now);
      const isSick = well + ill >= limits.callsMin && ill / (well + ill) >= limits.failureRatio;
      if (isSick) open(now, limits.openMs);
    },
    restUntil(time) {
      restsUntil = Math.max(restsUntil, time);
    },
    restMs(now) {
      const until = Math.max(restsUntil, opened?.until ?? -Infinity);
      return Math.max(0, until - now);
    },
    successRatio(now) {
      const { well, ill } = recent(now);
      return well + ill === 0 ? undefined : well / (well + ill);
    },
  };
}
