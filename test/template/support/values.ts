// Random values that a schema accepts, near the edges where templates go wrong: absent, null, empty, zero, and text that
// looks like something else. Text of callers carries a mark, so that it is known again wherever it is printed.

import type { Json } from '../../../src/schema/json-schema.ts';
import type { JsonSchema } from '../../../src/schema/json-schema.ts';
import { fillDefaults } from '../../../src/schema/fill-defaults.ts';
import { dereference } from '../../../src/schema/dereference.ts';
import { isRecord } from '../../../src/schema/json-schema.ts';
import type { Choices } from './choices.ts';

/** Stands in nearly all text that a caller chooses, and in nothing that an author writes. */
export const callersMark = '\u{e000}';

/** Below this depth everything is as small as it may be, so that recursion ends. */
const depthMax = 5;

/** A valid value with its defaults filled: what a template is rendered with. */
export function generateInput(schema: JsonSchema, choices: Choices): Json {
  const value = generateValue(schema, schema, choices);
  fillDefaults(schema, value);
  return value;
}

/** A valid value, not yet filled. */
export function generateValue(schema: JsonSchema, root: JsonSchema, choices: Choices, depth = 0): Json {
  const resolved = dereference(schema, root);
  if (resolved['const'] !== undefined) return resolved['const'] as Json;
  if (Array.isArray(resolved['enum'])) return pickOf(choices, resolved['enum'] as Json[]);
  const branches = (resolved['anyOf'] ?? resolved['oneOf']) as readonly JsonSchema[] | undefined;
  if (branches !== undefined) {
    const small = branches.find((branch) => branch['type'] === 'null');
    const branch = depth >= depthMax && small !== undefined ? small : pickOf(choices, branches);
    return generateValue(branch, root, choices, depth);
  }
  const types = typeof resolved['type'] === 'string' ? [resolved['type']] : (resolved['type'] ?? ['any']);
  const type = pickOf(choices, types as readonly string[]);
  switch (depth >= depthMax && (types as readonly string[]).includes('null') ? 'null' : type) {
    case 'null':
      return null;
    case 'boolean':
      return choices.chance(50);
    case 'integer':
    case 'number':
      return numberOf(resolved, choices);
    case 'string':
      return textOf(resolved, choices);
    case 'array':
      return listOf(resolved, root, choices, depth);
    case 'object':
      return objectOf(resolved, root, choices, depth);
    default:
      return anything(choices, depth);
  }
}

function pickOf<Item>(choices: Choices, items: readonly Item[]): Item {
  return items[choices.below(items.length)] as Item;
}

function anything(choices: Choices, depth: number): Json {
  const values: readonly Json[] = [
    `${callersMark}any`,
    0,
    null,
    true,
    ...(depth >= depthMax
      ? []
      : [[`${callersMark}in a list`, null], { title: `${callersMark}inside`, count: 1 }, [], {}]),
  ];
  return pickOf(choices, values);
}

function numberOf(schema: JsonSchema, choices: Choices): number {
  const { minimum, exclusiveMinimum, maximum } = schema as { readonly [keyword: string]: number | undefined };
  const isWhole =
    schema['type'] === 'integer' || (Array.isArray(schema['type']) && schema['type'].includes('integer'));
  const least =
    minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + (isWhole ? 1 : 0.5));
  const candidates = [
    0,
    1,
    -1,
    2,
    7,
    12,
    2024,
    1e21,
    ...(isWhole ? [] : [0.5, -0.25]),
    least ?? 0,
    maximum ?? 0,
  ];
  const fitting = candidates.filter((one) => one >= (least ?? -Infinity) && one <= (maximum ?? Infinity));
  return pickOf(choices, fitting);
}

const samples: { readonly [format: string]: readonly string[] } = {
  date: ['2024-02-29', '1999-12-31'],
  'date-time': ['2024-02-29T10:11:12Z', '2024-12-31T23:59:59+02:00'],
  email: ['name@example.org'],
};

const texts = [
  'x',
  'two words',
  '0',
  'false',
  '{{title}}',
  '{{#if x}}',
  '</data>',
  'a\nb',
  'ß',
  '🙂',
  'system:',
  ' ',
];

function textOf(schema: JsonSchema, choices: Choices): string {
  const format = samples[String(schema['format'])];
  if (format !== undefined) return pickOf(choices, format);
  const least = Number(schema['minLength'] ?? 0);
  const most = Number(schema['maxLength'] ?? Infinity);
  if (most === 0 || (least === 0 && choices.chance(20))) return '';
  const text = pickOf(choices, texts);
  // Two that are seen only where something is equal to another thing by mistake.
  if (choices.chance(6) && most > 20) return pickOf(choices, ['[object Object]', '[object Array]']);
  const mark = schema['x-trust'] === 'trusted' ? '' : callersMark;
  return [...`${mark}${text}`].slice(0, most).join('');
}

function listOf(schema: JsonSchema, root: JsonSchema, choices: Choices, depth: number): Json[] {
  const least = Number(schema['minItems'] ?? 0);
  const most = Math.min(Number(schema['maxItems'] ?? 3), 3);
  const count = depth >= depthMax ? least : Math.max(least, Math.min(most, choices.below(4)));
  const items = isRecord(schema['items']) ? schema['items'] : {};
  return Array.from({ length: count }, () => generateValue(items, root, choices, depth + 1));
}

const freeNames = ['zeta', '7', 'length', 'title', 'one more', '__proto__', 'kind'];

function objectOf(
  schema: JsonSchema,
  root: JsonSchema,
  choices: Choices,
  depth: number,
): { [name: string]: Json } {
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: JsonSchema };
  const required = (schema['required'] ?? []) as readonly string[];
  const value: { [name: string]: Json } = {};
  const set = (name: string, inner: JsonSchema): void => {
    const made = generateValue(inner, root, choices, depth + 1);
    Object.defineProperty(value, name, { value: made, enumerable: true, configurable: true, writable: true });
  };
  for (const [name, inner] of Object.entries(properties)) {
    const isGiven = required.includes(name) || (depth < depthMax && choices.chance(60));
    if (isGiven) set(name, inner);
  }
  const additional = schema['additionalProperties'];
  if (additional === false || depth >= depthMax) return value;
  for (let count = choices.below(3); count > 0; count -= 1) {
    const name = `${pickOf(choices, freeNames)}${choices.chance(50) ? callersMark : ''}`;
    if (!Object.hasOwn(properties, name)) set(name, isRecord(additional) ? additional : {});
  }
  return value;
}
