// Keywords of the output that no provider enforces while a model writes: an answer that breaks them costs a second call.
// A model that is told the limit keeps to it more often, so a description that names it is enough.

import type { JsonSchema } from '../../../registry/snapshot.ts';
import { appendPointer } from '../../../schema/json-pointer.ts';
import type { ContractRule } from '../rule.ts';
import { placedSchemas } from './contract-places.ts';
import type { PlacedSchema } from './contract-places.ts';

export const unenforcedKeyword: ContractRule = {
  code: 'schema/unenforced-keyword',
  severity: 'warning',
  check({ unit, report }) {
    for (const placed of placedSchemas(unit, 'output')) {
      const { schema, place } = placed;
      const keyword = unenforced.find((each) => schema[each.name] !== undefined && !isTold(placed, each));
      if (keyword === undefined) continue;
      const pointer = appendPointer(place.pointer, keyword.name);
      report({
        message: `\`${keyword.name}\` in an output is checked after the call; no provider enforces it.`,
        span: place.tree.spanOf(pointer, 'key'),
        notes: ['an answer that breaks it costs a repair, which is a second call'],
        help: [keyword.help(schema[keyword.name])],
        pointer,
      });
    }
  },
};

interface Unenforced {
  readonly name: string;
  readonly help: (value: unknown) => string;
  /** Whether a value of the keyword is too mild to speak of. */
  readonly isMild: (value: unknown) => boolean;
}

const sayNumber = (value: unknown): string =>
  `say it in the \`description\` as well, with the number ${value}`;

/** What `toStrictForm` leaves out of the schema that a provider is given. */
export const unenforced: readonly Unenforced[] = [
  { name: 'maxLength', help: sayNumber, isMild: () => false },
  { name: 'minLength', help: sayNumber, isMild: (value) => Number(value) <= 1 },
  { name: 'minProperties', help: sayNumber, isMild: (value) => Number(value) <= 1 },
  { name: 'maxProperties', help: sayNumber, isMild: () => false },
  {
    name: 'uniqueItems',
    help: () => 'say in the `description` that no two items are equal',
    isMild: (value) => value === false,
  },
  { name: 'propertyNames', help: () => 'say in the `description` what the keys are', isMild: () => false },
];

function isTold({ schema, owner }: PlacedSchema, { name, isMild }: Unenforced): boolean {
  const value = schema[name];
  if (isMild(value)) return true;
  const text = [schema['description'], ownText(owner)].filter((each) => typeof each === 'string').join(' ');
  if (typeof value !== 'number')
    return text !== '' && /\b(?:unique|distinct|differ\w*|equal|twice|once|keys?|names?)\b/i.test(text);
  return digitsOf(text).includes(String(value));
}

/** What is written beside a reference counts as well. */
function ownText(owner: PlacedSchema['owner']): unknown {
  const properties = owner?.schema['properties'] as { readonly [name: string]: JsonSchema } | undefined;
  return owner === undefined ? undefined : properties?.[owner.name]?.['description'];
}

/** `1,200` and `1 200` are 1200. */
function digitsOf(text: string): string[] {
  return [...text.matchAll(/\d+(?:[,. \u00A0]\d{3})*/g)].map(([digits]) => digits.replaceAll(/\D/g, ''));
}
