// Rules of a capability over its typed input: what a call really holds may ask for a better tier than its caller did.

import type { Json, Snapshot, TierRule } from '../registry/snapshot.ts';
import { readPointer } from '../schema/json-pointer.ts';

/** The tier on which a call runs: the asked one, or the one with the least tolerance among those that rules raise it to. */
export function raiseTier(
  tiers: Snapshot['tiers'],
  rules: readonly TierRule[] | undefined,
  asked: string,
  input: Json,
): string {
  let tier = asked;
  for (const rule of rules ?? []) {
    if (toleranceOf(tiers, rule.tier) < toleranceOf(tiers, tier) && holds(rule, input)) tier = rule.tier;
  }
  return tier;
}

function toleranceOf(tiers: Snapshot['tiers'], tier: string): number {
  return tiers[tier]?.tolerance ?? Infinity;
}

function holds(
  { input: pointer, moreThan = -Infinity, lessThan = Infinity, is }: TierRule,
  input: Json,
): boolean {
  const value = readPointer(input, pointer);
  if (value === undefined) return false;
  if (is !== undefined && !is.some((each) => each === value)) return false;
  if (moreThan === -Infinity && lessThan === Infinity) return true;
  const size = sizeOf(value);
  return size !== undefined && size > moreThan && size < lessThan;
}

/** Characters are counted as the schema counts them: by code points. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'string' ? [...value].length : undefined;
}
