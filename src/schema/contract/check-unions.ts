// Unions: a reader must be able to tell from a value which branch it is: by its JSON type, by a value that only one branch
// lists, or, for objects, by a property with a `const` of its own in each.

import { canonicalJson } from '../canonical-json.ts';
import { appendPointer, readPointer } from '../json-pointer.ts';
import { isRecord } from '../json-schema.ts';
import type { JsonSchema, JsonType } from '../json-schema.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { branchesOf, discriminatorOf, tagsOf, typesOf } from '../select-branch.ts';
import { inWords, typeInWords } from '../subset/words.ts';
import type { ContractNode } from './check-contract.ts';

const unionKeywords = ['anyOf', 'oneOf'] as const;

/** Words about the whole union; every other keyword would have to hold for each branch as well. */
const besideUnion: readonly string[] = [
  ...['anyOf', 'oneOf', 'title', 'description', 'default', 'examples', 'deprecated', '$comment', '$defs'],
  ...['$schema', 'x-trust', 'x-pii'],
];

export function checkBesideUnion({ schema, pointer }: ContractNode): SchemaProblem[] {
  const [keyword, second] = unionKeywords.filter((each) => schema[each] !== undefined);
  if (keyword === undefined) return [];
  if (second !== undefined) {
    return [
      {
        pointer: appendPointer(pointer, second),
        at: 'key',
        code: 'schema/beside-union',
        message: '`oneOf` may not stand beside `anyOf`: a value is one of one list of branches.',
        help: 'write all branches into one list',
        related: [{ pointer: appendPointer(pointer, keyword), at: 'key', message: 'the other list' }],
      },
    ];
  }
  // closeObjects has put this into objects that did not say it.
  const other = Object.keys(schema).find(
    (name) => !besideUnion.includes(name) && !(name === 'additionalProperties' && schema[name] === false),
  );
  if (other === undefined) return [];
  return [
    {
      pointer: appendPointer(pointer, other),
      at: 'key',
      code: 'schema/beside-union',
      message: `\`${other}\` may not stand beside \`${keyword}\`.`,
      notes: [
        other === 'type'
          ? 'each branch says its own type'
          : 'each branch is a schema of its own; a closed object rejects what it does not declare itself',
      ],
      help: other === 'type' ? 'leave it out' : 'write it into the branches it belongs to',
      related: [{ pointer: appendPointer(pointer, keyword), at: 'key', message: 'the branches' }],
      ...(other === 'type' && {
        fixes: [
          {
            message: 'Leave the type to the branches.',
            safety: 'maybe',
            edits: [{ kind: 'delete', pointer: appendPointer(pointer, 'type') }],
          },
        ],
      }),
    },
  ];
}

/** A branch with the place of the branch of this union that it came from. */
interface Branch {
  readonly schema: JsonSchema;
  readonly pointer: string;
}

export function checkUnion({ schema, pointer, root }: ContractNode): SchemaProblem[] {
  return unionKeywords.flatMap((keyword): SchemaProblem[] => {
    const written = schema[keyword];
    if (!Array.isArray(written)) return [];
    const place = appendPointer(pointer, keyword);
    const branches = written.flatMap((branch: unknown, index) =>
      branchesOf([branch], root).map((each): Branch => ({
        schema: each,
        pointer: appendPointer(place, index),
      })),
    );
    const problem = firstProblem(branches, keyword, place, root);
    return problem === undefined ? [] : [problem];
  });
}

