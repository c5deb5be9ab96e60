// What is said of a keyword that is not one, is not one of ours, or has nothing to say where it stands.

import type { Json, JsonSchema, JsonType } from '../json-schema.ts';
import { isRecord } from '../json-schema.ts';
import { appendPointer } from '../json-pointer.ts';
import type { SchemaEdit, SchemaFix, SchemaProblem } from '../schema-problem.ts';
import { typesOf } from '../select-branch.ts';
import type { ForeignFamily, ForeignKeyword } from './foreign-keywords.ts';
import { keywords, typeNames } from './keywords.ts';
import type { Reading, SchemaNode } from './read-schema.ts';
import { typeNamed } from './type-names.ts';
import { didYouMean, listWords } from '../../diagnostics/words.ts';
import { inWords, typeInWords } from './words.ts';

// -- words that are no keywords

export function unknownProblem(name: string, node: SchemaNode, reading: Reading): SchemaProblem {
  const pointer = appendPointer(node.pointer, name);
  const near = reading.nearest(name, Object.keys(keywords));
  return {
    pointer,
    at: 'key',
    code: 'schema/unknown-keyword',
    message: `\`${name}\` is not a schema keyword.`,
    help: didYouMean(near) ?? whereElse(name, node.schema[name]),
    ...(near.length === 1 && renaming(pointer, near[0] ?? '', node.schema, 'safe')),
  };
}

function whereElse(name: string, value: unknown): string {
  if (isRecord(value)) return 'a property of this name belongs under `properties`';
  if (name.startsWith('x-')) return 'data of your own belongs under `metadata.annotations`';
  return 'delete it; words for people belong into the `description`';
}

export function foreignProblem(name: string, word: ForeignKeyword, node: SchemaNode): SchemaProblem {
  const pointer = appendPointer(node.pointer, name);
  const { code, message } = familyTexts[word.family];
  const fix = foreignFix(name, pointer, word, node);
  const isGuess = word.family === 'guess';
  return {
    pointer,
    at: 'key',
    code,
    message: message.replace('{name}', name),
    ...(!isGuess && { notes: [`${word.because}`] }),
    help: isGuess ? guessHelp(name, word, node) : insteadOf(name, word, node),
    ...(fix !== undefined && { fixes: [fix] }),
  };
}

const familyTexts: {
  readonly [family in ForeignFamily]: { readonly code: string; readonly message: string };
} = {
  unsupported: {
    code: 'schema/unsupported-keyword',
    message: '`{name}` is outside the schema subset.',
  },
  openapi: {
    code: 'schema/openapi-keyword',
    message: '`{name}` is a word of OpenAPI 3.0, not of JSON Schema.',
  },
  'old-draft': {
    code: 'schema/old-keyword',
    message: '`{name}` is a word of an older draft of JSON Schema.',
  },
  guess: { code: 'schema/unknown-keyword', message: '`{name}` is not a schema keyword.' },
};

function guessHelp(name: string, word: ForeignKeyword, { schema }: SchemaNode): string {
  if (word.rename !== undefined) return `did you mean \`${word.rename}\`?`;
  const bound = boundFor(name, schema);
  return bound === undefined ? word.instead : `did you mean \`${bound}\`?`;
}

/** `min` of a number is `minimum`. */
function boundFor(name: string, schema: JsonSchema): string | undefined {
  const [type] = (typesOf(schema) ?? new Set<JsonType>()).values().filter((each) => each !== 'null');
  const nouns: { readonly [type in JsonType]?: string } = {
    string: 'Length',
    number: 'imum',
    array: 'Items',
    object: 'Properties',
  };
  const noun = type === undefined ? undefined : nouns[type];
  if (noun === undefined) return undefined;
  return /^(?:min|max)/.test(name)
    ? `${name.slice(0, 3)}${noun}`
    : noun === 'imum'
      ? undefined
      : `max${noun}`;
}

function insteadOf(name: string, word: ForeignKeyword, { schema }: SchemaNode): string {
  const value = schema[name];
  if (name === 'allOf' && Array.isArray(value) && value.length === 1) {
    return 'write the one part itself; a `description` and a `default` may stand beside its `$ref`';
  }
  if (name === 'nullable') {
    if (value === false) return 'leave it out';
    const { type } = schema;
    if (typeof type === 'string' && type !== 'null') return `write \`type: [${type}, "null"]\``;
    return 'write `anyOf` with this schema and `type: "null"`';
  }
  return word.instead;
}

