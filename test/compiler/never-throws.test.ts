// Whatever a file holds, the compiler answers: sources spoilt in a few hundred ways here, in as many as you like with
// `npm run fuzz:compiler`.
import { expect, test } from 'vitest';
import { fuzzCompiler } from '../support/fuzz-compiler.ts';

test('spoilt sources are answered with findings at places inside of them', () => {
  const counts = { runs: 0, findings: 0, codes: new Set<string>() };
  const failures = fuzzCompiler(1, 0, 300, counts);
  expect(failures.map(({ run, what }) => `run ${run}: ${what}`)).toEqual([]);
  // A generator that spoils nothing would prove nothing.
  expect(counts.codes.size).toBeGreaterThan(40);
});
