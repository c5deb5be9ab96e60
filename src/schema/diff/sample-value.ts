// Small values that fit a schema, made without looking at anything but the schema. They need not be beautiful: whoever
// uses one asks the validator first.

import { formatNamed } from '../formats.ts';
import { isRecord, setOwnProperty } from '../json-schema.ts';
import type { Json, JsonSchema } from '../json-schema.ts';
import { isMultipleOf } from '../numbers.ts';
import type { Node, NormalForm } from './normal-form.ts';
import { shapeTypeOf } from './normal-form.ts';
import { samplePattern } from './sample-pattern.ts';
import type { ArrayShape, NumberShape, ObjectShape, Shape, ShapeType, StringShape } from './shape.ts';

/** So many values are made of one schema. */
const samplesMax = 10;
/** Texts, and lists, are made no longer than this. */
const textLengthMax = 1_000_000;
const itemsMax = 10_000;
/** Patterns are not tried on longer texts. */
const patternedLengthMax = 10_000;
const distinctItemsMax = 1_000;

/** A shape or schema of the other side: where there is a choice, a value that fits it as well is taken. */
export interface Company<T> {
  readonly form: NormalForm;
  readonly of: T;
}

export interface ObjectWish {
  readonly company?: Company<ObjectShape>;
  /** Properties that must be there, with their values. */
  readonly set?: ReadonlyMap<string, Json>;
  readonly omit?: string;
  /** How many properties there must be. */
  readonly count?: number;
  /** Whether every declared property is wanted. */
  readonly full?: boolean;
}

export interface Sampler {
  /** Different values, the plainest first. */
  samplesOf(schema: JsonSchema): readonly Json[];
  /** Those of one type. */
  samplesOfType(schema: JsonSchema, type: ShapeType | 'null'): readonly Json[];
  shapeSamples(shape: Shape): readonly Json[];
  object(shape: ObjectShape, wish: ObjectWish): Json | undefined;
  /** A list that begins with the given items and has so many, or as many as it needs. */
  list(
    shape: ArrayShape,
    first: readonly Json[],
    count?: number,
    company?: Company<ArrayShape>,
  ): Json | undefined;
  /** Values next to where `other` draws its lines, inside `shape`. */
  edges(shape: Shape, other: Shape): readonly Json[];
  /** A property name that neither shape declares and this one admits. */
  freeName(shape: ObjectShape, company: Company<ObjectShape>): string | undefined;
}

const samplers = new WeakMap<NormalForm, Sampler>();

/** The sampler of a form; the same for the same form, with the samples that it made already. */
export function samplerOf(form: NormalForm): Sampler {
  const known = samplers.get(form) ?? createSampler(form);
  samplers.set(form, known);
  return known;
}

