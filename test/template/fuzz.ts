// The theorem over as many pairs as you like, and how often the checker cries wolf: of the templates that it flags, how many
// go wrong on at least one of a number of valid inputs. Run: npm run fuzz:templates -- --pairs 500000 [--seed 7]
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { choicesOf, seedOf, someBytes } from './support/choices.ts';
import { describe, proveTheorem } from './support/prove.ts';
import { generatePair } from './support/templates.ts';
import { inputsOf, isClean, isEndless, trial, wrongsOf } from './support/theorem.ts';
import type { Trial } from './support/theorem.ts';
import type { Pair } from './support/templates.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

const batch = 5_000;
const fewInputs = 12;
const manyInputs = 200;

const count = { pairs: 0, clean: 0, flagged: 0, violations: 0, witnessed: 0, witnessedLate: 0 };
const unconfirmed = new Map<string, number>();
const flaggedBy = new Map<string, number>();

const wanted = Number(values.pairs);
const seed = Number(values.seed);
process.stdout.write(`${wanted} pairs of schema and template, seed ${seed}\n`);
const startedAt = performance.now();
for (let done = 0; done < wanted; done += batch) {
  const runs = Math.min(batch, wanted - done);
  const violationsBefore = count.violations;
  for (const bytes of fc.sample(someBytes, { numRuns: runs, seed: seed + done })) tryOne(bytes);
  if (count.violations > violationsBefore) shrink(runs, seed + done);
}
report();
process.exitCode = count.violations > 0 ? 1 : 0;

function tryOne(bytes: Uint8Array): void {
  const pair = generatePair(choicesOf(bytes));
  const tried = trial(pair);
  if (tried === undefined) throw new Error(`outside the dialect: ${JSON.stringify(pair)}`);
  count.pairs += 1;
  if (isClean(tried)) tryClean(pair, tried, seedOf(bytes));
  else tryFlagged(pair, tried, seedOf(bytes));
}

function tryClean(pair: Pair, tried: Trial, inputSeed: number): void {
  count.clean += 1;
  for (const input of inputsOf(pair, inputSeed, fewInputs)) {
    const what = wrongsOf(pair, tried, input);
    if (what.length === 0) continue;
    count.violations += 1;
    if (count.violations <= 3) process.stdout.write(`VIOLATION\n${describe(pair, { what, input })}\n\n`);
    return;
  }
}

function tryFlagged(pair: Pair, tried: Trial, inputSeed: number): void {
  count.flagged += 1;
  const codes = new Set(tried.findings.map(({ code }) => code));
  for (const code of codes) add(flaggedBy, code);
  const goesWrong = (inputs: number): boolean =>
    isEndless(tried) ||
    inputsOf(pair, inputSeed, inputs).some((input) => wrongsOf(pair, tried, input).length > 0);
  if (goesWrong(fewInputs)) count.witnessed += 1;
  else if (goesWrong(manyInputs)) count.witnessedLate += 1;
  else for (const code of codes) add(unconfirmed, code);
}

function add(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

/** Finds the violation again as a property, so that it becomes small. */
function shrink(pairs: number, batchSeed: number): void {
  try {
    proveTheorem({ pairs, seed: batchSeed });
  } catch (error) {
    process.stdout.write(`${String(error)}\n${String((error as Error).cause ?? '')}\n\n`);
  }
}

function report(): void {
  const { pairs, clean, flagged, violations, witnessed, witnessedLate } = count;
  const share = (part: number): string => `${((100 * part) / Math.max(1, flagged)).toFixed(1)} %`;
  const without = flagged - witnessed - witnessedLate;
  const lines = [
    `pairs       ${pairs} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    `clean       ${clean}, each rendered with ${fewInputs} valid inputs`,
    `violations  ${violations}`,
    `flagged     ${flagged}`,
    `  a witness among ${fewInputs} inputs    ${witnessed} (${share(witnessed)})`,
    `  a witness among ${manyInputs} inputs   ${witnessed + witnessedLate} (${share(witnessed + witnessedLate)})`,
    `  false alarms, at most        ${without} (${share(without)})`,
    'flagged without a witness, by code (a template may have several)',
    ...[...unconfirmed]
      .toSorted(([, left], [, right]) => right - left)
      .map(([code, times]) => `  ${code.padEnd(32)} ${times} of ${flaggedBy.get(code) ?? 0}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
