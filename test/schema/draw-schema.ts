// Random schemas of the subset, random changes of them, and random values that mostly fit. All randomness comes from one
// seed, so that a failure is repeated by it.
import { closeObjects } from '../../src/schema/close-objects.ts';
import { dereference } from '../../src/schema/dereference.ts';
import { formatNamed } from '../../src/schema/formats.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import type { Json, JsonSchema } from '../../src/schema/json-schema.ts';
import { subschemasOf } from '../../src/schema/subschemas.ts';

/** The next random whole number from 0 up to and including `max`. */
export type Draw = (max: number) => number;

/** A small generator of good enough numbers (a linear congruence with its high bits folded down). */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const folded = Math.imul(state ^ (state >>> 15), 0x85eb_ca6b) >>> 0;
    return ((folded ^ (folded >>> 13)) >>> 0) % (max + 1);
  };
}

const words = ['red', 'green', 'blue', 'x', 'long word'];
const names = ['a', 'b', 'c', 'colour', 'color', 'items'];
const letters = [...'abxyzA01 -é😀'];
const patterns = ['^[a-z]+$', '^[a-z]{1,3}$', '[0-9]', '^x', '^(ab|cd)*$'];
const formats = ['date', 'email', 'uuid', 'ipv4'];

const pick = <T>(draw: Draw, values: readonly T[]): T => values[draw(values.length - 1)] as T;
const flip = (draw: Draw): boolean => draw(1) === 1;
const upTo = (draw: Draw, max: number): number => draw(max);
const maybe = (draw: Draw, part: () => JsonSchema): JsonSchema => (flip(draw) ? part() : {});

/** Some of the values, each once, in random order. */
function some<T>(draw: Draw, values: readonly T[], least: number, most: number): readonly T[] {
  const left = [...values];
  const count = Math.min(values.length, least + draw(most - least));
  return Array.from({ length: count }, () => left.splice(draw(left.length - 1), 1)[0] as T);
}

/** A whole contract: a closed object, some definitions (one of them may contain itself), closed as the compiler does. */
export function drawContract(draw: Draw): JsonSchema {
  const $defs = {
    Word: drawScalar(draw),
    Node: {
      type: 'object',
      required: ['value', 'next'],
      properties: {
        value: drawScalar(draw),
        next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] },
      },
    },
  };
  return closeObjects({ ...drawObject(draw, 2), $defs });
}

export function drawSchema(draw: Draw, depth: number): JsonSchema {
  const kinds = ['scalar', 'scalar', 'scalar', 'enum', 'nullable', 'reference'];
  const deep = ['object', 'object', 'array', 'union', 'map', 'mixed'];
  switch (pick(draw, depth > 0 ? [...kinds, ...deep] : kinds)) {
    case 'enum':
      return drawEnum(draw);
    case 'nullable':
      return drawNullable(draw, depth);
    case 'reference':
      return drawReference(draw);
    case 'object':
      return drawObject(draw, depth - 1);
    case 'array':
      return drawArray(draw, depth);
    case 'union':
      return drawUnion(draw, depth);
    case 'map':
      return {
        type: 'object',
        additionalProperties: flip(draw) ? true : drawSchema(draw, depth - 1),
        ...maybe(draw, () => ({ propertyNames: { pattern: pick(draw, patterns) } })),
        ...maybe(draw, () => ({ maxProperties: 1 + upTo(draw, 3) })),
        ...maybe(draw, () => ({ minProperties: upTo(draw, 2) })),
      };
    case 'mixed':
      return { anyOf: [drawScalar(draw), drawArray(draw, depth), drawObject(draw, depth - 1)] };
    default:
      return drawScalar(draw);
  }
}

function drawScalar(draw: Draw): JsonSchema {
  switch (pick(draw, ['string', 'string', 'number', 'integer', 'boolean', 'format'])) {
    case 'string':
      return {
        type: 'string',
        ...maybe(draw, () => ({ minLength: upTo(draw, 3) })),
        ...maybe(draw, () => ({ maxLength: 3 + upTo(draw, 4) })),
        ...maybe(draw, () => (flip(draw) ? { pattern: pick(draw, patterns) } : {})),
      };
    case 'format':
      return { type: 'string', format: pick(draw, formats) };
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', ...drawBounds(draw) };
    default:
      return { type: 'number', ...drawBounds(draw) };
  }
}

