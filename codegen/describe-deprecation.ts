// What callers of a deprecated capability are told, the same in every target.

import type { Capability } from '../src/registry/snapshot.ts';

/**
 * `since 2026-01-01; use `other` (`other@2`). It ends on 2026-06-30.`; `methodOf` says what the replacement is called here,
 * where it is here.
 */
export function describeDeprecation(
  { since, replacement, sunset }: NonNullable<Capability['deprecation']>,
  methodOf: (reference: string) => string | undefined,
): string {
  const method = methodOf(replacement);
  const use = method === undefined ? `\`${replacement}\`` : `\`${method}\` (\`${replacement}\`)`;
  return `since ${since}; use ${use}. It ends on ${sunset}.`;
}
