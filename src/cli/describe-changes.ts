// Says in words how one Snapshot differs from another: what `dev` prints after a save.

import { isDeepStrictEqual } from 'node:util';
import type { Capability, Snapshot } from '../registry/snapshot.ts';

/** One line for each capability and each part of the project that is new, gone or different; capabilities first. */
export function describeChanges(previous: Snapshot, next: Snapshot): readonly string[] {
  return [...capabilityChanges(previous, next), ...projectChanges(previous, next)];
}

function capabilityChanges(previous: Snapshot, next: Snapshot): readonly string[] {
  const keys = new Set([...Object.keys(previous.capabilities), ...Object.keys(next.capabilities)]);
  return [...keys].sort().flatMap((key) => {
    const before = previous.capabilities[key];
    const after = next.capabilities[key];
    if (before === undefined) return [`+ ${key} (new)`];
    if (after === undefined) return [`- ${key} (gone)`];
    if (before.revision === after.revision) return [];
    return [`~ ${key}: ${changedFields(before, after).join(', ')}`];
  });
}

function changedFields(before: Capability, after: Capability): readonly string[] {
  const fields = Object.keys({ ...before, ...after }) as (keyof Capability)[];
  const changed = fields.filter(
    (field) => field !== 'revision' && field !== 'major' && !isDeepStrictEqual(before[field], after[field]),
  );
  return changed.map((field) =>
    field === 'version' ? `version ${before.version} → ${after.version}` : field,
  );
}

const projectParts = [
  'project',
  'providers',
  'models',
  'aliases',
  'tiers',
  'defaults',
  'access',
  'generate',
] as const;

function projectChanges(previous: Snapshot, next: Snapshot): readonly string[] {
  const changed = projectParts.filter((part) => !isDeepStrictEqual(previous[part], next[part]));
  return changed.length === 0 ? [] : [`~ capstan.yaml: ${changed.join(', ')}`];
}
