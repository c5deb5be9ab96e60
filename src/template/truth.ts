// What counts as true in a condition, and what `{{#with}}` enters.

import type { Json } from './json.ts';

/** False for false, null, absence, "", 0 and the empty list; `{}` and "0" are true. */
export function isTruthy(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** `{{#with}}` enters for 0, unlike `{{#if}}`. */
export function isEntered(value: Json | undefined): boolean {
  return value === 0 || isTruthy(value);
}
