// Entries to one Snapshot with its revision. The canonical JSON of each capability is taken over as it is, so that a
// project of a hundred capabilities is hashed without printing it anew.

import type { Capability, Snapshot } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import type { SnapshotEntry } from './compile-cache.ts';
import type { Project } from './program.ts';
import { revisionOfText } from './revision.ts';

export function assembleSnapshot(
  project: Project,
  entries: readonly SnapshotEntry[],
  quality?: Snapshot['quality'],
): Snapshot {
  const sorted = uniqueByKey(entries);
  const rest: Omit<Snapshot, 'revision' | 'capabilities'> = {
    formatVersion: 1,
    project: { name: project.name },
    latest: latestOf(sorted.map(({ capability }) => capability)),
    providers: project.providers,
    models: project.models,
    aliases: project.aliases,
    tiers: project.tiers,
    ...(quality && { quality }),
    defaults: project.defaults,
    access: project.access,
    generate: project.generate,
  };
  const capabilities = Object.fromEntries(sorted.map(({ capability }) => [capability.key, capability]));
  return { ...rest, capabilities, revision: revisionOfText(canonicalSnapshot(rest, sorted)) };
}

/** Sorted by key. Of two files that declare one key (an error) the first by path stays, so that the other can be mended. */
function uniqueByKey(entries: readonly SnapshotEntry[]): SnapshotEntry[] {
  const byKey = new Map<string, SnapshotEntry>();
  for (const entry of entries) if (!byKey.has(entry.capability.key)) byKey.set(entry.capability.key, entry);
  return [...byKey.values()].sort((left, right) => (left.capability.key < right.capability.key ? -1 : 1));
}

function latestOf(capabilities: readonly Capability[]): Record<string, string> {
  const latest = new Map<string, Capability>();
  for (const capability of capabilities) {
    const known = latest.get(capability.name);
    if (known === undefined || capability.major > known.major) latest.set(capability.name, capability);
  }
  return Object.fromEntries(
    [...latest]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, capability]) => [name, capability.key]),
  );
}

/** `canonicalJson({ ...rest, capabilities })` in pieces. */
function canonicalSnapshot(
  rest: Omit<Snapshot, 'revision' | 'capabilities'>,
  entries: readonly SnapshotEntry[],
): string {
  const members = Object.entries(rest).map(([key, value]) => [key, canonicalJson(value)] as const);
  const capabilities = entries.map(
    ({ capability, canonical }) => `${JSON.stringify(capability.key)}:${canonical}`,
  );
  return `{${[...members, ['capabilities', `{${capabilities.join(',')}}`] as const]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
    .join(',')}}`;
}