function createSampler(form: NormalForm): Sampler {
  const known = new WeakMap<JsonSchema, readonly Json[]>();
  const shared = new WeakMap<JsonSchema, WeakMap<JsonSchema, readonly Json[]>>();
  const open = new Set<JsonSchema>();

  function samplesOf(schema: JsonSchema): readonly Json[] {
    const ready = known.get(schema);
    if (ready !== undefined) return ready;
    const node = form.nodeOf(schema);
    // Inside itself a recursive schema ends as soon as it can.
    if (open.has(schema)) return plainSamples(node);
    open.add(schema);
    const samples = makeSamples(node);
    open.delete(schema);
    known.set(schema, samples);
    return samples;
  }

  function makeSamples(node: Node): readonly Json[] {
    const told = toldSamples(node).filter((value) => form.accepts(node.schema, value));
    if (node.core.opaque !== undefined) return told;
    const made = node.core.shapes.flatMap((shape) => shapeSamples(shape, told));
    const [choice] = node.core.choices;
    const [plain] = made;
    // Null ends a recursive value, and is the shortest there is.
    const isLong = node.core.nullable && typeof plain === 'object';
    const first = choice !== undefined ? [choice.value] : isLong ? [null] : made.slice(0, 1);
    return distinct([...first, ...told, ...plainSamples(node), ...made]).slice(0, samplesMax);
  }

  function samplesOfType(schema: JsonSchema, type: ShapeType | 'null'): readonly Json[] {
    const { core } = form.nodeOf(schema);
    if (type === 'null') return core.nullable ? [null] : [];
    const choices = core.choices.map(({ value }) => value).filter((value) => shapeTypeOf(value) === type);
    return [
      ...choices,
      ...core.shapes.filter((shape) => shape.type === type).flatMap((shape) => shapeSamples(shape)),
    ];
  }

  function shapeSamples(shape: Shape, told: readonly Json[] = []): readonly Json[] {
    switch (shape.type) {
      case 'boolean':
        return [true, false];
      case 'number':
        return numberSamples(shape, []);
      case 'string':
        return stringSamples(shape, told);
      case 'array':
        return [list(shape, []), list(shape, [], shape.minItems + 1)].filter((value) => value !== undefined);
      case 'object':
        return [object(shape, {}), object(shape, { full: true })].filter((value) => value !== undefined);
    }
  }

  function list(
    shape: ArrayShape,
    first: readonly Json[],
    count = Math.max(shape.minItems, first.length),
    company?: Company<ArrayShape>,
  ): Json | undefined {
    if (count < first.length || count > itemsMax || count > (shape.maxItems ?? Infinity)) return undefined;
    const missing = count - first.length;
    if (missing === 0) return first;
    const pool =
      shape.items === undefined ? ['x', 'y', 1, 2, true] : preferred(shape.items, itemsOf(company));
    if (!shape.unique) {
      const [item] = pool;
      return item === undefined ? undefined : [...first, ...Array.from({ length: missing }, () => item)];
    }
    if (count > distinctItemsMax) return undefined;
    const few = distinct([...first, ...pool]);
    if (few.length >= count) return few.slice(0, count);
    const more = shape.items === undefined ? numbersFrom(0, count) : series(shape.items, count);
    const items = distinct([...few, ...more]);
    return items.length < count ? undefined : items.slice(0, count);
  }

  /** Many different values, where that is simple. */
  function series(schema: JsonSchema, count: number): readonly Json[] {
    return form
      .nodeOf(schema)
      .core.shapes.flatMap((shape): readonly Json[] => {
        if (shape.type === 'string')
          return numbersFrom(0, count).map((number) => `x${number}`.padEnd(shape.minLength, 'x'));
        if (shape.type !== 'number') return [];
        const step = shape.multiples[0] ?? 1;
        const start = shape.lower?.value ?? (shape.upper?.value ?? count * step) - count * step;
        return numbersFrom(0, count + 1).map((number) => (Math.ceil(start / step) + number) * step);
      })
      .filter((value) => form.accepts(schema, value));
  }

  function object(shape: ObjectShape, wish: ObjectWish): Json | undefined {
    const { company, set = new Map<string, Json>(), omit, full = false } = wish;
    // What is found must not depend on the order in which they are written.
    const declared = [...shape.properties.keys()].sort();
    const names = new Set([
      ...shape.required,
      ...declared.filter((name) => full || company?.of.required.has(name)),
      ...set.keys(),
    ]);
    if (omit !== undefined) names.delete(omit);
    const least = wish.count ?? shape.minProperties;
    for (const name of [...declared, ...extraNames(shape, least)]) {
      if (names.size >= least) break;
      if (name !== omit) names.add(name);
    }
    const isCounted = wish.count === undefined ? names.size >= least : names.size === least;
    if (!isCounted || names.size > (shape.maxProperties ?? Infinity)) return undefined;
    const value = {};
    for (const name of names) {
      const inner = set.has(name) ? set.get(name) : propertySample(shape, name, company);
      if (inner === undefined) {
        // An optional property that cannot be made is no loss, unless properties are counted.
        if (shape.required.has(name) || set.has(name) || names.size <= least) return undefined;
      } else setOwnProperty(value, name, inner);
    }
    return value;
  }

  function propertySample(
    shape: ObjectShape,
    name: string,
    company: Company<ObjectShape> | undefined,
  ): Json | undefined {
    const schema = shape.properties.get(name) ?? shape.additional;
    if (schema === false) return undefined;
    const other = company && (company.of.properties.get(name) ?? company.of.additional);
    const [sample] = preferred(
      schema,
      company && isRecord(other) ? { form: company.form, of: other } : undefined,
    );
    return sample;
  }

  /** A sample that fits the company as well comes first. */
  function preferred(schema: JsonSchema, company: Company<JsonSchema> | undefined): readonly Json[] {
    const samples = samplesOf(schema);
    if (company === undefined || samples.length < 2) return samples;
    const { form: other, of } = company;
    const byCompany = shared.get(schema) ?? new WeakMap<JsonSchema, readonly Json[]>();
    shared.set(schema, byCompany);
    const ready = byCompany.get(of);
    if (ready !== undefined) return ready;
    const fitting = samples.findIndex((value) => other.accepts(of, value));
    const ordered = fitting < 1 ? samples : [...samples.slice(fitting), ...samples.slice(0, fitting)];
    byCompany.set(of, ordered);
    return ordered;
  }

  function extraNames(shape: ObjectShape, count: number): readonly string[] {
    if (shape.additional === false) return [];
    const made = numbersFrom(1, Math.min(count, itemsMax)).map((number) => `extra${number}`);
    if (shape.names === undefined) return made;
    return [...nameSamples(shape), ...made].filter((name) => form.accepts(shape.names ?? {}, name));
  }

  function nameSamples({ names }: ObjectShape): readonly string[] {
    const samples = names === undefined ? [] : [...samplesOf(names), ...series(names, 32)];
    return samples.filter((name) => typeof name === 'string');
  }

  function freeName(shape: ObjectShape, company: Company<ObjectShape>): string | undefined {
    const candidates = ['extra', 'other', ...nameSamples(shape), ...nameSamples(company.of)];
    const free = candidates.filter(
      (name) =>
        !shape.properties.has(name) &&
        !company.of.properties.has(name) &&
        (shape.names === undefined || form.accepts(shape.names, name)),
    );
    const { names } = company.of;
    return free.find((name) => names === undefined || company.form.accepts(names, name)) ?? free[0];
  }

  function edges(shape: Shape, other: Shape): readonly Json[] {
    if (shape.type === 'number' && other.type === 'number')
      return numberSamples(shape, numberEdges(shape, other));
    if (shape.type === 'string' && other.type === 'string') {
      const lengths = counts(shape.minLength, shape.maxLength, other.minLength, other.maxLength);
      return [...lengths.flatMap((length) => textsOfLength(shape, length)), ...stringSamples(shape, [])];
    }
    if (shape.type === 'array' && other.type === 'array') {
      const company = { form, of: other };
      const [item] = shape.items === undefined ? ['x'] : samplesOf(shape.items);
      const twins = item === undefined ? [] : [list(shape, [item, item])];
      return [
        ...counts(shape.minItems, shape.maxItems, other.minItems, other.maxItems).map((count) =>
          list(shape, [], count, company),
        ),
        ...twins,
      ].filter((value) => value !== undefined);
    }
    if (shape.type !== 'object' || other.type !== 'object') return shapeSamples(shape);
    return counts(shape.minProperties, shape.maxProperties, other.minProperties, other.maxProperties)
      .map((count) => object(shape, { count }))
      .filter((value) => value !== undefined);
  }

  return { samplesOf, samplesOfType, shapeSamples, object, list, edges, freeName };
}

