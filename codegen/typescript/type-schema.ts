// Contract schema → the schema that the type printer is given: only what shapes a type, with references and everything
// the printer would get wrong (open enums, empty objects, literals of every kind) already written as TypeScript.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { isRecord, jsonTypeOf } from '../../src/schema/json-schema.ts';
import { typesOf } from '../../src/schema/select-branch.ts';
import { describeSchema } from './describe-schema.ts';
import { printLiteral, unionOf } from './literal.ts';
import { formOfBranches } from '../schema-form.ts';
import type { SchemaForm } from '../schema-form.ts';

/** What json-schema-to-typescript reads; `tsType` is TypeScript as it is. */
export interface TypeSchema {
  readonly [keyword: string]: unknown;
}

export interface TypeContext {
  /** Where references lead to. */
  readonly root: JsonSchema;
  readonly form: SchemaForm;
  /** The TypeScript name of a local reference, `#/$defs/NAME`. */
  readonly typeNameOf: (reference: string, form: SchemaForm) => string;
}

export function toTypeSchema(schema: unknown, context: TypeContext): TypeSchema {
  if (schema === false) return { tsType: 'never' };
  if (!isRecord(schema)) return { tsType: 'unknown' };
  const description = describeSchema(schema);
  return { ...(description === '' ? {} : { description }), ...shapeOf(schema, context) };
}

/** Keywords that shape a type; all others say something about it. */
const shapeKeywords = [
  'type',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'properties',
  'items',
  'additionalProperties',
];

function isShaped(schema: unknown): boolean {
  return isRecord(schema) && ['$ref', ...shapeKeywords].some((keyword) => keyword in schema);
}

function shapeOf(schema: JsonSchema, context: TypeContext): TypeSchema {
  const { $ref: reference, ...beside } = schema;
  if (typeof reference === 'string') {
    const name = { tsType: context.typeNameOf(reference, context.form) };
    return isShaped(beside) ? { allOf: [name, shapeOf(beside, context)] } : name;
  }
  if ('const' in schema) return literals([schema['const']]);
  if (Array.isArray(schema['enum'])) return enumShape(schema, schema['enum']);
  const unions = ['anyOf', 'oneOf'].flatMap((keyword) => unionShape(schema[keyword], context));
  const own = unions.length > 0 && !('properties' in schema) ? [] : [shapeOfTypes(schema, context)];
  const [only, ...others] = [...own, ...unions];
  return only !== undefined && others.length === 0 ? only : { allOf: [...own, ...unions] };
}

/** Nothing, where a branch says nothing of the type: then the type is that of the schema around it. */
function unionShape(branches: unknown, context: TypeContext): readonly TypeSchema[] {
  if (!Array.isArray(branches) || !branches.every(isShaped)) return [];
  const inside = { ...context, form: formOfBranches(branches, context.root, context.form) };
  return [{ anyOf: branches.map((branch) => toTypeSchema(branch, inside)) }];
}

function shapeOfTypes(schema: JsonSchema, context: TypeContext): TypeSchema {
  const { type } = schema;
  if (Array.isArray(type)) return { anyOf: type.map((each) => shapeOfType(each, schema, context)) };
  return shapeOfType(type ?? ('properties' in schema ? 'object' : undefined), schema, context);
}

function shapeOfType(type: unknown, schema: JsonSchema, context: TypeContext): TypeSchema {
  switch (type) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return { type };
    case 'array':
      return { type, items: itemsShape(schema['items'], context) };
    case 'object':
      return objectShape(schema, context);
    default:
      return { tsType: 'unknown' };
  }
}

/** What is said of the items stands at the list; the printer would put it behind the tags there. */
function itemsShape(items: unknown, context: TypeContext): TypeSchema {
  const { description: _, ...shape } = toTypeSchema(items, context);
  return shape;
}

function objectShape(schema: JsonSchema, context: TypeContext): TypeSchema {
  const declared = isRecord(schema['properties']) ? schema['properties'] : {};
  const additional = schema['additionalProperties'] ?? schema['type'] === undefined;
  const required = listOf(schema['required']).filter((name) => typeof name === 'string');
  const undeclared = additional === false ? [] : required.filter((name) => !Object.hasOwn(declared, name));
  const properties = [
    ...Object.entries(declared),
    ...undeclared.map((name): [string, unknown] => [name, additional]),
  ];
  if (properties.length === 0 && additional === false) return { tsType: 'Record<string, never>' };
  const isPresent = (name: string, property: unknown) =>
    required.includes(name) || (context.form === 'filled' && isRecord(property) && 'default' in property);
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.map(([name, property]) => [guardPropertyName(name), toTypeSchema(property, context)]),
    ),
    required: properties
      .filter(([name, property]) => isPresent(name, property))
      .map(([name]) => guardPropertyName(name)),
    additionalProperties: typeof additional === 'boolean' ? additional : toTypeSchema(additional, context),
  };
}

/** The listed values that the type admits; with `x-extensible-enum` any other text or number as well. */
function enumShape(schema: JsonSchema, values: readonly unknown[]): TypeSchema {
  const { enum: _, ...around } = schema;
  const types = typesOf(around);
  const admitted = values.filter((value) => {
    const type = jsonTypeOf(value);
    return types === undefined || (type !== undefined && types.has(type));
  });
  if (schema['x-extensible-enum'] !== true) return literals(admitted);
  // An intersection with `{}` keeps the known values in completion lists.
  const open = ['string', 'number'].filter((type) => admitted.some((value) => typeof value === type));
  return { tsType: unionOf([...admitted.map(printLiteral), ...open.map((type) => `(${type} & {})`)]) };
}

function literals(values: readonly unknown[]): TypeSchema {
  return { tsType: unionOf(values.map(printLiteral)) };
}

/** The printer calls `hasOwnProperty` on the map of properties, and loses `__proto__`. */
const unsafePropertyNames: readonly string[] = ['hasOwnProperty', '__proto__'];

function guardPropertyName(name: string): string {
  return unsafePropertyNames.includes(name) ? `\0${name}` : name;
}

/** Puts guarded names back in printed types. */
export function restorePropertyNames(text: string): string {
  return unsafePropertyNames.reduce((restored, name) => restored.replaceAll(`"\\u0000${name}"`, name), text);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
