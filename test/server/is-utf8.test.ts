// Text in chunks is judged as the whole of it is, wherever a character is cut.
import { isUtf8 as isUtf8Whole } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUtf8 } from '../../src/server/is-utf8.ts';
import { pieces } from '../support/pieces.ts';

const characters = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text));
/** Bytes that begin, continue, overdo or break a character. */
const oddBytes = fc
  .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf8, 0xff), {
    maxLength: 4,
  })
  .map((bytes) => Buffer.from(bytes));

test('cut anywhere, bytes are text or not as they are in one piece', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: characters }, oddBytes), { maxLength: 6 }),
      fc.nat(),
      (parts, seed) => {
        const whole = Buffer.concat(parts);
        expect(isUtf8(pieces(whole, seed))).toBe(isUtf8Whole(whole));
      },
    ),
    { numRuns: 5_000 },
  );
});

test.each(['é', '€', '😀'])('of %s every cut is crossed, and half of it is no text', (character) => {
  const bytes = Buffer.from(character);
  const single = [...bytes].map((byte) => Buffer.from([byte]));
  expect(isUtf8(single)).toBe(true);
  expect(isUtf8(single.slice(0, -1))).toBe(false);
  for (let at = 1; at < bytes.length; at += 1) {
    expect(isUtf8([bytes.subarray(0, at), bytes.subarray(at)])).toBe(true);
    expect(isUtf8([bytes.subarray(0, at), Buffer.from('x')])).toBe(false);
  }
});