function drawBounds(draw: Draw): JsonSchema {
  return {
    ...maybe(draw, () => ({ [pick(draw, ['minimum', 'exclusiveMinimum'])]: upTo(draw, 4) - 2 })),
    ...maybe(draw, () => ({ [pick(draw, ['maximum', 'exclusiveMaximum'])]: 3 + upTo(draw, 9) })),
    ...maybe(draw, () => (flip(draw) ? { multipleOf: pick(draw, [0.5, 1, 2, 3, 4]) } : {})),
  };
}

function drawEnum(draw: Draw): JsonSchema {
  if (flip(draw) && flip(draw)) return { const: pick<Json>(draw, [...words, 1, true]) };
  const values = some<Json>(draw, [...words, 1, 2, null], 1, 4);
  return { enum: values, ...maybe(draw, () => ({ 'x-extensible-enum': flip(draw) })) };
}

/** The three spellings of "or null". */
function drawNullable(draw: Draw, depth: number): JsonSchema {
  const scalar = drawScalar(draw);
  switch (upTo(draw, 2)) {
    case 0:
      return { ...scalar, type: [scalar['type'], 'null'] };
    case 1:
      return { anyOf: [depth > 0 ? drawObject(draw, 0) : scalar, { type: 'null' }] };
    default:
      return { oneOf: [drawReference(draw), { type: 'null' }] };
  }
}

function drawReference(draw: Draw): JsonSchema {
  return {
    $ref: `#/$defs/${pick(draw, ['Word', 'Node'])}`,
    ...maybe(draw, () => ({ description: 'Beside.' })),
  };
}

function drawArray(draw: Draw, depth: number): JsonSchema {
  return {
    type: 'array',
    ...(upTo(draw, 5) === 0 ? {} : { items: drawSchema(draw, depth - 1) }),
    ...maybe(draw, () => ({ minItems: upTo(draw, 2) })),
    ...maybe(draw, () => ({ maxItems: 2 + upTo(draw, 3) })),
    ...maybe(draw, () => (flip(draw) ? { uniqueItems: true } : {})),
  };
}

function drawObject(draw: Draw, depth: number): JsonSchema {
  const chosen = some(draw, names, 0, 3);
  const properties = Object.fromEntries(chosen.map((name) => [name, drawProperty(draw, depth)]));
  const required = chosen.filter(() => flip(draw));
  return {
    type: 'object',
    properties,
    required,
    ...(upTo(draw, 6) === 0 ? { additionalProperties: flip(draw) ? true : drawScalar(draw) } : {}),
    ...(upTo(draw, 5) === 0 ? { maxProperties: 1 + required.length } : {}),
  };
}

function drawProperty(draw: Draw, depth: number): JsonSchema {
  const schema = drawSchema(draw, depth);
  return {
    ...schema,
    ...(upTo(draw, 3) === 0 ? drawDefault(draw, schema) : {}),
    ...maybe(draw, () => ({ description: pick(draw, ['One.', 'Two.']) })),
  };
}

/** Only a default that plainly fits: that defaults fit is another rule's business. */
function drawDefault(draw: Draw, schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema['enum'])) return { default: pick(draw, schema['enum'] as readonly Json[]) };
  if (schema['type'] === 'boolean') return { default: flip(draw) };
  if (schema['type'] === 'string' && Object.keys(schema).length === 1) return { default: pick(draw, words) };
  return schema['type'] === 'object' &&
    !('minProperties' in schema) &&
    (schema['required'] as [])?.length === 0
    ? { default: {} }
    : {};
}

