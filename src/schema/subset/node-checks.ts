// What can be wrong between the keywords of one schema, each of which is sound by itself.

import { canonicalJson } from '../canonical-json.ts';
import { formats } from '../formats.ts';
import { appendPointer } from '../json-pointer.ts';
import { isRecord } from '../json-schema.ts';
import type { JsonType } from '../json-schema.ts';
import type { SchemaFix, SchemaProblem } from '../schema-problem.ts';
import { typesOf } from '../select-branch.ts';
import { keywords, typeNames } from './keywords.ts';
import type { Reading, SchemaNode } from './read-schema.ts';
import { typeNamed } from './type-names.ts';
import { checkPattern } from './pattern-problems.ts';
import { replacing } from './value-problems.ts';
import { didYouMean, listWords } from '../../diagnostics/words.ts';
import { inWords } from './words.ts';

export type NodeCheck = (node: SchemaNode, reading: Reading) => readonly SchemaProblem[];

export const nodeChecks: readonly NodeCheck[] = [
  checkType,
  checkMissingType,
  checkBesideReference,
  checkRequired,
  checkDefinitionNames,
  checkEnum,
  checkPattern,
  checkFormat,
];

// -- type

function checkType({ schema: { type }, pointer }: SchemaNode, reading: Reading): SchemaProblem[] {
  if (type === undefined) return [];
  const place = appendPointer(pointer, 'type');
  const names = Array.isArray(type) ? (type as string[]) : [type as string];
  const unknown = names.flatMap((name, index) =>
    typeNames.includes(name)
      ? []
      : [unknownType(name, Array.isArray(type) ? appendPointer(place, index) : place, reading)],
  );
  if (unknown.length > 0) return unknown;
  const others = names.filter((name) => name !== 'null');
  if (names.length <= 1 || (names.length === 2 && others.length === 1)) return [];
  if (new Set(names).size < names.length) {
    return [{ pointer: place, code: 'schema/duplicate-value', message: 'A type is listed twice.' }];
  }
  const message = 'A list of types is one type and "null".';
  const help = 'use `anyOf` with a branch for each';
  return [{ pointer: place, code: 'schema/several-types', message, help }];
}

function unknownType(name: string, pointer: string, reading: Reading): SchemaProblem {
  const problem = { pointer, code: 'schema/unknown-type', message: `There is no type ${inWords(name)}.` };
  const meant = typeNamed(name, reading);
  if (meant === undefined) {
    const anything = 'say what it is; a union is `anyOf` with a branch for each type';
    const help = name === 'any' ? anything : `types are ${typeNames.join(', ')}`;
    return { ...problem, help };
  }
  if (meant.format !== undefined) {
    const help = `write \`type: string\` and \`format: ${meant.format}\``;
    const edits = [
      { kind: 'replace-value', pointer, value: 'string' },
      { kind: 'insert-key', pointer: pointer.replace(/\/type$/, ''), name: 'format', value: meant.format },
    ] as const;
    const isInList = !pointer.endsWith('/type');
    const fixes: SchemaFix[] = [{ message: `Write ${help.slice(6)}.`, safety: 'safe', edits }];
    return { ...problem, help, ...(!isInList && { fixes }) };
  }
  return { ...problem, help: didYouMean([meant.type]) ?? '', ...replacing([meant.type], pointer) };
}

/** Without a type, `maxLength` lets numbers through, and `properties` leaves the object open. */
function checkMissingType({ schema, pointer, owner, isForNames = false }: SchemaNode): SchemaProblem[] {
  if (isForNames) return [];
  if (typesOf(schema) !== undefined || ['$ref', 'anyOf', 'oneOf'].some((word) => word in schema)) return [];
  const speaking = Object.keys(schema).find((name) => keywords[name]?.type !== undefined);
  const type = speaking === undefined ? undefined : keywords[speaking]?.type;
  if (speaking === undefined || type === undefined) return [];
  const message = `\`${speaking}\` says something about ${typeWords[type]}, but nothing says that this is one.`;
  const fixes: SchemaFix[] = [
    {
      message: `Write \`type: ${type}\`.`,
      safety: 'safe',
      edits: [{ kind: 'insert-key', pointer, name: 'type', value: type, before: speaking }],
    },
  ];
  return [
    {
      pointer: appendPointer(pointer, speaking),
      at: 'key',
      code: 'schema/missing-type',
      message: message.replace('a text', 'text'),
      notes: ['any other value fits without being looked at'],
      help: `write \`type: ${type}\`${owner === undefined ? '' : ' beside it'}`,
      ...(type !== 'number' && { fixes }),
    },
  ];
}

const typeWords: { readonly [type in JsonType]: string } = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'a truth value',
  null: 'null',
};

// -- $ref

/** What a definition says alone: the parts of a value, which closed objects and unions cannot share. */
const notBesideReference: readonly string[] = [
  ...['type', 'properties', 'required', 'additionalProperties', 'propertyNames', 'items', 'anyOf', 'oneOf'],
];

function checkBesideReference({ schema, pointer }: SchemaNode): SchemaProblem[] {
  if (schema['$ref'] === undefined) return [];
  const other = notBesideReference.find((name) => schema[name] !== undefined);
  if (other === undefined) return [];
  const isType = other === 'type';
  return [
    {
      pointer: appendPointer(pointer, other),
      at: 'key',
      code: 'schema/beside-ref',
      message: `\`${other}\` may not stand beside \`$ref\`: that is for the definition to say.`,
      help: isType
        ? 'leave it out; a reference that may be null is `anyOf` with the reference and `type: "null"`'
        : 'say it in the definition, or write a definition of its own',
      related: [{ pointer: appendPointer(pointer, '$ref'), message: 'the definition' }],
    },
  ];
}

