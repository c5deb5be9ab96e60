// What a routing constraint is: a question about one provider or one model with a yes or no, and the words for the no.

import type { Model, Provider } from '../../registry/snapshot.ts';
import type { HealthView } from '../health-view.ts';
import type { Requirements } from '../requirements.ts';

/** One call that is planned: what it asks for, and what is known of the present. */
export interface Call {
  readonly requirements: Requirements;
  readonly health: HealthView;
}

/** The smallest limits among the models in question. */
export interface Least {
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
}

/** The words for a no; `relax` completes the sentence "it would fit: …". */
export interface Explanation {
  readonly wanted: string;
  readonly actual: string;
  readonly relax: string;
}

export interface Constraint<Subject> {
  readonly name: string;
  /** Whether the answer depends on the size of a call or on the present. What does not is settled before calls come. */
  readonly varies: boolean;
  /** Whether this call asks for anything here; when it does not, nobody is asked. */
  applies(call: Call): boolean;
  /** Whether every model that has at least so much passes: then none of them is asked. */
  settles?(least: Least, call: Call): boolean;
  /** Asked on every call, so it allocates nothing. */
  admits(subject: Subject, call: Call): boolean;
  /** Asked only after a no, when somebody wants to know. */
  explain(subject: Subject, call: Call): Explanation;
}

/** Asked once for each provider: its no is a no to all of its models. */
export type ProviderConstraint = Constraint<Provider>;

export type ModelConstraint = Constraint<Model>;

/** `71204` → `71,204`, the same on every machine. */
export function printCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `["eu", "us"]` → `eu, us`; an empty or absent list says so. */
export function printNames(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? 'none' : names.join(', ');
}

/** Whether a name passes a list of allowed and denied names. A deny beats an allow. */
export function isOnList(name: string, list: AllowDeny | undefined): boolean {
  return list?.deny?.includes(name) !== true && (list?.allow?.includes(name) ?? true);
}

/** Why a name does not pass a list. */
export function explainList(name: string, list: AllowDeny | undefined): Explanation {
  if (list?.deny?.includes(name) === true)
    return { wanted: `any but ${printNames(list.deny)}`, actual: name, relax: `do not deny ${name}` };
  return { wanted: `one of ${printNames(list?.allow)}`, actual: name, relax: `allow ${name}` };
}

interface AllowDeny {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}
