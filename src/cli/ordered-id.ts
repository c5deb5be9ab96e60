// Names that nobody can guess and that sort by time, so that a database keeps new ones side by side.

import { randomFillSync } from 'node:crypto';

const TIME_DIGITS = 12;

/** Chance is fetched for many names at once, and written as one long text: to do that for each costs several times as much. */
const CHANCE_BYTES = 4096;
/** Of one name: 3, 3 and 12 digits are chance as they are, and of one more two bits stand beside the variant. */
const CHANCE_DIGITS = 19;
/** By the digit that is drawn. */
const VARIANTS = { 0: '8', 1: '9', 2: 'a', 3: 'b' } as const;

/** Makes UUIDs of version 7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, 74 of chance. */
export function createOrderedIds(now: () => number): () => string {
  const chance = Buffer.alloc(CHANCE_BYTES);
  let digits = '';
  let used = 0;
  let madeAt = NaN;
  let head = '';
  return () => {
    const at = Math.floor(now());
    if (at !== madeAt) {
      const time = at.toString(16).padStart(TIME_DIGITS, '0');
      head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
      madeAt = at;
    }
    if (used + CHANCE_DIGITS > digits.length) {
      digits = randomFillSync(chance).toString('hex');
      used = 0;
    }
    const drawn = digits.slice(used, used + CHANCE_DIGITS);
    used += CHANCE_DIGITS;
    const variant = VARIANTS[(Number.parseInt(drawn.charAt(0), 16) & 3) as keyof typeof VARIANTS];
    return `${head}${drawn.slice(1, 4)}-${variant}${drawn.slice(4, 7)}-${drawn.slice(7)}`;
  };
}