function foreignFix(
  name: string,
  pointer: string,
  word: ForeignKeyword,
  node: SchemaNode,
): SchemaFix | undefined {
  const { schema } = node;
  const value = schema[name];
  if (name === 'nullable') return nullableFix(pointer, value, node);
  if (name === 'example') {
    if (schema['examples'] !== undefined) return undefined;
    const edits: SchemaEdit[] = [
      { kind: 'wrap-in-list', pointer },
      { kind: 'rename-key', pointer, name: 'examples' },
    ];
    return { message: 'Write `examples` with a list.', safety: 'safe', edits };
  }
  if (name === 'definitions') return definitionsFix(pointer, node);
  if (word.rename !== undefined) {
    const safety = word.family === 'guess' ? 'maybe' : 'safe';
    return renaming(pointer, word.rename, schema, safety).fixes?.[0];
  }
  const isNoise = word.isAnnotation === true && word.instead.startsWith('leave it out');
  return isNoise ? deleting(pointer, name) : undefined;
}

function nullableFix(
  pointer: string,
  value: unknown,
  { schema, pointer: node }: SchemaNode,
): SchemaFix | undefined {
  if (value === false) return deleting(pointer, 'nullable');
  const { type } = schema;
  const isPlain = typeof type === 'string' && type !== 'null' && typeNames.includes(type);
  if (value !== true || !isPlain || schema['enum'] !== undefined || schema['const'] !== undefined)
    return undefined;
  const types: Json = [type, 'null'];
  return {
    message: `Write \`type: [${type}, "null"]\`.`,
    safety: 'safe',
    edits: [
      { kind: 'replace-value', pointer: appendPointer(node, 'type'), value: types },
      { kind: 'delete', pointer },
    ],
  };
}

/** References to what the map holds are renamed with it. */
function definitionsFix(pointer: string, { schema, pointer: node }: SchemaNode): SchemaFix | undefined {
  if (schema['$defs'] !== undefined || node !== '') return undefined;
  const references = referencesBelow(schema, '').filter(({ reference }) => oldReference.test(reference));
  const edits = references.map(({ pointer: place, reference }): SchemaEdit => ({
    kind: 'replace-value',
    pointer: place,
    value: reference.replace(oldReference, '#/$defs/'),
  }));
  return {
    message: 'Write `$defs`.',
    safety: 'safe',
    edits: [{ kind: 'rename-key', pointer, name: '$defs' }, ...edits],
  };
}

export const oldReference = /^#\/definitions\//;

function referencesBelow(value: unknown, pointer: string): { pointer: string; reference: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const place = appendPointer(pointer, key);
    if (key === '$ref' && typeof inner === 'string') return [{ pointer: place, reference: inner }];
    return referencesBelow(inner, place);
  });
}

function deleting(pointer: string, name: string): SchemaFix {
  return { message: `Delete \`${name}\`.`, safety: 'safe', edits: [{ kind: 'delete', pointer }] };
}

/** No fix where the right word is there already. */
function renaming(
  pointer: string,
  name: string,
  schema: JsonSchema,
  safety: SchemaFix['safety'],
): { readonly fixes?: readonly SchemaFix[] } {
  if (name === '' || schema[name] !== undefined) return {};
  const message = `Replace by \`${name}\`.`;
  return { fixes: [{ message, safety, edits: [{ kind: 'rename-key', pointer, name }] }] };
}

// -- keywords in the wrong place

