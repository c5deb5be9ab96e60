// Durations as authors write them: a number and a unit.

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1.5s` → 1500. The schema has already refused everything that is not a duration; for such text the answer is 0. */
export function parseDuration(text: string): number {
  const match = /^(?<count>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d)$/.exec(text);
  const { count = '0', unit = 'ms' } = match?.groups ?? {};
  return Math.round(Number(count) * (unitsMs[unit] ?? 0));
}