function drawUnion(draw: Draw, depth: number): JsonSchema {
  const tags = some(draw, ['k1', 'k2', 'k3'], 2, 3);
  const branches = tags.map((tag): JsonSchema => drawBranch(draw, tag, depth));
  return {
    [pick(draw, ['anyOf', 'oneOf'])]: flip(draw) ? [...branches, { type: 'null' }] : branches,
    ...maybe(draw, () => ({ description: 'Either.' })),
  };
}

function drawBranch(draw: Draw, tag: string, depth: number): JsonSchema {
  const object = drawObject(draw, depth - 1);
  return {
    ...object,
    properties: { ...(object['properties'] as object), kind: { const: tag } },
    required: ['kind', ...(object['required'] as readonly string[])],
  };
}

// -- changes

/** The schema with one to three changes anywhere inside it; closed again. */
export function drawChanged(draw: Draw, schema: JsonSchema): JsonSchema {
  let changed = schema;
  for (let count = 1 + upTo(draw, 2); count > 0; count -= 1) changed = changeSomewhere(draw, changed, 0);
  return describesItself(changed) ? schema : closeObjects(changed);
}

/** A definition that is only a reference to itself describes nothing. */
function describesItself(schema: JsonSchema): boolean {
  return Object.values(schema['$defs'] as { readonly [name: string]: JsonSchema }).some(
    (definition) => Object.keys(dereference(definition, schema)).length === 0 && '$ref' in definition,
  );
}

function changeSomewhere(draw: Draw, schema: JsonSchema, depth: number): JsonSchema {
  const inner = subschemasOf(schema).filter(({ tokens }) => tokens[0] !== 'propertyNames');
  if (inner.length === 0 || (depth > 0 && upTo(draw, 2) === 0)) return change(draw, schema);
  const { tokens, schema: target } = pick(draw, inner);
  return replaceAt(schema, tokens, changeSomewhere(draw, target, depth + 1));
}

function replaceAt(schema: JsonSchema, tokens: readonly (string | number)[], value: JsonSchema): JsonSchema {
  const [first, ...rest] = tokens;
  if (first === undefined) return value;
  const inner = schema[first] as JsonSchema;
  if (Array.isArray(inner)) return { ...schema, [first]: inner.with(Number(rest[0]), value) };
  return { ...schema, [first]: replaceAt(inner, rest, value) };
}

function change(draw: Draw, schema: JsonSchema): JsonSchema {
  switch (upTo(draw, 11)) {
    case 0:
      return drawSchema(draw, 1);
    case 1:
      return withoutKeyword(draw, schema);
    case 2:
      return { ...schema, description: pick(draw, ['Three.', 'Four.']) };
    case 3:
      return { anyOf: [schema, { type: 'null' }] };
  }
  if (isRecord(schema['properties'])) return changeObject(draw, schema);
  if (Array.isArray(schema['enum'])) return changeEnum(draw, schema, schema['enum'] as readonly Json[]);
  if (Array.isArray(schema['anyOf'])) return changeUnion(draw, schema, 'anyOf');
  if (Array.isArray(schema['oneOf'])) return changeUnion(draw, schema, 'oneOf');
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'string':
      return {
        ...schema,
        ...pick(draw, [
          { minLength: 1 },
          { maxLength: 5 },
          { pattern: pick(draw, patterns) },
          { enum: words },
        ]),
      };
    case 'integer':
      return {
        ...schema,
        ...pick<JsonSchema>(draw, [{ type: 'number' }, { minimum: 0 }, { maximum: 9 }, { multipleOf: 2 }]),
      };
    case 'number':
      return {
        ...schema,
        ...pick<JsonSchema>(draw, [
          { type: 'integer' },
          { minimum: 0.5 },
          { maximum: 9 },
          { multipleOf: 0.5 },
        ]),
      };
    case 'array':
      return {
        ...schema,
        ...pick<JsonSchema>(draw, [
          { minItems: 1 },
          { maxItems: 4 },
          { uniqueItems: true },
          { items: drawScalar(draw) },
        ]),
      };
    case 'object':
      return {
        ...schema,
        ...pick<JsonSchema>(draw, [
          { maxProperties: 2 },
          { minProperties: 1 },
          { additionalProperties: false },
        ]),
      };
    default:
      return drawScalar(draw);
  }
}

