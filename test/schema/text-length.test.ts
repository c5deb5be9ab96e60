// Limits of length are held to without a count where that can be; the verdict is always the count's.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasAtLeast, hasAtMost, lengthOf } from '../../src/schema/text-length.ts';

test('a character of two code units counts once', () => {
  expect(lengthOf('a😀é')).toBe(3);
  expect(lengthOf('\ud83d')).toBe(1);
});

test('the verdict is always that of the count', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\ud83d', '\udc00'), maxLength: 12 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 14 }), (text, limit) => {
      const count = [...text].length;
      expect(hasAtMost(text, limit)).toBe(count <= limit);
      expect(hasAtLeast(text, limit)).toBe(count >= limit);
    }),
  );
});