function firstProblem(
  branches: readonly Branch[],
  keyword: string,
  pointer: string,
  root: JsonSchema,
): SchemaProblem | undefined {
  if (branches.length < 2) return undefined;
  const open = branches.find(({ schema }) => typesOf(schema) === undefined);
  if (open !== undefined) return admitsAnything(open, keyword);
  for (const type of Object.keys(typeInWords) as JsonType[]) {
    const group = branches.filter(({ schema }) => typesOf(schema)?.has(type));
    if (group.length < 2) continue;
    const problem =
      type === 'object' ? problemOfObjects(group, keyword, pointer, root) : problemOfValues(group, type);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function admitsAnything({ pointer }: Branch, keyword: string): SchemaProblem {
  return {
    pointer,
    code: 'schema/no-discriminator',
    message: `This branch of \`${keyword}\` admits anything, so no other branch can be told apart from it.`,
    help: 'say what type it is',
  };
}

// -- objects

function problemOfObjects(
  group: readonly Branch[],
  keyword: string,
  pointer: string,
  root: JsonSchema,
): SchemaProblem | undefined {
  const schemas = group.map(({ schema }) => schema);
  const isNamed = schemas.every((schema) => isRecord(schema['properties']));
  const discriminator = isNamed ? discriminatorOf(schemas) : undefined;
  if (discriminator === undefined) {
    const optional = isNamed ? optionalTag(schemas) : undefined;
    return {
      pointer,
      at: 'key',
      code: 'schema/no-discriminator',
      message: `The branches of \`${keyword}\` cannot be told apart.`,
      help:
        optional === undefined
          ? 'give each branch a required property of the same name with a `const` of its own'
          : `put \`${optional}\` into \`required\` in each branch`,
    };
  }
  const { property } = discriminator;
  for (const [tag, owners] of discriminator.branches) {
    const [first, second] = group.filter(({ schema }) => owners.includes(schema));
    if (first === undefined || second === undefined) continue;
    return {
      pointer: tagPlace(second, property, root),
      code: 'schema/overlapping-branches',
      message: `Two branches have \`${property}\`: ${tag}.`,
      help: 'give each branch a value of its own',
      related: [{ pointer: tagPlace(first, property, root), message: 'the other branch' }],
    };
  }
  return undefined;
}

/** A property that would tell the branches apart, if it were required. */
function optionalTag(schemas: readonly JsonSchema[]): string | undefined {
  const [first] = schemas;
  const properties = first?.['properties'];
  if (!isRecord(properties)) return undefined;
  return Object.keys(properties).find((name) => {
    const tags = schemas.map((schema) => tagsOf(schema, name).map(canonicalJson));
    const all = tags.flat();
    return tags.every((each) => each.length > 0) && new Set(all).size === all.length;
  });
}

/** The tag itself, where the branch is written out; a branch that is a reference, as a whole. */
function tagPlace({ pointer }: Branch, property: string, root: JsonSchema): string {
  const tag = appendPointer(pointer, 'properties', property);
  const place = ['const', 'enum'].map((keyword) => appendPointer(tag, keyword));
  return place.find((each) => readPointer(root, each) !== undefined) ?? pointer;
}

// -- other values

function problemOfValues(group: readonly Branch[], type: JsonType): SchemaProblem | undefined {
  const owners = new Map<string, Branch>();
  const [first, second] = group;
  for (const branch of group) {
    const values = listedValues(branch.schema);
    if (values === undefined) {
      const other = branch === first ? second : first;
      return {
        pointer: branch.pointer,
        code: 'schema/no-discriminator',
        message: `Two branches are ${typeInWords[type]}: a value cannot tell which one is meant.`,
        help: 'make one schema of the two, or an object of each with a `const` property that names it',
        ...(other && { related: [{ pointer: other.pointer, message: 'the other branch' }] }),
      };
    }
    for (const value of values) {
      const key = canonicalJson(value);
      const owner = owners.get(key);
      if (owner !== undefined && owner !== branch) {
        return {
          pointer: branch.pointer,
          code: 'schema/overlapping-branches',
          message: `Two branches allow ${inWords(value)}.`,
          help: 'list each value in one branch only',
          related: [{ pointer: owner.pointer, message: 'the other branch' }],
        };
      }
      owners.set(key, branch);
    }
  }
  return undefined;
}

function listedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}
