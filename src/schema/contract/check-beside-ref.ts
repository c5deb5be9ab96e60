// Keywords beside a reference narrow the definition, for this place only. One that would widen it says nothing, because the
// definition holds as well; one that neither widens nor narrows for sure is for the definition to say.

import { dereference } from '../dereference.ts';
import { explain } from '../explain.ts';
import { appendPointer } from '../json-pointer.ts';
import type { JsonSchema } from '../json-schema.ts';
import { isMultipleOf } from '../numbers.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { typesOf } from '../select-branch.ts';
import { otherTypeProblem } from '../subset/keyword-problems.ts';
import { keywordNamed } from '../subset/keywords.ts';
import { inWords } from '../subset/words.ts';
import type { ContractNode } from './check-contract.ts';
import { neverGiven } from './contradictions.ts';
import { withoutSlowPatterns } from './slow-patterns.ts';

export function checkBesideRef(node: ContractNode): SchemaProblem[] {
  const { schema, root } = node;
  const { $ref } = schema;
  if ($ref === undefined) return [];
  const target = dereference({ $ref }, root);
  return Object.keys(schema).flatMap((name) => checkKeyword(name, target, node));
}

function checkKeyword(name: string, target: JsonSchema, node: ContractNode): SchemaProblem[] {
  const { schema, pointer } = node;
  if (name === 'enum' || name === 'const') return checkValues(name, target, node);
  const type = keywordNamed(name)?.type;
  if (type === undefined) return [];
  const types = typesOf(target);
  if (types !== undefined && !types.has(type)) {
    return [otherTypeProblem(name, type, types, { schema, pointer, depth: 0 })];
  }
  if (target[name] === undefined || narrows(name, schema[name], target[name])) return [];
  const isWider = narrowings[name] !== undefined;
  return [
    {
      pointer: appendPointer(pointer, name),
      at: 'key',
      code: 'schema/beside-ref',
      message: isWider
        ? `\`${name}\` does not narrow the definition, which says ${inWords(target[name])}.`
        : `The definition has a \`${name}\` of its own, and a value would have to fit both.`,
      help: isWider ? 'leave it out, or change the definition' : 'write a definition of its own',
      related: [{ pointer: appendPointer(pointer, '$ref'), message: 'the definition' }],
    },
  ];
}

/** Every value that is listed here must be one that the definition allows. */
function checkValues(name: 'enum' | 'const', target: JsonSchema, node: ContractNode): SchemaProblem[] {
  const { schema, pointer, safeRoot } = node;
  const place = appendPointer(pointer, name);
  const values = name === 'enum' && Array.isArray(schema['enum']) ? schema['enum'] : [schema['const']];
  return values.flatMap((value: unknown, index): SchemaProblem[] => {
    const [finding] = explain(withoutSlowPatterns(target), value, safeRoot);
    if (finding === undefined) return [];
    return [neverGiven(value, name === 'enum' ? appendPointer(place, index) : place, finding.message)];
  });
}

const atLeast = (here: number, there: number): boolean => here >= there;
const atMost = (here: number, there: number): boolean => here <= there;

const narrowings: { readonly [name: string]: (here: number, there: number) => boolean } = {
  minimum: atLeast,
  exclusiveMinimum: atLeast,
  minLength: atLeast,
  minItems: atLeast,
  minProperties: atLeast,
  maximum: atMost,
  exclusiveMaximum: atMost,
  maxLength: atMost,
  maxItems: atMost,
  maxProperties: atMost,
  multipleOf: isMultipleOf,
};

function narrows(name: string, here: unknown, there: unknown): boolean {
  if (here === there || (name === 'uniqueItems' && here === true)) return true;
  const rule = narrowings[name];
  return rule !== undefined && typeof here === 'number' && typeof there === 'number' && rule(here, there);
}
