// What a routing constraint is: a question about one model with a yes or no, and the words for the no.

import type { Model, Provider } from '../../registry/snapshot.ts';
import type { HealthView } from '../health-view.ts';
import type { Requirements } from '../requirements.ts';

/** One model under consideration. */
export interface Consideration {
  readonly model: Model;
  readonly provider: Provider;
  readonly requirements: Requirements;
  readonly health: HealthView;
}

export interface Constraint {
  readonly name: string;
  /** Asked for every model on every call, so it allocates nothing. */
  admits(considered: Consideration): boolean;
  /** Asked only after a no, when somebody wants to know. */
  explain(considered: Consideration): { readonly wanted: string; readonly actual: string };
}

/** `71204` → `71,204`, the same on every machine. */
export function printCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `["eu", "us"]` → `eu, us`; an empty or absent list says so. */
export function printNames(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? 'none' : names.join(', ');
}
