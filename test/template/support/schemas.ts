// Random input schemas inside the subset, with what makes templates interesting: optional and nullable properties,
// defaults, unions with and without a tag, maps, recursion, names that stand on several levels, and odd names.

import type { JsonSchema } from '../../../src/schema/json-schema.ts';
import type { Choices } from './choices.ts';
import { generateValue } from './values.ts';

const names = [
  ...['title', 'note', 'items', 'kind', 'count', 'owner', 'tags', 'isOpen', 'text', 'id', 'parts', 'when'],
  ...['first_name', 'firstName', 'odd key', 'length', 'json', 'constructor', 'this one', '0', 'a.b', 'index'],
] as const;

/** Names that a template can write without brackets come first, because the first are the likely ones. */
function someName(choices: Choices): string {
  return names[choices.chance(15) ? choices.below(names.length) : choices.below(12)] ?? 'title';
}

/** The schema of an input, closed the way the compiler closes it. */
export function generateInputSchema(choices: Choices): JsonSchema {
  const definitions: { [name: string]: JsonSchema } = {};
  if (choices.chance(30)) definitions['Node'] = generateNode(choices);
  const context: Context = { choices, definitions: Object.keys(definitions) };
  const root = objectSchema(context, 0, 2 + choices.below(5));
  return definitions['Node'] === undefined ? root : { ...root, $defs: definitions };
}

interface Context {
  readonly choices: Choices;
  readonly definitions: readonly string[];
}

