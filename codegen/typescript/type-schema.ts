// Contract schema → the schema that the type printer is given: only what shapes a type, with references and everything
// the printer would get wrong (open enums, empty objects, `default` without `type`) already written as TypeScript.

import type { JsonSchema } from '../../src/registry/snapshot.ts';

/** What json-schema-to-typescript reads; `tsType` is TypeScript as it is. */
export interface TypeSchema {
  readonly [keyword: string]: unknown;
}

export interface TypeContext {
  /** The TypeScript name of a local reference, `#` or `#/$defs/NAME`. */
  readonly typeNameOf: (reference: string) => string;
  /** True where validation has filled defaults in: in an output, outside alternatives and `$defs`. */
  readonly defaultsPresent: boolean;
}

export function toTypeSchema(schema: unknown, context: TypeContext): TypeSchema {
  if (schema === false) return { tsType: 'never' };
  if (!isSchema(schema)) return { tsType: 'unknown' };
  const description = describeSchema(schema);
  return { ...(description === '' ? {} : { description }), ...shapeOf(schema, context) };
}

function shapeOf(schema: JsonSchema, context: TypeContext): TypeSchema {
  if (typeof schema['$ref'] === 'string') return { tsType: context.typeNameOf(schema['$ref']) };
  if ('const' in schema) return literals([schema['const']]);
  const types = typeof schema['type'] === 'string' ? [schema['type']] : listOf(schema['type']);
  const extensible = openEnumOf(schema);
  if (extensible.length > 0) return openEnum(types.includes('null') ? [...extensible, null] : extensible);
  if (Array.isArray(schema['enum'])) return literals(schema['enum']);

  const inside = { ...context, defaultsPresent: false };
  const alternatives = ['anyOf', 'oneOf', 'allOf'].filter((keyword) => Array.isArray(schema[keyword]));
  const shapes = alternatives.map((keyword) => ({
    [keyword]: listOf(schema[keyword]).map((member) => toTypeSchema(member, inside)),
  }));
  if (alternatives.length > 0) {
    return Object.assign(
      {},
      ...shapes,
      'properties' in schema ? objectShape(schema, inside) : {},
    ) as TypeSchema;
  }
  const [type, ...others] = types;
  if (others.length > 0) return { anyOf: types.map((each) => shapeOfType(each, schema, context)) };
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
      return { type, items: toTypeSchema(schema['items'], context) };
    case 'object':
      return objectShape(schema, context);
    default:
      return { tsType: 'unknown' };
  }
}

function objectShape(schema: JsonSchema, context: TypeContext): TypeSchema {
  const properties = Object.entries(isSchema(schema['properties']) ? schema['properties'] : {});
  const additional = schema['additionalProperties'] ?? false;
  if (properties.length === 0 && additional === false) return { tsType: 'Record<string, never>' };
  const required = new Set(listOf(schema['required']));
  const isPresent = (name: string, property: unknown) =>
    required.has(name) || (context.defaultsPresent && isSchema(property) && 'default' in property);
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

function literals(values: readonly unknown[]): TypeSchema {
  if (values.length === 0) return { tsType: 'never' };
  if (values.every((value) => typeof value !== 'object' || value === null)) return { enum: values };
  return { tsType: union(values.map((value) => JSON.stringify(value))) };
}

/** `string & {}` keeps the known values in completion lists. */
function openEnum(values: readonly unknown[]): TypeSchema {
  return { tsType: union([...values.map((value) => JSON.stringify(value)), '(string & {})']) };
}

/** `x-extensible-enum` lists the values known today, or says `true` beside `enum`. */
function openEnumOf(schema: JsonSchema): readonly unknown[] {
  const extensible = schema['x-extensible-enum'];
  return extensible === true ? listOf(schema['enum']) : listOf(extensible);
}

/** In parentheses, because the printer appends `[]` to what it is given. */
function union(members: readonly string[]): string {
  return members.length === 1 ? members.join() : `(${members.join(' | ')})`;
}

/** What a caller should know of a value that its type cannot say. */
function describeSchema(schema: JsonSchema): string {
  const { title, description, default: preset, deprecated } = schema;
  const paragraphs = [typeof description === 'string' ? description : title, limitsOf(schema)];
  const tags = [
    preset === undefined ? undefined : `@default ${JSON.stringify(preset)}`,
    deprecated === true ? '@deprecated' : undefined,
  ];
  return [...paragraphs, ...tags]
    .filter((part) => typeof part === 'string' && part.trim() !== '')
    .join('\n\n')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\n\n@', '\n@');
}

function limitsOf(schema: JsonSchema): string | undefined {
  const limits = [
    schema['type'] === 'integer' ? 'a whole number' : undefined,
    typeof schema['format'] === 'string' ? `format ${schema['format']}` : undefined,
    range(schema['minimum'], schema['maximum'], ''),
    typeof schema['exclusiveMinimum'] === 'number' ? `more than ${schema['exclusiveMinimum']}` : undefined,
    typeof schema['exclusiveMaximum'] === 'number' ? `less than ${schema['exclusiveMaximum']}` : undefined,
    typeof schema['multipleOf'] === 'number' ? `a multiple of ${schema['multipleOf']}` : undefined,
    range(schema['minLength'], schema['maxLength'], ' characters'),
    range(schema['minItems'], schema['maxItems'], ' items'),
    schema['uniqueItems'] === true ? 'no two equal' : undefined,
    typeof schema['pattern'] === 'string' ? `matching \`${schema['pattern']}\`` : undefined,
  ].filter((limit) => limit !== undefined);
  if (limits.length === 0) return undefined;
  const sentence = limits.join(', ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function range(least: unknown, most: unknown, unit: string): string | undefined {
  if (typeof least === 'number' && typeof most === 'number') return `${least} to ${most}${unit}`;
  if (typeof least === 'number') return `at least ${least}${unit}`;
  return typeof most === 'number' ? `at most ${most}${unit}` : undefined;
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

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
