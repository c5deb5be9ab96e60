// Names that nobody can guess and that sort by time, so that a database keeps new ones side by side.

import { randomUUID } from 'node:crypto';

const TIME_DIGITS = 12;

/** Makes UUIDs of version 7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, 74 of chance. */
export function createOrderedIds(now: () => number): () => string {
  let madeAt = NaN;
  let head = '';
  return () => {
    const at = Math.floor(now());
    if (at !== madeAt) {
      const time = at.toString(16).padStart(TIME_DIGITS, '0');
      // `xxxxxxxx-xxxx-4xxx-…`: the time takes the place of the first two groups, and the version that of the 4.
      head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
      madeAt = at;
    }
    return head + randomUUID().slice(15);
  };
}
