// What goes out while a model writes: whatever the contract, the value and the cuts, it is the beginning of an output.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { createGrowingOutput } from '../../src/runtime/grow-output.ts';
import { toContractForm, toStrictForm } from '../../src/schema/strict-form.ts';
import type { OutputForm } from '../../src/schema/strict-form.ts';
import { contracts } from '../support/arbitrary-contract.ts';
import { pieces } from '../support/pieces.ts';
import { strictValue } from '../support/strict-value.ts';

function grown(schema: JsonSchema, form: OutputForm | undefined, text: readonly string[]): string {
  const growing = createGrowingOutput(schema, form);
  return text.map((piece) => growing.take(piece)).join('');
}

const layouts: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `Here it is:\n\n\`\`\`json\n${text}\n\`\`\`\n`,
  (text) => `<think>Maybe {"a": 1}?</think>${text}`,
  (text) => `\ufeff \r\n${text}\r\n`,
];

test('JSON that fits its contract goes out as it is, in whatever pieces and dress it comes', () => {
  const grew = { all: 0, whole: 0 };
  fc.assert(
    fc.property(
      contracts({ open: true }),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.boolean(),
      ({ schema, value }, seed, layout, isPretty) => {
        if (typeof value !== 'object' || value === null) return;
        const text = layouts[layout]?.(JSON.stringify(value, null, isPretty ? 2 : 0)) ?? '';
        const out = grown(schema, toContractForm(schema), pieces(text, seed));
        const whole = JSON.stringify(value);
        expect(whole.startsWith(out), `${out} is no beginning of ${whole}`).toBe(true);
        grew.all += 1;
        grew.whole += out === whole ? 1 : 0;
      },
    ),
    { numRuns: 300 },
  );
  // Some nulls are ambiguous until all is there: one branch of a union has them, another leaves the property out.
  expect(grew.whole / grew.all).toBeGreaterThan(0.9);
});

test('the strict form of a value goes out as the value itself, or as its beginning', () => {
  let whole = 0;
  fc.assert(
    fc.property(contracts(), fc.nat(), ({ schema, value }, seed) => {
      const form = toStrictForm(schema);
      if (form === undefined) return;
      const written = strictValue(schema, value);
      const restored = JSON.stringify(form.restore(written));
      const out = grown(schema, form, pieces(JSON.stringify(written), seed));
      expect(restored.startsWith(out), `${out} is no beginning of ${restored}`).toBe(true);
      whole += out === restored ? 1 : 0;
    }),
    { numRuns: 300 },
  );
  expect(whole).toBeGreaterThan(100);
});
