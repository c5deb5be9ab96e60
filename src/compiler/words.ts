// Small pieces of sentences that several diagnostics need.

/** Longer values are not worth a line of their own. */
const quotedLengthMax = 60;

/** A value in quotes, cut where it is long. */
export function quoteValue(value: string): string {
  return value.length > quotedLengthMax ? `"${value.slice(0, quotedLengthMax)}…"` : `"${value}"`;
}

/** What a JSON Schema type is called in YAML. */
export function typeInWords(type: string): string {
  return typeWords[type] ?? type;
}

const typeWords: Record<string, string> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};
