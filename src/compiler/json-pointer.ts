// JSON pointers (RFC 6901): how the compiler names a place inside a declaration.

import { unescapeToken } from '../schema/json-pointer.ts';

/** The pointer to a property or item of what a pointer names. */
export { appendPointer as pointerTo } from '../schema/json-pointer.ts';

/** `/prompt/0` for `/prompt/0/content`; the empty pointer is its own parent. */
export function parentPointer(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));
}

/** The last key of a pointer, unescaped; empty for the root. */
export function lastKey(pointer: string): string {
  return unescapeToken(pointer.slice(pointer.lastIndexOf('/') + 1));
}

export function pointerKeys(pointer: string): string[] {
  return pointer === '' ? [] : pointer.slice(1).split('/').map(unescapeToken);
}

/** Whether `inner` is `outer` or lies below it. */
export function isAtOrBelow(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** The value that a pointer names, or undefined. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const key of pointerKeys(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
