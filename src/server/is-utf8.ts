// Whether bytes are UTF-8 text, where they come in chunks: a character may lie across a cut.
import { isUtf8 as isUtf8Whole } from 'node:buffer';
import type { ByteList } from '../runtime/byte-list.ts';

const NOTHING = Buffer.alloc(0);

export function isUtf8(list: ByteList): boolean {
  const [only] = list;
  return list.length === 1 && only !== undefined ? isUtf8Whole(only) : areUtf8(list);
}

function areUtf8(list: ByteList): boolean {
  /** The first bytes of a character of which the rest is behind the cut. */
  let begun: Buffer = NOTHING;
  for (const chunk of list) {
    const missing = begun.length === 0 ? 0 : characterLength(begun[0]) - begun.length;
    if (missing > 0) {
      const character = Buffer.concat([begun, chunk.subarray(0, missing)]);
      if (missing > chunk.length) {
        begun = character;
        continue;
      }
      if (!isUtf8Whole(character)) return false;
    }
    const end = chunk.length - begunLength(chunk, missing);
    if (!isUtf8Whole(chunk.subarray(missing, end))) return false;
    begun = chunk.subarray(end);
  }
  return begun.length === 0;
}

/** How many bytes at the end, from a place on, begin a character and do not finish it. */
function begunLength(chunk: Buffer, from: number): number {
  const most = Math.min(chunk.length - from, 3);
  for (let length = 1; length <= most; length += 1) {
    const byte = chunk[chunk.length - length] ?? 0;
    if (!isContinuation(byte)) return characterLength(byte) > length ? length : 0;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** By its first byte. */
function characterLength(first = 0): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
