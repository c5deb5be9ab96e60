// Revisions: what a thing is, as a hash. Equal content has an equal revision on every machine.

import { createHash } from 'node:crypto';
import { canonicalJson } from '../schema/canonical-json.ts';

/** `sha256:` and the hex digest of the canonical JSON of a value. */
export function revisionOf(value: unknown): string {
  return revisionOfText(canonicalJson(value));
}

/** The same for a value whose canonical JSON is at hand. */
export function revisionOfText(canonical: string): string {
  return `sha256:${createHash('sha256').update(canonical).digest('hex')}`;
}