function withoutKeyword(draw: Draw, schema: JsonSchema): JsonSchema {
  const keywords = Object.keys(schema).filter(
    (keyword) =>
      !['$ref', '$defs', 'type', 'properties', 'additionalProperties', 'anyOf', 'oneOf'].includes(keyword),
  );
  if (keywords.length === 0) return schema;
  const gone = pick(draw, keywords);
  // What is left must still say what it is.
  if (gone === 'enum' || gone === 'const') return drawScalar(draw);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== gone));
}

function changeObject(draw: Draw, schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as { readonly [name: string]: JsonSchema };
  const required = (schema['required'] ?? []) as readonly string[];
  const present = Object.keys(properties).filter((name) => name !== 'kind');
  const name = present.length > 0 ? pick(draw, present) : 'a';
  const others = Object.fromEntries(Object.entries(properties).filter(([each]) => each !== name));
  const isRequired = required.includes(name);
  const unneeded = required.filter((each) => each !== name);
  switch (upTo(draw, 6)) {
    case 0: {
      const added = pick(draw, [...names, 'extra']);
      if (Object.hasOwn(properties, added)) return schema;
      return {
        ...schema,
        properties: { ...properties, [added]: drawProperty(draw, 0) },
        required: flip(draw) ? required : [...required, added],
      };
    }
    case 1:
      return { ...schema, properties: others, required: unneeded };
    case 2: {
      const property = properties[name];
      if (property === undefined || Object.hasOwn(properties, `${name}s`)) return schema;
      const renamed = isRequired ? [...unneeded, `${name}s`] : unneeded;
      return { ...schema, properties: { ...others, [`${name}s`]: property }, required: renamed };
    }
    case 3:
      if (!Object.hasOwn(properties, name)) return schema;
      return { ...schema, required: isRequired ? unneeded : [...required, name] };
    case 5: {
      const { default: preset, ...property } = properties[name] ?? {};
      if (property['type'] === undefined) return schema;
      const toggled = preset === undefined ? { ...property, ...drawDefault(draw, property) } : property;
      return { ...schema, properties: { ...properties, [name]: toggled } };
    }
    case 4:
      return { ...schema, additionalProperties: pick<unknown>(draw, [true, false, drawScalar(draw)]) };
    default:
      return { ...schema, properties: Object.fromEntries(Object.entries(properties).toReversed()) };
  }
}

function changeEnum(draw: Draw, schema: JsonSchema, values: readonly Json[]): JsonSchema {
  if (flip(draw) && values.length > 1) return { ...schema, enum: values.slice(1) };
  return values.includes('new') ? schema : { ...schema, enum: [...values, 'new'] };
}

function changeUnion(draw: Draw, schema: JsonSchema, keyword: 'anyOf' | 'oneOf'): JsonSchema {
  const { [keyword]: list, ...rest } = schema;
  const branches = list as readonly JsonSchema[];
  switch (upTo(draw, 3)) {
    case 3:
      return { ...schema, [keyword]: branches.map(withOtherTag) };
    case 0:
      return branches.length > 1 ? { ...schema, [keyword]: branches.slice(1) } : schema;
    case 1:
      return { ...rest, [keyword === 'anyOf' ? 'oneOf' : 'anyOf']: branches };
    default: {
      const isTagged = branches.some(
        (branch) => isRecord(branch['properties']) && 'kind' in branch['properties'],
      );
      return isTagged ? { ...schema, [keyword]: [...branches, drawBranch(draw, 'k4', 1)] } : schema;
    }
  }
}

function withOtherTag(branch: JsonSchema): JsonSchema {
  const { kind, ...others } = (branch['properties'] ?? {}) as { readonly [name: string]: JsonSchema };
  if (kind === undefined) return branch;
  const required = (branch['required'] as readonly string[]).map((name) => (name === 'kind' ? 'sort' : name));
  return { ...branch, properties: { ...others, sort: kind }, required };
}

