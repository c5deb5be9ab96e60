// JSON pointers (RFC 6901): writing them, reading them, and following one into a value.

import { isRecord, ownProperty } from './json-schema.ts';

/** `pointer` with more tokens behind it; names are escaped. */
export function appendPointer(pointer: string, ...tokens: readonly (string | number)[]): string {
  let longer = pointer;
  for (const token of tokens) longer += `/${typeof token === 'number' ? token : escapeToken(token)}`;
  return longer;
}

/** The tokens of a pointer, or `undefined` when the text is none. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer.slice(1).split('/').map(unescapeToken);
}

/** What a pointer leads to, along own properties and list items only; `undefined` when it leads nowhere. */
export function readPointer(value: unknown, pointer: string): unknown {
  let current = value;
  for (const token of parsePointer(pointer) ?? [undefined]) {
    if (token === undefined) return undefined;
    if (Array.isArray(current)) current = /^(0|[1-9]\d*)$/.test(token) ? current[Number(token)] : undefined;
    else if (isRecord(current)) current = ownProperty(current, token);
    else return undefined;
  }
  return current;
}

/** A name as it stands between the slashes of a pointer. */
export function escapeToken(token: string): string {
  return token.includes('~') || token.includes('/')
    ? token.replaceAll('~', '~0').replaceAll('/', '~1')
    : token;
}

export function unescapeToken(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}
