// Bytes as the list of chunks that they came in: a long body is never copied into one piece, for memory outside the heap is
// what makes the garbage collector run. Places in it are offsets over the whole list.

/** None of the chunks is empty. */
export type ByteList = readonly Buffer[];

export function lengthOf(list: ByteList): number {
  let length = 0;
  for (const chunk of list) length += chunk.length;
  return length;
}

/** All of it in one piece; a copy only where there are several. */
export function joinBytes(list: ByteList): Buffer {
  const [first] = list;
  return list.length === 1 && first !== undefined ? first : Buffer.concat(list);
}

/** What stands between two places, as views of the chunks. */
export function sliceBytes(list: ByteList, start: number, end = Infinity): Buffer[] {
  const slices: Buffer[] = [];
  let base = 0;
  for (const chunk of list) {
    const from = Math.max(start - base, 0);
    const to = Math.min(end - base, chunk.length);
    if (from < to) slices.push(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
    base += chunk.length;
    if (base >= end) break;
  }
  return slices;
}

/** The text between two places. */
export function readText(list: ByteList, start: number, end: number, encoding: 'utf8' | 'latin1'): string {
  const [first] = list;
  if (first !== undefined && end <= first.length) return first.toString(encoding, start, end);
  return joinBytes(sliceBytes(list, start, end)).toString(encoding);
}