/** A tree: children in a list, a map, a nullable or an optional property, or one that a default fills. */
function generateNode(choices: Choices): JsonSchema {
  const self = { $ref: '#/$defs/Node' };
  const links: readonly [JsonSchema, ...JsonSchema[]] = [
    { type: 'array', items: self, maxItems: 3 },
    { anyOf: [self, { type: 'null' }] },
    { type: 'object', additionalProperties: self },
    self,
    { ...self, default: {} },
    { type: 'array', items: self, default: [] },
  ];
  const link: JsonSchema = choices.pick(links);
  const isRequired = 'items' in link || 'anyOf' in link || 'additionalProperties' in link;
  const hasText = choices.chance(50);
  const text = hasText
    ? { text: { type: 'string', maxLength: 20 } }
    : { text: { type: 'string', default: 'leaf' } };
  const required = [
    ...(hasText && link['default'] === undefined ? ['text'] : []),
    ...(isRequired && link['default'] === undefined ? ['parts'] : []),
  ];
  return {
    type: 'object',
    properties: { ...text, parts: link },
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

const depthMax = 3;

function anySchema(context: Context, depth: number): JsonSchema {
  const { choices, definitions } = context;
  if (definitions.length > 0 && choices.chance(12)) return withTitle(choices, { $ref: '#/$defs/Node' });
  const kind = depth >= depthMax ? choices.below(6) : choices.below(13);
  switch (kind) {
    case 0:
    case 1:
      return stringSchema(choices);
    case 2:
      return numberSchema(choices);
    case 3:
      return { type: 'boolean' };
    case 4:
      return literalsSchema(choices);
    case 5:
      return nullable(choices, stringSchema(choices));
    case 6:
    case 7:
      return listSchema(context, depth);
    case 8:
    case 9:
      return objectSchema(context, depth + 1, 1 + choices.below(4));
    case 10:
      return nullable(
        choices,
        choices.chance(50) ? listSchema(context, depth) : objectSchema(context, depth + 1, 2),
      );
    case 11:
      return unionSchema(context, depth);
    default:
      return choices.chance(70)
        ? { type: 'object', additionalProperties: anySchema(context, depth + 1) }
        : openSchema(choices);
  }
}

function withTitle(choices: Choices, schema: JsonSchema): JsonSchema {
  return choices.chance(20) ? { ...schema, description: 'A thing.' } : schema;
}

/** Schemas that say little or nothing of what is there. */
function openSchema(choices: Choices): JsonSchema {
  return choices.pick<JsonSchema>([
    {},
    { type: 'object', additionalProperties: true },
    { type: 'array' },
    { enum: [{ a: 1 }, [1], 'x'] },
  ]);
}

function stringSchema(choices: Choices): JsonSchema {
  const bounds: readonly [JsonSchema, ...JsonSchema[]] = [
    {},
    { minLength: 1 },
    { minLength: 1, maxLength: 40 },
    { maxLength: 0 },
    { format: 'date' },
    { format: 'date-time' },
    { 'x-trust': 'trusted' },
    { format: 'email' },
  ];
  return { type: 'string', ...bounds[choices.chance(60) ? choices.below(2) : choices.below(bounds.length)] };
}

function numberSchema(choices: Choices): JsonSchema {
  const bounds: readonly [JsonSchema, ...JsonSchema[]] = [
    {},
    { minimum: 1, maximum: 12 },
    { minimum: 0 },
    { exclusiveMinimum: 0, maximum: 3 },
    { maximum: -1, minimum: -5 },
  ];
  return { type: choices.pick(['integer', 'number']), ...bounds[choices.below(bounds.length)] };
}

function literalsSchema(choices: Choices): JsonSchema {
  return choices.pick<JsonSchema>([
    { type: 'string', enum: ['red', 'green', 'blue'] },
    { const: 'fixed' },
    { type: 'integer', enum: [0, 1, 2] },
    { enum: ['', 'full'] },
    { enum: [null, 'some', 0] },
    { const: false },
    { const: null },
    { enum: [true, 'yes', 1] },
  ]);
}

function nullable(choices: Choices, schema: JsonSchema): JsonSchema {
  const { type } = schema;
  if (typeof type === 'string' && choices.chance(50)) return { ...schema, type: [type, 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}

function listSchema(context: Context, depth: number): JsonSchema {
  const { choices } = context;
  const bounds = choices.pick<JsonSchema>([
    {},
    { minItems: 1 },
    { maxItems: 2 },
    { minItems: 2, maxItems: 3 },
    { maxItems: 0 },
  ]);
  return { type: 'array', items: anySchema(context, depth + 1), ...bounds };
}

function objectSchema(context: Context, depth: number, count: number): JsonSchema {
  const { choices } = context;
  const properties: { [name: string]: JsonSchema } = {};
  const required: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = someName(choices);
    if (Object.hasOwn(properties, name)) continue;
    const schema = anySchema(context, depth);
    const isRequired = choices.chance(50);
    const hasDefault = !isRequired && choices.chance(40);
    properties[name] = hasDefault ? withDefault(choices, schema, context) : schema;
    if (isRequired) required.push(name);
  }
  const additional = choices.chance(8) ? anySchema(context, depth + 1) : false;
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: additional,
  };
}

/** The default of something recursive is given by the definition itself, where at all. */
function withDefault(choices: Choices, schema: JsonSchema, { definitions }: Context): JsonSchema {
  if (definitions.length > 0 && JSON.stringify(schema).includes('$ref')) return schema;
  return { ...schema, default: generateValue(schema, schema, choices) };
}

/** Two or three kinds of object with a tag, sometimes with null or a scalar beside them. */
function unionSchema(context: Context, depth: number): JsonSchema {
  const { choices } = context;
  const tags = ['circle', 'square', 'line'].slice(0, 2 + choices.below(2));
  const branches = tags.map((tag, index): JsonSchema => {
    const branch = objectSchema(context, depth + 1, 1 + choices.below(2));
    const { kind: _, ...others } = branch['properties'] as { readonly [name: string]: JsonSchema };
    const kind: JsonSchema = index === 0 && choices.chance(20) ? { enum: [tag, `${tag}s`] } : { const: tag };
    const required = ((branch['required'] ?? []) as readonly string[]).filter((name) => name !== 'kind');
    return { ...branch, properties: { kind, ...others }, required: ['kind', ...required] };
  });
  const beside = choices.pick<readonly JsonSchema[]>([[], [], [{ type: 'null' }], [{ type: 'string' }]]);
  return { [choices.pick(['oneOf', 'anyOf'])]: [...branches, ...beside] };
}