function itemsOf(company: Company<ArrayShape> | undefined): Company<JsonSchema> | undefined {
  return company?.of.items && { form: company.form, of: company.of.items };
}

/** What the author gave as examples. */
function toldSamples({ notes }: Node): readonly Json[] {
  const examples = Array.isArray(notes['examples']) ? (notes['examples'] as readonly Json[]) : [];
  return notes['default'] === undefined ? examples : [notes['default'] as Json, ...examples];
}

function plainSamples({ core }: Node): readonly Json[] {
  return [...core.choices.map(({ value }) => value), ...(core.nullable ? [null] : [])];
}

// -- numbers

function numberEdges(shape: NumberShape, other: NumberShape): readonly number[] {
  const limits = [shape.lower, shape.upper, other.lower, other.upper].filter((bound) => bound !== undefined);
  const step = shape.multiples[0] ?? 1;
  const factors = other.multiples.flatMap((factor) => [factor + step, factor / 2]);
  return [
    ...limits.flatMap(({ value }) => [value, value - step, value + step, value - 0.5, value + 0.5]),
    ...factors,
  ];
}

/** The wanted numbers, moved to the nearest that the shape admits, then plain ones. */
function numberSamples(shape: NumberShape, wanted: readonly number[]): readonly number[] {
  const step = shape.multiples[0] ?? (shape.integer ? 1 : undefined);
  const start = shape.lower?.value ?? shape.upper?.value ?? 0;
  const plain = [1, 0, start, start + (step ?? 1), start - (step ?? 1), 0.5, 1.5, -1, start + 0.5];
  const onGrid = (value: number): readonly number[] =>
    step === undefined ? [value] : [Math.floor(value / step) * step, Math.ceil(value / step) * step];
  const multiples = step === undefined ? [] : numbersFrom(1, 12).map((number) => number * step);
  return [...new Set([...wanted.flatMap(onGrid), ...plain.flatMap(onGrid), ...multiples])].filter((value) =>
    admitsNumber(shape, value),
  );
}

