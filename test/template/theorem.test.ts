// A template that the checker calls clean never goes wrong: half of the pairs of the ordinary run, and what the generators
// have to be for that to mean something. `npm run fuzz:templates` runs many more.
import { expect, test } from 'vitest';
import { checkSchemaSubset } from '../../src/schema/check-schema-subset.ts';
import { compileValidator } from '../../src/schema/compile-validator.ts';
import { endlessChoices } from './support/choices.ts';
import { constructs, proveTheorem } from './support/prove.ts';
import { generateInputSchema } from './support/schemas.ts';
import { generateInput } from './support/values.ts';

test('no clean template goes wrong on a valid input (10,000 pairs)', { timeout: 300_000 }, () => {
  const tally = proveTheorem({ pairs: 10_000, seed: 20_260_101 });
  expect(tally.pairs).toBe(10_000);
  expect(tally.clean).toBeGreaterThan(3_000);
  const rare = Object.keys(constructs).filter((name) => (tally.constructs[name] ?? 0) < 25);
  expect(rare, 'constructs that hardly stand in a clean template').toEqual([]);
});

test('generated schemas are in the subset, and generated inputs are valid', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const choices = endlessChoices(seed);
    const schema = generateInputSchema(choices);
    expect(checkSchemaSubset(schema)).toEqual([]);
    const validate = compileValidator(schema);
    for (let count = 0; count < 4; count += 1) {
      expect(validate(generateInput(schema, choices))).toMatchObject({ ok: true });
    }
  }
});
