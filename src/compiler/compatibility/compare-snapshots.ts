// Two Snapshots of a project, the older one first: what changed for those who call, what it weighs, and which versions
// the changes ask for. Pure: the day is a parameter.

import type { Capability, Snapshot } from '../../registry/snapshot.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import type { Acknowledgement } from './acknowledgements.ts';
import { makeChange } from './change.ts';
import type { Change } from './change.ts';
import { compareContract } from './compare-contract.ts';
import { compareProjects } from './compare-projects.ts';
import { compareTerms } from './compare-terms.ts';
import { relieveByAcknowledgement, relieveByLifecycle, relieveByVersion, relieveRemoval } from './relieve.ts';
import type { Bump } from './version.ts';
import { compareVersions, isBelowOne, isRaisedTo, versionAfter } from './version.ts';

export interface CompareOptions {
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly acknowledgements?: readonly Acknowledgement[];
}

export interface Comparison {
  /** By key; those that are the same on both sides are listed as well. */
  readonly capabilities: readonly CapabilityComparison[];
  /** Changes of capstan.yaml. */
  readonly project: readonly Change[];
  /** Acknowledgements that do nothing, by their place in the list. */
  readonly idleAcknowledgements: readonly IdleAcknowledgement[];
}

export interface CapabilityComparison {
  readonly key: string;
  readonly status: 'added' | 'removed' | 'changed' | 'unchanged';
  readonly old?: Capability;
  readonly new?: Capability;
  readonly changes: readonly Change[];
  /** Of a capability that is on both sides and changed. */
  readonly version?: VersionVerdict;
}

export interface VersionVerdict {
  readonly old: string;
  readonly new: string;
  /** The lowest version that tells the changes; the old one when nothing asks for another. */
  readonly required: string;
  readonly bump?: Bump;
  readonly state: 'enough' | 'too-low' | 'backwards';
}

export interface IdleAcknowledgement {
  readonly index: number;
  readonly fingerprint: string;
  /** `unused`: the change would not fail anyway. `unknown`: there is no such change. */
  readonly reason: 'expired' | 'unused' | 'unknown';
}

export function compareSnapshots(old: Snapshot, next: Snapshot, options: CompareOptions): Comparison {
  const { today, acknowledgements = [] } = options;
  const valid = new Map(
    acknowledgements.filter(({ expires }) => today <= expires).map((each) => [each.fingerprint, each]),
  );
  const acknowledge = (change: Change): Change => relieveByAcknowledgement(change, valid);
  const keys = [...new Set([...Object.keys(old.capabilities), ...Object.keys(next.capabilities)])].sort();
  const plain = keys.map((key) => compareOne(key, old, next, today));
  const project = compareProjects(old, next);
  const known = new Map(
    [...plain.flatMap(({ changes }) => changes), ...project].map((change) => [change.fingerprint, change]),
  );
  return {
    capabilities: plain.map((each) => judgeVersion({ ...each, changes: each.changes.map(acknowledge) })),
    project: project.map(acknowledge),
    idleAcknowledgements: idleAcknowledgements(acknowledgements, known, today),
  };
}

function compareOne(key: string, old: Snapshot, next: Snapshot, today: string): CapabilityComparison {
  const before = own(old.capabilities, key);
  const after = own(next.capabilities, key);
  if (before !== undefined && after !== undefined) {
    if (before.revision === after.revision)
      return { key, status: 'unchanged', old: before, new: after, changes: [] };
    const changes = compareBoth(before, after, { old, new: next });
    return {
      key,
      status: 'changed',
      old: before,
      new: after,
      changes: changes.map((change) => relieveByLifecycle(change, before)),
    };
  }
  if (before !== undefined) {
    const change = relieveRemoval(relieveByLifecycle(removal(before, next), before), before, today);
    return { key, status: 'removed', old: before, changes: [change] };
  }
  return { key, status: 'added', ...(after && { new: after }), changes: after ? [addition(after)] : [] };
}

function own(capabilities: { readonly [key: string]: Capability }, key: string): Capability | undefined {
  return Object.hasOwn(capabilities, key) ? capabilities[key] : undefined;
}