export function otherTypeProblem(
  name: string,
  type: JsonType,
  types: ReadonlySet<JsonType>,
  { schema, pointer }: SchemaNode,
): SchemaProblem {
  const has = listWords(
    [...types].map((each) => typeInWords[each]),
    'or',
  );
  const twin = twins[name]?.[[...types].find((each) => each !== 'null') ?? 'null'];
  const isFree = twin !== undefined && schema[twin] === undefined;
  return {
    pointer: appendPointer(pointer, name),
    at: 'key',
    code: 'schema/other-type',
    message: `\`${name}\` says something about ${typeInWords[type]}, but this is ${has}.`,
    help: isFree ? `did you mean \`${twin}\`?` : 'leave it out, or change `type`',
    // A number of 64 bits, a time in seconds: words for people, which nothing looks at.
    ...(name === 'format' &&
      types.has('number') && { fixes: [deleting(appendPointer(pointer, name), name)] }),
    ...(schema['type'] !== undefined && {
      related: [{ pointer: appendPointer(pointer, 'type'), message: 'the type' }],
    }),
  };
}

/** The keyword that says the same of another type. */
const twins: { readonly [keyword: string]: { readonly [type in JsonType]?: string } } = {
  minLength: { number: 'minimum', array: 'minItems', object: 'minProperties' },
  maxLength: { number: 'maximum', array: 'maxItems', object: 'maxProperties' },
  minimum: { string: 'minLength', array: 'minItems', object: 'minProperties' },
  maximum: { string: 'maxLength', array: 'maxItems', object: 'maxProperties' },
  minItems: { string: 'minLength', number: 'minimum', object: 'minProperties' },
  maxItems: { string: 'maxLength', number: 'maximum', object: 'maxProperties' },
  minProperties: { string: 'minLength', number: 'minimum', array: 'minItems' },
  maxProperties: { string: 'maxLength', number: 'maximum', array: 'maxItems' },
  properties: { array: 'items' },
  items: { object: 'properties' },
};

/** The dialect that the subset is part of. */
const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** Keywords that count at the root only, or beside another. */
export function misplacedProblem(
  name: string,
  value: unknown,
  { schema, pointer }: SchemaNode,
): SchemaProblem | undefined {
  const place = appendPointer(pointer, name);
  if (name === '$schema' && String(value).replace(/#$/, '') !== dialect) {
    return {
      pointer: place,
      code: 'schema/other-dialect',
      message: 'Schemas here are JSON Schema 2020-12; this names another dialect.',
      help: 'leave it out',
      fixes: [deleting(place, '$schema')],
    };
  }
  if (pointer !== '' && rootKeywords[name] !== undefined) {
    const message = `\`${name}\` counts only at the root of a schema.`;
    return { pointer: place, at: 'key', code: 'schema/misplaced-keyword', message, help: rootKeywords[name] };
  }
  if (name === 'x-extensible-enum' && schema['enum'] === undefined) {
    return {
      pointer: place,
      at: 'key',
      code: 'schema/misplaced-keyword',
      message: '`x-extensible-enum` says that an `enum` may grow, and there is no `enum` here.',
      help: 'list the values that are known today under `enum`',
    };
  }
  return undefined;
}

const rootKeywords: { readonly [name: string]: string } = {
  $defs: 'move the definitions there, and refer to them as `#/$defs/NAME`',
  $schema: 'leave it out',
  'x-text': 'move it beside the `properties` of the input',
};

// -- what is no schema at all

export function notASchema(value: unknown, pointer: string, reading: Reading): SchemaProblem {
  const problem = { pointer, code: 'schema/not-a-schema' };
  if (value === null) {
    const message = 'There is nothing here; a schema says at least its type.';
    return { ...problem, message, help: 'write `type: string`, or what it is' };
  }
  if (typeof value === 'boolean') {
    const message = `\`${value}\` as a schema says nothing that callers or models could use.`;
    return { ...problem, message, help: 'say what it is: `type: string`, or what fits' };
  }
  const named = typeof value === 'string' ? typeNamed(value, reading) : undefined;
  if (named !== undefined) {
    const schema: Json = { type: named.type, ...(named.format !== undefined && { format: named.format }) };
    return {
      ...problem,
      message: `A schema is a map of keywords; this is only the word ${inWords(value)}.`,
      help: `write \`{ type: ${named.type} }\``,
      fixes: [
        {
          message: 'Write it out.',
          safety: 'safe',
          edits: [{ kind: 'replace-value', pointer, value: schema }],
        },
      ],
    };
  }
  const message = `A schema is a map of keywords, such as \`type: string\`; this is ${inWords(value)}.`;
  return { ...problem, message };
}
