// How a contract changed, judged for those who depend on it: senders for an input, receivers for an output.

import type { Validator } from '../compile-validator.ts';
import type { Json, JsonSchema } from '../json-schema.ts';
import { changeKinds } from './change-kinds.ts';
import type { ChangeId, Direction, Grade } from './change-kinds.ts';
import { compareSchemas } from './compare-schemas.ts';
import { createWitnessFinder } from './find-witness.ts';
import type { Finding, SchemaPlace } from './finding.ts';

export type { ChangeId, Direction, Grade } from './change-kinds.ts';
export type { SchemaPlace } from './finding.ts';

export interface SchemaChange {
  readonly id: ChangeId;
  readonly direction: Direction;
  readonly grade: Grade;
  /** Why a change that could be breaking is only called dangerous: nothing shows it, or nobody can know. */
  readonly doubt?: 'unconfirmed' | 'undecided';
  /** What changed, as callers see it: `input.points[].text`. */
  readonly subject: string;
  /** A clause without a full stop, in the past tense. */
  readonly text: string;
  /**
   * With every breaking change: a whole payload that the old contract accepts and the new one refuses (input), or that the
   * new contract allows and the old one refuses (output).
   */
  readonly witness?: Json;
  /** Whether callers can do, or may meet, something new. */
  readonly addsSurface: boolean;
  readonly old: SchemaPlace;
  readonly new: SchemaPlace;
  /** Other places that changed with the same definition. */
  readonly alsoAt: readonly string[];
}

export interface DiffOptions {
  /** What the schema as a whole is called in texts; the direction when it is absent. */
  readonly subject?: string;
  /** Hands in validators that exist already. */
  readonly validatorOf?: (schema: JsonSchema) => Validator;
}

/** Every change between two resolved, closed schemas, in a stable order. Pure; none for a schema and itself. */
export function diffSchemas(
  old: JsonSchema,
  next: JsonSchema,
  direction: Direction,
  options: DiffOptions = {},
): readonly SchemaChange[] {
  const findings = compareSchemas({ old, new: next, subject: options.subject ?? direction });
  const witnesses = createWitnessFinder({ old, new: next }, direction, options.validatorOf);
  return findings
    .map((finding) => judge(finding, direction, (each) => witnesses.find(each)))
    .toSorted((left, right) => compareText(left.subject, right.subject) || compareText(left.id, right.id));
}

function judge(
  finding: Finding,
  direction: Direction,
  witnessOf: (finding: Finding) => Json | undefined,
): SchemaChange {
  const { id, subject, text, old, new: next, alsoAt } = finding;
  const kind = changeKinds[id];
  const verdict = kind[direction];
  const needsWitness = verdict === 'breaking' || verdict === 'undecided';
  const witness = needsWitness ? witnessOf(finding) : undefined;
  const change = {
    id,
    direction,
    subject,
    text,
    addsSurface: kind.surface === 'both' || kind.surface === direction,
    old,
    new: next,
    alsoAt,
  };
  if (!needsWitness) return { ...change, grade: verdict };
  if (witness !== undefined) return { ...change, grade: 'breaking', witness };
  return { ...change, grade: 'dangerous', doubt: verdict === 'breaking' ? 'unconfirmed' : 'undecided' };
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
