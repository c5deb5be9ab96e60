// Decisions, drawn from bytes. A generator that takes its decisions from here is a fast-check arbitrary for free: the bytes
// are what fast-check makes and shrinks, and fewer or smaller bytes make simpler things, because 0 is always the simplest
// choice and an exhausted supply gives 0 for ever.

import fc from 'fast-check';

export interface Choices {
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  /** True in about so many of a hundred cases; false is the simple answer. */
  chance(percent: number): boolean;
  /** One item; the first is the simple one. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function choicesOf(bytes: Uint8Array): Choices {
  let at = 0;
  return choicesFrom(() => bytes[at++] ?? 0);
}

/** Endless decisions of a seed: the same for the same seed. */
export function endlessChoices(seed: number): Choices {
  let state = seed >>> 0;
  return choicesFrom(() => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) & 0xff;
  });
}

function choicesFrom(nextByte: () => number): Choices {
  const below = (count: number): number => (nextByte() * count) >> 8;
  return {
    below,
    chance: (percent) => nextByte() * 100 >= (100 - percent) * 256,
    pick: (items) => items[below(items.length)] ?? items[0],
  };
}

const bytesMax = 400;

/** Enough bytes for one schema and one template. */
export const someBytes: fc.Arbitrary<Uint8Array> = fc.noBias(
  fc.uint8Array({ minLength: 40, maxLength: bytesMax, size: 'max' }),
);

/** A number that the bytes decide; for what may be random and need not shrink. */
export function seedOf(bytes: Uint8Array): number {
  return bytes.reduce((seed, byte) => Math.imul(seed ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