/** The same schema with its keys, and the names in `required`, in another order. */
export function shuffled(draw: Draw, schema: JsonSchema): JsonSchema {
  const shuffle = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffle);
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([key, inner]) => [key, shuffle(inner)] as const);
    return Object.fromEntries(flip(draw) ? entries.toReversed() : entries);
  };
  return shuffle(schema) as JsonSchema;
}

// -- values

/** A value that fits more often than not; whoever needs a fitting one asks the validator. */
export function drawValue(draw: Draw, given: JsonSchema, root: JsonSchema, depth = 0): Json {
  const schema = dereference(given, root);
  if (schema['const'] !== undefined) return schema['const'] as Json;
  if (Array.isArray(schema['enum'])) return pick(draw, schema['enum'] as readonly Json[]);
  const union = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonSchema[] | undefined;
  if (union !== undefined) {
    const [last = {}] = union.toReversed();
    return drawValue(draw, depth > 4 ? last : pick(draw, union), root, depth + 1);
  }
  const types = (Array.isArray(schema['type']) ? schema['type'] : [schema['type']]) as readonly string[];
  const known = types.filter((type) => type !== undefined);
  switch (known.length === 0 ? pick(draw, ['string', 'integer', 'null', 'array']) : pick(draw, known)) {
    case 'string':
      return drawText(draw, schema);
    case 'integer':
    case 'number':
      return drawNumber(draw, schema, types.includes('integer'));
    case 'boolean':
      return flip(draw);
    case 'array':
      return drawItems(draw, schema, root, depth);
    case 'object':
      return drawMembers(draw, schema, root, depth);
    default:
      return null;
  }
}

function drawText(draw: Draw, { minLength, maxLength, pattern, format }: JsonSchema): string {
  if (typeof format === 'string') return formatNamed(format)?.example ?? 'x';
  if (typeof pattern === 'string')
    return pick(draw, ['abc', 'x', 'x1', 'ab', 'abcd', 'abab', 'abcdef', '0', 'x0abc', '', 'a']);
  const least = typeof minLength === 'number' ? minLength : 0;
  const most = typeof maxLength === 'number' ? maxLength : least + 8;
  const length = least + upTo(draw, Math.max(0, most - least));
  return Array.from({ length }, () => pick(draw, letters)).join('');
}

function drawNumber(draw: Draw, schema: JsonSchema, integer: boolean): number {
  const least = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? -4);
  const most = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? least + 20);
  const step = Number(schema['multipleOf'] ?? (integer ? 1 : 0.25));
  const from = Math.ceil(least / step);
  return (from + upTo(draw, Math.max(0, Math.floor(most / step) - from))) * step;
}

function drawItems(draw: Draw, schema: JsonSchema, root: JsonSchema, depth: number): Json {
  const least = Number(schema['minItems'] ?? 0);
  const most = Math.min(Number(schema['maxItems'] ?? 3), 4);
  const length = depth > 4 ? least : least + upTo(draw, Math.max(0, most - least));
  const items = isRecord(schema['items']) ? schema['items'] : {};
  const drawn = Array.from({ length }, () => drawValue(draw, items, root, depth + 1));
  // Equal items are rare otherwise.
  const [first] = drawn;
  return first !== undefined && flip(draw) ? drawn.fill(first, 1, 2) : drawn;
}

function drawMembers(draw: Draw, schema: JsonSchema, root: JsonSchema, depth: number): Json {
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: JsonSchema };
  const required = (schema['required'] ?? []) as readonly string[];
  const declared = Object.keys(properties).filter(
    (name) => required.includes(name) || (depth < 4 && flip(draw)),
  );
  const { additionalProperties: open } = schema;
  const extra = open === false || flip(draw) ? [] : [pick(draw, ['x', 'extra', 'abc', ...names])];
  const members = [...new Set([...declared, ...extra])].map((name) => {
    const inner = properties[name] ?? (isRecord(open) ? open : {});
    return [name, drawValue(draw, inner, root, depth + 1)] as const;
  });
  return Object.fromEntries(members);
}
