// Payloads in sentences: JSON that fits a line. Long texts and lists are cut where they only repeat themselves.

import type { Json } from '../../registry/snapshot.ts';

/** Texts and lists longer than this are cut. */
const textLengthMax = 60;
const itemsShownMax = 8;

/** JSON for reading; a cut text says how long it is. */
export function printPayload(value: Json): string {
  if (typeof value === 'string') return printText(value);
  if (Array.isArray(value)) return printList(value as readonly Json[]);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}:${printPayload(inner as Json)}`,
  );
  return `{${members.join(',')}}`;
}

function printText(text: string): string {
  const characters = [...text.slice(0, 2 * textLengthMax)];
  if (characters.length <= textLengthMax) return JSON.stringify(text);
  const { length } = [...text];
  return `${JSON.stringify(characters.slice(0, 8).join(''))}… (${length} characters)`;
}

function printList(items: readonly Json[]): string {
  const shown = items.slice(0, itemsShownMax).map(printPayload);
  return items.length <= itemsShownMax ? `[${shown.join(',')}]` : `[${shown[0]},… (${items.length} items)]`;
}
