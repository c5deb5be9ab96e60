// The way out of a change: what an author can do instead, and how to answer for it.

import type { Change } from './change.ts';
import { acknowledgementsPath } from './acknowledgements.ts';
import type { CapabilityComparison } from './compare-snapshots.ts';
import { isBelowOne, versionAfter } from './version.ts';

const wayOut: Readonly<Record<string, string>> = {
  'property-became-required': 'leave it optional, or give it a default',
  'required-property-added': 'make it optional, or give it a default',
  'property-added': 'tell callers to ignore properties that they do not know',
  'property-removed': 'keep it, and mark it `deprecated: true`',
  'required-property-removed': 'keep it, and mark it `deprecated: true`',
  'property-renamed': 'keep the old name beside the new one, and mark it `deprecated: true`',
  'required-property-renamed': 'keep the old name beside the new one, and mark it `deprecated: true`',
  'enum-value-added': '`x-extensible-enum: true` tells callers that values may be added',
  'union-branch-added': '`x-extensible-enum: true` beside the union tells callers that branches may be added',
  'trust-raised': 'have it reviewed: callers write this text, and it may now stand where instructions stand',
  'tier-removed': 'keep it',
  'constraint-loosened': 'have it reviewed: the data of callers may go where it did not go',
  'cache-widened': 'have it reviewed: callers may get answers that were made for others',
};

export function helpFor(change: Change, comparison: CapabilityComparison | undefined): readonly string[] {
  const { id, verdict, doubt, fingerprint } = change;
  const own = Object.hasOwn(wayOut, id) && isFitting(change) ? wayOut[id] : undefined;
  if (verdict === 'dangerous' && doubt === 'undecided')
    return [
      `treat it as breaking, or say why it is not in ${acknowledgementsPath}: fingerprint "${fingerprint}"`,
    ];
  if (verdict !== 'breaking') return own === undefined ? [] : [own];
  const acknowledge = `answer for it in ${acknowledgementsPath}: fingerprint "${fingerprint}", a reason, and the last day on which that counts`;
  return [own, versionHelp(change, comparison), acknowledge]
    .filter((line) => line !== undefined)
    .map((line, index) => (index === 0 ? line : `or ${line}`));
}

/** Some ways out are for receivers only. */
function isFitting({ id, area }: Change): boolean {
  return id !== 'property-added' || area === 'output';
}

function versionHelp({ id }: Change, comparison: CapabilityComparison | undefined): string | undefined {
  const { key, old } = comparison ?? {};
  if (key === undefined || old === undefined) return undefined;
  if (id === 'capability-removed') {
    const isDeprecated = old.deprecation !== undefined;
    return isDeprecated
      ? 'restore the file'
      : 'restore the file, with `lifecycle: deprecated` and a `deprecation` that names a sunset';
  }
  const next = versionAfter(old.version, 'major');
  return isBelowOne(old.version)
    ? `raise the version to ${next}: below 1.0 the minor version says that it breaks`
    : `leave \`${key}\` as it is, and declare version ${next} in a file of its own beside it`;
}