function admitsNumber({ integer, lower, upper, multiples }: NumberShape, value: number): boolean {
  return (
    Number.isFinite(value) &&
    (!integer || Number.isInteger(value)) &&
    (lower === undefined || (lower.exclusive ? value > lower.value : value >= lower.value)) &&
    (upper === undefined || (upper.exclusive ? value < upper.value : value <= upper.value)) &&
    multiples.every((factor) => isMultipleOf(value, factor))
  );
}

// -- texts

const plainTexts = ['x', 'a', 'A', '0', 'x y', '-', 'é', ''];

function stringSamples(shape: StringShape, told: readonly Json[]): readonly string[] {
  const given = told.filter((value) => typeof value === 'string');
  const least = Math.max(1, shape.minLength);
  return [...new Set([...textsOfLength(shape, least), ...given, ...textsOfLength(shape, undefined)])].filter(
    (text) => admitsText(shape, text),
  );
}

/** Texts of about this length: those of a format have their own. */
function textsOfLength(shape: StringShape, length: number | undefined): readonly string[] {
  const { patterns, formats } = shape;
  if ((length ?? 0) > (patterns.length > 0 ? patternedLengthMax : textLengthMax)) return [];
  const raw = [
    ...formats.flatMap((format) => formatNamed(format)?.example ?? []),
    ...patterns.flatMap((pattern) => samplePattern(pattern, length === undefined ? {} : { length })),
    ...(patterns.length + formats.length === 0 ? plainTexts : []),
  ];
  return raw
    .map((text) => (formats.length > 0 ? text : fitLength(text, shape, length)))
    .filter((text) => admitsText(shape, text));
}

function fitLength(text: string, { minLength, maxLength }: StringShape, length: number | undefined): string {
  const characters = [...text];
  const wanted = length ?? Math.max(minLength, Math.min(characters.length, maxLength ?? Infinity));
  if (characters.length >= wanted) return characters.slice(0, wanted).join('');
  return text + (characters.at(-1) ?? 'x').repeat(wanted - characters.length);
}

function admitsText({ minLength, maxLength, patterns, formats }: StringShape, text: string): boolean {
  const { length } = [...text];
  return (
    length >= minLength &&
    length <= (maxLength ?? Infinity) &&
    patterns.every((pattern) => new RegExp(pattern, 'u').test(text)) &&
    formats.every((format) => formatNamed(format)?.fits(text) ?? true)
  );
}

// -- small pieces

/** Counts next to the limits of the other side, inside one's own. */
function counts(
  least: number,
  most: number | undefined,
  otherLeast: number,
  otherMost: number | undefined,
): readonly number[] {
  const wanted = [
    otherLeast - 1,
    least,
    ...(otherMost === undefined ? [] : [otherMost + 1]),
    most ?? least + 1,
  ];
  return [...new Set(wanted)].filter((count) => count >= least && count <= (most ?? Infinity));
}

function numbersFrom(start: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}

function distinct(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
