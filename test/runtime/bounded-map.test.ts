// A map that forgets, against a model of it: whatever is done, it is within its limits and forgets the longest unused first.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBoundedMap } from '../../src/runtime/bounded-map.ts';

const ENTRIES = 4;
const BYTES = 20;

const step = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    key: fc.constantFrom(...'abcdefgh'),
    bytes: fc.nat({ max: 24 }),
  }),
  fc.record({
    kind: fc.constantFrom('get' as const, 'delete' as const),
    key: fc.constantFrom(...'abcdefgh'),
  }),
);

test('it does what a list would, sorted by the last use, from which the first go until it fits', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = createBoundedMap<number>({ entries: ENTRIES, bytes: BYTES });
      let model: { key: string; value: number; bytes: number }[] = [];
      for (const [value, each] of steps.entries()) {
        const known = model.find(({ key }) => key === each.key);
        const others = model.filter((entry) => entry !== known);
        if (each.kind === 'set') {
          map.set(each.key, value, each.bytes);
          model = others;
          if (each.bytes <= BYTES) model.push({ key: each.key, value, bytes: each.bytes });
          while (model.length > ENTRIES || model.reduce((sum, { bytes }) => sum + bytes, 0) > BYTES)
            model.shift();
        } else if (each.kind === 'get') {
          expect(map.get(each.key)).toBe(known?.value);
          if (known !== undefined) model = [...others, known];
        } else {
          map.delete(each.key);
          model = others;
        }
        expect(map.size).toBe(model.length);
        expect(map.bytes).toBe(model.reduce((sum, { bytes }) => sum + bytes, 0));
        expect([...map.values()]).toEqual(model.map((entry) => entry.value));
      }
    }),
    { numRuns: 500 },
  );
});
