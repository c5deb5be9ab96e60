// The machine's time for a runtime: even enough to measure with, and right enough to write down.

/** How far the steady clock may be from the calendar before it is set again: someone has changed the time. */
const DRIFT_MAX_MS = 1_000;

/** How often is looked for that: reading two clocks costs more than reading one. */
const LOOK_EVERY_MS = 50;

/** The machine's time in fractions of milliseconds. It runs evenly, and follows when the machine's time is set. */
export function createSystemNow(): () => number {
  let lookedAt = performance.now();
  let offset = Date.now() - lookedAt;
  return () => {
    const steady = performance.now();
    if (steady - lookedAt < LOOK_EVERY_MS) return steady + offset;
    lookedAt = steady;
    const calendar = Date.now();
    if (Math.abs(calendar - steady - offset) > DRIFT_MAX_MS) offset = calendar - steady;
    return steady + offset;
  };
}
