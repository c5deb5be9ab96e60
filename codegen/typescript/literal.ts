// JSON values and their unions as TypeScript types.

/** `{ kind: "point"; at: [0, 0] }` */
export function printLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printLiteral).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value).map(([name, inner]) => `${printName(name)}: ${printLiteral(inner)}`);
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
}

/** In parentheses when there are several, because the printer appends `[]` to what it is given; `never` of nothing. */
export function unionOf(members: readonly string[]): string {
  if (members.length === 0) return 'never';
  return members.length === 1 ? members.join() : `(${members.join(' | ')})`;
}

function printName(name: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
