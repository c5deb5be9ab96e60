// What a dangerous change does to those who depend on it: the second half of its sentence.

import type { Area, Change } from './change.ts';

type Consequence = (before: string) => string;

const typesChange: Consequence = () => 'a generated type is renamed or gone';
const readsNothing: Consequence = () => 'callers who read it find nothing';
const checksReplies: Consequence = (before) => `callers who check answers by ${before} refuse it`;
const filledFirst: Consequence = () =>
  'callers may leave it out only because this runtime fills the default in before it checks';
const somethingElse: Consequence = () => 'callers who leave it out get something else';

const consequences: Readonly<Record<string, Partial<Record<Area, Consequence>>>> = {
  'property-added': { output: checksReplies },
  'required-property-added': { output: checksReplies },
  'required-property-with-default-added': { input: filledFirst, output: checksReplies },
  'property-became-required-with-default': { input: filledFirst },
  'property-removed': { output: readsNothing },
  'property-renamed': { output: readsNothing },
  'property-undeclared': {
    input: () => 'it is accepted, and nobody reads it',
    output: () => 'it may hold anything',
  },
  'required-property-undeclared': { input: () => 'it is accepted, and nobody reads it' },
  'enum-value-added': { output: () => 'code that switches over the values misses it' },
  'enum-value-removed': { output: () => 'code that compares with it no longer compiles' },
  'enum-became-extensible': { output: () => 'code that switches over the values needs a default' },
  'additional-properties-allowed': { output: () => 'generated types gain an index signature' },
  'additional-properties-refused': { output: () => 'code that reads by any name no longer compiles' },
  'default-changed': { input: somethingElse },
  'default-removed': { input: somethingElse, output: () => 'it may be absent' },
  'title-changed': { input: typesChange, output: typesChange },
  'definition-inlined': { input: typesChange, output: typesChange },
  'definition-renamed': { input: typesChange, output: typesChange },
};

/** A clause, or nothing where the change speaks for itself. */
export function consequenceOf({ id, area, grade, doubt }: Change, before: string): string | undefined {
  if (grade !== 'dangerous' || doubt !== undefined || !Object.hasOwn(consequences, id)) return undefined;
  return consequences[id]?.[area]?.(before);
}