function compareBoth(
  old: Capability,
  next: Capability,
  projects: { readonly old: Snapshot; readonly new: Snapshot },
): readonly Change[] {
  const changes = [...compareContract(old, next), ...compareTerms({ old, new: next }, projects)];
  if (changes.length > 0 || ownText(old) === ownText(next)) return changes;
  return [
    wholeChange(next.key, {
      id: 'wording-changed',
      text: 'something changed that callers do not notice',
      grade: 'safe',
      addsSurface: false,
    }),
  ];
}

/** The entry without what says its version and without what comes from capstan.yaml. */
function ownText({ revision: _revision, version: _version, tiers: _tiers, ...entry }: Capability): string {
  return canonicalJson({ ...entry, policies: { ...entry.policies, timeoutMs: 0 } });
}

// -- whole capabilities

function wholeChange(key: string, change: Pick<Change, 'id' | 'text' | 'grade' | 'addsSurface'>): Change {
  const place = { pointer: '/metadata/name', at: 'value' } as const;
  return makeChange(key, { ...change, area: 'capability', subject: 'metadata.name', old: place, new: place });
}

function addition({ key }: Capability): Change {
  return wholeChange(key, {
    id: 'capability-added',
    text: `\`${key}\` was added`,
    grade: 'safe',
    addsSurface: true,
  });
}

function removal(gone: Capability, next: Snapshot): Change {
  const { key, name, input, output } = gone;
  const others = Object.values(next.capabilities);
  const contract = canonicalJson([input, output]);
  const renamed = others.find(
    (other) => other.name !== name && canonicalJson([other.input, other.output]) === contract,
  );
  const successor = others.find((other) => other.name === name);
  const text =
    successor !== undefined
      ? `\`${key}\` was removed; of \`${name}\` there is \`${successor.key}\``
      : renamed !== undefined
        ? `\`${key}\` was renamed to \`${renamed.key}\``
        : `\`${key}\` was removed`;
  return wholeChange(key, { id: 'capability-removed', text, grade: 'breaking', addsSurface: false });
}

// -- versions

function judgeVersion(comparison: CapabilityComparison): CapabilityComparison {
  const { old, new: next, changes, status } = comparison;
  if (status !== 'changed' || old === undefined || next === undefined) return comparison;
  const bump = bumpFor(changes);
  const required = bump === undefined ? old.version : versionAfter(old.version, bump);
  const difference = compareVersions(next.version, old.version);
  const isEnough = bump === undefined || isRaisedTo(required, old.version, next.version);
  const state = difference < 0 ? 'backwards' : isEnough ? 'enough' : 'too-low';
  return {
    ...comparison,
    changes: isBelowOne(old.version) && state === 'enough' ? changes.map(relieveByVersion) : changes,
    version: { old: old.version, new: next.version, required, ...(bump && { bump }), state },
  };
}

/** Breaking asks for a major, new surface for a minor, everything else for a patch. */
function bumpFor(changes: readonly Change[]): Bump | undefined {
  const told = changes.filter(({ id }) => id !== 'property-order-changed');
  if (told.length === 0) return undefined;
  if (told.some(({ verdict }) => verdict === 'breaking')) return 'major';
  const isNoticed = told.some(({ addsSurface, grade }) => addsSurface || grade === 'breaking');
  return isNoticed ? 'minor' : 'patch';
}

// -- acknowledgements

function idleAcknowledgements(
  acknowledgements: readonly Acknowledgement[],
  known: ReadonlyMap<string, Change>,
  today: string,
): readonly IdleAcknowledgement[] {
  return acknowledgements.flatMap(({ fingerprint, expires }, index): readonly IdleAcknowledgement[] => {
    const change = known.get(fingerprint);
    const reason =
      change === undefined
        ? 'unknown'
        : change.verdict === 'safe'
          ? 'unused'
          : today > expires
            ? 'expired'
            : undefined;
    return reason === undefined ? [] : [{ index, fingerprint, reason }];
  });
}
