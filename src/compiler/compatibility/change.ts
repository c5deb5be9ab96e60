// One change between two Snapshots: what it is, what it means by the table, and what it means here and now.

import { createHash } from 'node:crypto';
import type { Json } from '../../registry/snapshot.ts';
import type { Grade, SchemaPlace } from '../../schema/diff/diff-schemas.ts';

export type { Grade } from '../../schema/diff/diff-schemas.ts';

/** What part of a contract changed; `project` is capstan.yaml. */
export type Area = 'input' | 'output' | 'capability' | 'project';

/** Why a change weighs less here than by the table. */
export type Relief =
  | { readonly kind: 'experimental' | 'beta' | 'version-raised' }
  | { readonly kind: 'sunset-passed'; readonly sunset: string }
  | { readonly kind: 'acknowledged'; readonly reason: string; readonly expires: string };

export interface Change {
  readonly id: string;
  readonly area: Area;
  /** What changed, as callers see it: `input.points[].text`, or a field such as `tiers.offer.economy`. */
  readonly subject: string;
  /** A clause without a full stop, in the past tense. */
  readonly text: string;
  /** By the table, whatever the lifecycle. */
  readonly grade: Grade;
  /** What is left of it: the grade, unless there is a relief. */
  readonly verdict: Grade;
  readonly relief?: Relief;
  readonly doubt?: 'unconfirmed' | 'undecided';
  /** A payload that proves a breaking change of a schema, held in an object so that it may be null. */
  readonly witness?: { readonly payload: Json };
  /** Whether callers can do, or may meet, something new. */
  readonly addsSurface: boolean;
  /** Twelve hexadecimal digits of the SHA-256 over id, path and text: what an acknowledgement names. */
  readonly fingerprint: string;
  readonly old: SchemaPlace;
  readonly new: SchemaPlace;
  readonly alsoAt: readonly string[];
}

export type PlainChange = Omit<Change, 'verdict' | 'fingerprint' | 'alsoAt' | 'old' | 'new'> & {
  readonly alsoAt?: readonly string[];
  readonly old: SchemaPlace;
  readonly new: SchemaPlace;
};

/** Completes a change; `owner` is the key of the capability, or the name of the project file. */
export function makeChange(owner: string, change: PlainChange): Change {
  return {
    ...change,
    verdict: change.grade,
    alsoAt: change.alsoAt ?? [],
    fingerprint: fingerprintOf(change.id, `${owner} ${change.area} ${change.subject}`, change.text),
  };
}

const fingerprintLength = 12;

function fingerprintOf(id: string, path: string, text: string): string {
  return createHash('sha256').update([id, path, text].join('\n')).digest('hex').slice(0, fingerprintLength);
}
