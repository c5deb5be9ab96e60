// Values of a schema, valid and not, for generated types to be tried on.
import { generateSync } from 'json-schema-faker';
import { canonicalJson } from '../../src/schema/canonical-json.ts';
import type { Json, JsonSchema } from '../../src/registry/snapshot.ts';
import { compileValidator } from '../../src/schema/compile-validator.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import { mapSubschemas } from '../../src/schema/subschemas.ts';
import type { Validator } from '../../src/schema/compile-validator.ts';

/** How a value is made: few optional properties, some, or all of them. */
const recipes = [
  { optionalsProbability: 0 },
  { optionalsProbability: 0.5 },
  { optionalsProbability: 0.5 },
  { alwaysFakeOptionals: true },
  { alwaysFakeOptionals: true },
];

/** A generator of samples does not understand every keyword: some of what it makes does not fit. */
const attemptsMax = 8;

/** Longer values say no more and take long to check. */
const characterMax = 3_000;

/** Values that fit, as they were made (defaults are not filled in), and the schema's examples. The same every time. */
export function validValues(schema: JsonSchema): readonly Json[] {
  const validate = validatorOf(schema);
  const made = recipes.flatMap((recipe, index) => {
    for (let seed = index; seed < index + attemptsMax * recipes.length; seed += recipes.length) {
      const options = { ...recipe, seed, maxDefaultItems: 3, refDepthMax: 3 };
      const value = generateSync(schema as Parameters<typeof generateSync>[0], options) as Json;
      if (JSON.stringify(value).length <= characterMax && validate(value).ok) return [value];
    }
    return [];
  });
  const examples = Array.isArray(schema['examples']) ? (schema['examples'] as Json[]) : [];
  return distinct([...made, ...examples]);
}

export function fits(schema: JsonSchema, value: Json): boolean {
  return validatorOf(schema)(value).ok;
}

/** The value as validation gives it back. */
export function filled(schema: JsonSchema, value: Json): Json {
  const checked = validatorOf(schema)(value);
  if (!checked.ok) throw new Error('the value does not fit its schema');
  return checked.value;
}

/** Violations of these keywords are mistakes of type; the others, such as `maximum`, are none. */
const typeKeywords: readonly string[] = [
  ...['type', 'required', 'additionalProperties', 'enum', 'const', 'anyOf', 'oneOf'],
];

/** Values one change away from a valid one that break the schema in a way that a type can say. */
export function mistypedValues(schema: JsonSchema, value: Json): readonly Json[] {
  return distinct(spread(changesOf(value)).filter((changed) => isMistyped(schema, changed)));
}

export function isMistyped(schema: JsonSchema, value: Json): boolean {
  const checked = validatorOf(asTyped(schema))(value);
  return !checked.ok && checked.violations.every(({ keyword }) => typeKeywords.includes(keyword));
}

/**
 * The schema as far as types can say it: an extensible enum is open, and a record has the types of the properties beside
 * it at every key.
 */
function asTyped(schema: JsonSchema): JsonSchema {
  const known = typed.get(schema);
  if (known !== undefined) return known;
  const { enum: values, ...rest } = mapSubschemas(schema, asTyped);
  const open =
    schema['x-extensible-enum'] === true
      ? rest
      : { ...rest, ...(values === undefined ? {} : { enum: values }) };
  const { properties, additionalProperties } = open;
  const isMixed = isRecord(properties) && isRecord(additionalProperties);
  const result = isMixed
    ? { ...open, additionalProperties: { anyOf: [additionalProperties, ...Object.values(properties)] } }
    : open;
  typed.set(schema, result);
  return result;
}

const typed = new WeakMap<JsonSchema, JsonSchema>();

/** As many changes of one value are tried, from all over it. */
const changesMax = 16;
/** Later items of a list are changed no more: they have the schema of the first ones. */
const changedItemsMax = 2;

function spread(values: readonly Json[]): readonly Json[] {
  const step = Math.max(1, values.length / changesMax);
  return values.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Every value that differs in one place: another type, another text, a property less, a property more. */
function changesOf(value: Json): readonly Json[] {
  const here = others.filter((other) => canonicalJson(other) !== canonicalJson(value));
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const inside = list
      .slice(0, changedItemsMax)
      .flatMap((item, index) => changesOf(item).map((changed) => list.with(index, changed)));
    return [...here, ...inside, [...list, ['not', { a: 'list item' }]]];
  }
  if (typeof value !== 'object' || value === null) return here;
  const inside = Object.entries(value).flatMap(([name, inner]) => [
    ...changesOf(inner as Json).map((changed) => ({ ...value, [name]: changed })),
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)),
  ]);
  return [...here, ...inside, { ...value, neverDeclared: 'a text' }];
}

const others: readonly Json[] = ['not one of these', 7, true, null, ['a text'], { neverDeclared: 1 }];

/** What a consumer of a stream may see before the end: texts cut, lists short, properties missing. */
export function partialValues(value: Json): readonly Json[] {
  return distinct([0.2, 0.5, 0.8].map((share) => cut(value, share)));
}

function cut(value: Json, share: number): Json {
  if (typeof value === 'string') return value.slice(0, Math.floor(value.length * share));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const shown = list.slice(0, Math.ceil(list.length * share));
    return shown.map((item, index) => (index === shown.length - 1 ? cut(item, share) : item));
  }
  const entries = Object.entries(value) as [string, Json][];
  const shown = entries.slice(0, Math.ceil(entries.length * share));
  return Object.fromEntries(
    shown.map(([name, inner], index) => [name, index === shown.length - 1 ? cut(inner, share) : inner]),
  );
}

function distinct(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map((value) => [canonicalJson(value), value])).values()];
}

const validators = new WeakMap<JsonSchema, Validator>();

function validatorOf(schema: JsonSchema): Validator {
  const known = validators.get(schema) ?? compileValidator(schema);
  validators.set(schema, known);
  return known;
}
