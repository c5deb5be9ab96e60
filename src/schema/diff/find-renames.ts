// Which removed property is which added one under another name. Said only where it is plain: the same schema, and a near
// name or the same description.

import { suggest } from '../../diagnostics/suggest.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { NormalForm } from './normal-form.ts';

/** More properties than this are not compared with each other. */
const comparedMax = 40;

export interface PropertySide {
  readonly form: NormalForm;
  readonly properties: ReadonlyMap<string, JsonSchema>;
}

/** Old name → new name. `areSame` says whether two schemas admit the same. */
export function findRenames(
  removed: readonly string[],
  added: readonly string[],
  old: PropertySide,
  next: PropertySide,
  areSame: (old: JsonSchema, next: JsonSchema) => boolean,
): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  if (removed.length > comparedMax || added.length > comparedMax) return renames;
  for (const isMatch of [isNear, saysTheSame]) {
    for (const name of removed) {
      const before = old.properties.get(name);
      if (renames.has(name) || before === undefined) continue;
      const matches = added.filter((other) => {
        const after = next.properties.get(other);
        if (after === undefined || [...renames.values()].includes(other)) return false;
        const described = [old.form.nodeOf(before).notes, next.form.nodeOf(after).notes] as const;
        return isMatch(name, other, ...described) && areSame(before, after);
      });
      const [match, ...rivals] = matches;
      if (match !== undefined && rivals.length === 0) renames.set(name, match);
    }
  }
  return renames;
}

type Notes = { readonly [keyword: string]: unknown };

function isNear(name: string, other: string): boolean {
  return suggest(name, [other]).length > 0;
}

function saysTheSame(_name: string, _other: string, before: Notes, after: Notes): boolean {
  return before['description'] !== undefined && before['description'] === after['description'];
}
