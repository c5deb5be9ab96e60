// How long a text is, as JSON Schema counts: in characters of Unicode, of which some take two code units.

export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** No text has more characters than code units, nor fewer than half as many: most need no count. */
export function hasAtMost(text: string, limit: number): boolean {
  return text.length <= limit || (text.length <= 2 * limit && lengthOf(text) <= limit);
}

export function hasAtLeast(text: string, limit: number): boolean {
  return text.length >= limit && (text.length >= 2 * limit || lengthOf(text) >= limit);
}