// -- required

function checkRequired({ schema, pointer }: SchemaNode, reading: Reading): SchemaProblem[] {
  const { required, properties, additionalProperties } = schema;
  if (!Array.isArray(required)) return [];
  const known = isRecord(properties) ? properties : {};
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  const names = Object.keys(known);
  const listed = new Set<string>();
  return (required as string[]).flatMap((name, index): SchemaProblem[] => {
    const place = appendPointer(pointer, 'required', index);
    if (listed.has(name)) return [listedTwice(name, place)];
    listed.add(name);
    if (!Object.hasOwn(known, name))
      return isOpen ? [] : [requiredUnknown(name, place, names, required, reading)];
    const property = known[name];
    return isRecord(property) && property['default'] !== undefined
      ? [requiredDefault(name, place, appendPointer(pointer, 'properties', name, 'default'))]
      : [];
  });
}

function requiredUnknown(
  name: string,
  pointer: string,
  names: readonly string[],
  required: readonly unknown[],
  reading: Reading,
): SchemaProblem {
  const near = reading.nearest(name, names);
  const message = `${inWords(name)} is required but not declared.`;
  const help = didYouMean(near) ?? 'declare it under `properties`';
  const isFree = near.length === 1 && !required.includes(near[0]);
  return { pointer, code: 'schema/required-unknown', message, help, ...(isFree && replacing(near, pointer)) };
}

function requiredDefault(name: string, pointer: string, preset: string): SchemaProblem {
  return {
    pointer,
    code: 'schema/required-default',
    message: `${inWords(name)} has a default, so callers may leave it out: it is not required.`,
    help: 'take it out of `required`',
    related: [{ pointer: preset, at: 'key', message: 'the default' }],
    fixes: [{ message: 'Take it out of `required`.', safety: 'safe', edits: [{ kind: 'delete', pointer }] }],
  };
}

function listedTwice(value: unknown, pointer: string): SchemaProblem {
  return {
    pointer,
    code: 'schema/duplicate-value',
    message: `${inWords(value)} is listed twice.`,
    help: 'leave one of them out',
    fixes: [{ message: 'Leave it out.', safety: 'safe', edits: [{ kind: 'delete', pointer }] }],
  };
}

// -- $defs

/** What can stand in a reference as it is, and become the name of a type. */
const definitionName = /^[\p{L}_][\p{L}\p{M}\p{N}_.-]*$/u;

function checkDefinitionNames({ schema: { $defs }, pointer }: SchemaNode): SchemaProblem[] {
  if (!isRecord($defs)) return [];
  return Object.keys($defs)
    .filter((name) => !definitionName.test(name))
    .map((name) => ({
      pointer: appendPointer(pointer, '$defs', name),
      at: 'key',
      code: 'schema/bad-definition-name',
      message: `${inWords(name)} cannot be the name of a definition.`,
      notes: ['definitions become types of that name, and references hold it as it is'],
      help: 'begin with a letter; then letters, digits, `_`, `-` and `.`',
    }));
}

// -- enum, format

function checkEnum({ schema: { enum: values }, pointer }: SchemaNode): SchemaProblem[] {
  if (!Array.isArray(values)) return [];
  const place = appendPointer(pointer, 'enum');
  if (values.length === 0) {
    const help = 'list the values, or leave it out';
    return [{ pointer: place, code: 'schema/empty-enum', message: 'An empty enum allows no value.', help }];
  }
  const seen = new Set<string>();
  return values.flatMap((value: unknown, index): SchemaProblem[] => {
    const key = canonicalJson(value);
    if (seen.has(key)) return [listedTwice(value, appendPointer(place, index))];
    seen.add(key);
    return [];
  });
}

function checkFormat({ schema: { format }, pointer }: SchemaNode, reading: Reading): SchemaProblem[] {
  if (typeof format !== 'string' || Object.hasOwn(formats, format)) return [];
  const place = appendPointer(pointer, 'format');
  const names = Object.keys(formats);
  const wayOut = Object.hasOwn(otherFormats, format) ? otherFormats[format] : undefined;
  const near = wayOut === undefined ? reading.nearest(format, names) : [];
  return [
    {
      pointer: place,
      code: 'schema/unknown-format',
      message: `There is no format ${inWords(format)}.`,
      help: wayOut ?? didYouMean(near) ?? `formats are ${listWords(names)}`,
      ...replacing(near, place),
    },
  ];
}

/** Formats of JSON Schema and OpenAPI that are not asserted here. */
const otherFormats: { readonly [name: string]: string } = {
  int32: 'leave it out: `type: integer` with `minimum` and `maximum` says it',
  int64: 'leave it out: `type: integer` says it',
  float: 'leave it out: `type: number` says it',
  double: 'leave it out: `type: number` says it',
  byte: 'leave it out, and say in the `description` that the text is base64',
  binary: 'leave it out: values are JSON',
  password: 'leave it out; secrets are no input of a model',
  regex: 'leave it out, and say it in the `description`',
  'json-pointer': 'use a `pattern`',
  'relative-json-pointer': 'use a `pattern`',
  'uri-reference': 'use `uri` for whole addresses, else a `pattern`',
  'uri-template': 'use a `pattern`',
  url: 'use `uri`',
  iri: 'use `uri`',
  'iri-reference': 'use `uri` for whole addresses, else a `pattern`',
  'idn-email': 'use `email`',
  'idn-hostname': 'use `hostname`',
};
