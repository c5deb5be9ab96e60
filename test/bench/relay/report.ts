// What the bench prints: ratios as they are measured, and at the end each bar with what was measured against it.

interface Bar {
  readonly what: string;
  /** The most that the ratio may be, and what it should be: one of them at least. */
  readonly must?: number;
  readonly aim?: number;
}

/** The bars for what serves. Others are asked of the benchmarks of `check`, `dev` and routing. */
const bars = {
  smallProxy: { what: 'relay, small body, CPU ÷ proxy', must: 1.5, aim: 1.1 },
  smallPortkey: { what: 'relay, small body, CPU ÷ portkey', must: 0.125, aim: 0.08 },
  largeProxy: { what: 'relay, 100 kB body, CPU ÷ proxy', must: 1.3, aim: 0.6 },
  streamProxy: { what: 'relay, events, CPU ÷ proxy', must: 1.25, aim: 1.05 },
  firstNginx: { what: 'relay, events, first byte added ÷ nginx', must: 6, aim: 3 },
  capabilityProxy: { what: 'capability, CPU ÷ proxy', must: 2.6, aim: 1.6 },
  capabilityRelay: { what: 'capability, CPU ÷ own relay', must: 1.8, aim: 1.5 },
  tailPortkey: { what: 'p99 at 500 a second ÷ portkey', must: 0.1 },
  tailNginx: { what: 'p99 at 500 a second ÷ nginx', aim: 2 },
  memoryPortkey: { what: 'peak memory ÷ portkey', must: 0.6, aim: 0.4 },
  workers: { what: 'two workers ÷ one, CPU', must: 1.25, aim: 1.1 },
} as const satisfies Readonly<Record<string, Bar>>;

export type BarName = keyof typeof bars;

interface Measured {
  readonly bar: BarName;
  readonly at: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const measured: Measured[] = [];

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Prints the ratio of each round to the same round of the base; with a bar, it is in the last table as well. */
export function ratio(
  what: string,
  over: readonly number[],
  base: readonly number[],
  against?: { readonly bar: BarName; readonly at: string },
): void {
  const all = over.map((each, index) => each / (base[index] ?? NaN));
  if (all.length === 0 || base.length === 0) return;
  const found = { median: median(all), least: Math.min(...all), most: Math.max(...all) };
  const asked = against === undefined ? '' : `   bar ${printAsked(bars[against.bar])}`;
  say(`    ${what}: ${printFound(found)}${asked}`);
  if (against !== undefined) measured.push({ ...against, ...found });
}

/** Each bar, what it asks, what was measured (median, min–max), and whether that holds. */
export function sayBars(asked: { readonly calls: number; readonly failures: number }): void {
  say('\nbar                                                      asked                measured (min–max)');
  for (const bar of Object.keys(bars) as BarName[]) {
    const found = measured.filter((each) => each.bar === bar);
    if (found.length === 0) sayRow(bars[bar].what, printAsked(bars[bar]), 'not measured', '');
    for (const each of found)
      sayRow(
        `${bars[bar].what}, ${each.at}`,
        printAsked(bars[bar]),
        printFound(each),
        judge(bars[bar], each),
      );
  }
  const found = `${asked.failures} of ${asked.calls.toLocaleString('en')} calls`;
  sayRow('errors; events lost, added or altered', '0', found, asked.failures === 0 ? 'holds' : 'MISSED');
}

function sayRow(what: string, asked: string, found: string, verdict: string): void {
  say(`${what.padEnd(56)} ${asked.padEnd(20)} ${found.padEnd(24)} ${verdict}`.trimEnd());
}

function judge({ must, aim }: Bar, { median }: Measured): string {
  if (must !== undefined && !(median <= must)) return 'MISSED';
  if (aim !== undefined && median <= aim) return 'holds, and the aim';
  return must === undefined ? 'aim missed' : 'holds';
}

function printAsked({ must, aim }: Bar): string {
  const words = [must === undefined ? [] : `≤ ${must}`, aim === undefined ? [] : `aim ${aim}`];
  return words.flat().join(', ');
}

function printFound({ median, least, most }: Pick<Measured, 'median' | 'least' | 'most'>): string {
  return `${median.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)})`;
}
