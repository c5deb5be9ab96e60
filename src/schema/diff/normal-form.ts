// The normal form of a schema: references followed, unions and lists of types spread out, null as a flag, numbers of
// whole numbers as whole limits. Made node by node when it is asked for, so that recursive schemas are no problem.

import { canonicalJson } from '../canonical-json.ts';
import { definitionName, dereference, findDefinition } from '../dereference.ts';
import { explain } from '../explain.ts';
import { isRecord, jsonTypeOf } from '../json-schema.ts';
import type { Json, JsonSchema } from '../json-schema.ts';
import { foreignKeywords } from '../subset/foreign-keywords.ts';
import { intersectShapes } from './intersect.ts';
import type { ObjectShape, Shape, ShapeType } from './shape.ts';
import { readShape, shapeTypes } from './shape.ts';

/** Words outside of the subset that say which values fit: what they say is not compared. */
function isUndecidable(keyword: string): boolean {
  return Object.hasOwn(foreignKeywords, keyword) && foreignKeywords[keyword]?.isAnnotation !== true;
}

/** A value that is listed by `enum` or `const`. */
export interface Choice {
  readonly value: Json;
  /** Its canonical JSON: what choices are compared by. */
  readonly text: string;
  readonly keyword: 'enum' | 'const';
  readonly trail: readonly string[];
  /** Callers were told that more values may come. */
  readonly extensible: boolean;
}

/** What a node admits: null, the choices, and whatever fits one of the shapes. */
export interface Core {
  readonly nullable: boolean;
  readonly choices: readonly Choice[];
  readonly shapes: readonly Shape[];
  /** The keyword when the node is a union. */
  readonly union?: 'anyOf' | 'oneOf';
  /** Callers were told that more branches may come. */
  readonly extensibleUnion: boolean;
  /** Set when the form cannot say what the schema says; then the rest means nothing. */
  readonly opaque?: 'overlapping-branches' | 'other';
}

/** A place in a schema: its core, and what is said about it without changing what it admits. */
export interface Node {
  readonly schema: JsonSchema;
  /** The definition that a `$ref` here leads to, whether or not null may stand in its place. */
  readonly definition?: string;
  readonly core: Core;
  /** Keywords that admit and refuse nothing, with those of the definition where the node is silent. */
  readonly notes: { readonly [keyword: string]: unknown };
}

export interface NormalForm {
  readonly root: JsonSchema;
  /** The same object for the same schema. */
  nodeOf(schema: JsonSchema): Node;
  /** Whether a value fits a schema of this form's root, defaults not filled in. */
  accepts(schema: JsonSchema, value: unknown): boolean;
  /** The values that a property of an object is fixed to; none when it is free. */
  tagsOf(shape: ObjectShape, property: string): readonly string[];
}

const noteKeywords = [
  ...['title', 'description', 'default', 'examples', 'deprecated'],
  ...['x-trust', 'x-pii', 'x-extensible-enum'],
];

const silentKeywords = new Set([...noteKeywords, '$defs', '$schema', '$id', '$comment', 'x-text']);

const nothing: Core = { nullable: false, choices: [], shapes: [], extensibleUnion: false };

/** A schema is compared, sampled and asked for both of its sides: its form goes with it. */
const forms = new WeakMap<JsonSchema, NormalForm>();

/** The normal form of a resolved schema; the same for the same object. */
export function normalFormOf(root: JsonSchema): NormalForm {
  const known = forms.get(root) ?? createNormalForm(root);
  forms.set(root, known);
  return known;
}

function createNormalForm(root: JsonSchema): NormalForm {
  const nodes = new WeakMap<JsonSchema, Node>();
  const cores = new WeakMap<JsonSchema, Core>();
  const open = new Set<JsonSchema>();

  function nodeOf(schema: JsonSchema): Node {
    const known = nodes.get(schema);
    if (known !== undefined) return known;
    const definition = definitionOf(schema);
    const node = {
      schema,
      ...(definition === undefined ? {} : { definition }),
      core: coreOf(schema),
      notes: notesOf(schema),
    };
    nodes.set(schema, node);
    return node;
  }

  function notesOf(schema: JsonSchema): Node['notes'] {
    const whole = dereference(schema, root);
    return Object.fromEntries(
      noteKeywords
        .filter((keyword) => whole[keyword] !== undefined)
        .map((keyword) => [keyword, whole[keyword]]),
    );
  }

  function coreOf(schema: JsonSchema): Core {
    const known = cores.get(schema);
    if (known !== undefined) return known;
    // References that lead in a circle describe nothing.
    if (open.has(schema)) return { ...nothing, opaque: 'other' };
    open.add(schema);
    const core = makeCore(schema);
    open.delete(schema);
    cores.set(schema, core);
    return core;
  }

  function makeCore(schema: JsonSchema): Core {
    if (Object.keys(schema).some(isUndecidable)) return { ...nothing, opaque: 'other' };
    const { $ref, anyOf, oneOf, ...rest } = schema;
    const parts: Branch[] = [];
    const own = Object.fromEntries(Object.entries(rest).filter(([keyword]) => !silentKeywords.has(keyword)));
    const isBare = $ref === undefined && anyOf === undefined && oneOf === undefined;
    const extensible = schema['x-extensible-enum'] === true;
    if (isBare || Object.keys(own).length > 0) parts.push({ schema: own, core: ownCore(own, extensible) });
    if ($ref !== undefined) {
      const target = findDefinition(root, $ref);
      if (target === undefined) return { ...nothing, opaque: 'other' };
      parts.push({ schema: target, core: coreOf(target) });
    }
    if (Array.isArray(anyOf)) parts.push({ schema: { anyOf }, core: unionCore('anyOf', anyOf, extensible) });
    if (Array.isArray(oneOf)) parts.push({ schema: { oneOf }, core: unionCore('oneOf', oneOf, extensible) });
    const [first, ...others] = parts;
    return others.length === 0 && first !== undefined ? first.core : intersectCores(parts);
  }

  function ownCore(schema: JsonSchema, extensible: boolean): Core {
    const { types, integer } = typesOf(schema);
    const listed = listedValues(schema);
    if (listed === undefined) {
      const shapes = shapeTypes
        .filter((type) => types.has(type))
        .map((type) => readShape(type, schema, integer));
      return { ...nothing, nullable: types.has('null'), shapes };
    }
    const { keyword, values } = listed;
    const isComposite = values.some((value) => typeof value === 'object' && value !== null);
    // Defaults are filled in before a value is compared with those listed.
    if (isComposite && describesParts(schema)) return { ...nothing, opaque: 'other' };
    const fitting = values.filter((value) => accepts(schema, value));
    const choices = fitting
      .filter((value) => value !== null)
      .map((value) => ({ value, text: canonicalJson(value), keyword, trail: [], extensible }));
    const nullable = fitting.includes(null);
    const booleans = choices.filter(({ value }) => typeof value === 'boolean');
    if (booleans.length < 2) return { ...nothing, nullable, choices };
    return {
      ...nothing,
      nullable,
      choices: choices.filter((choice) => !booleans.includes(choice)),
      shapes: [readShape('boolean', schema, false)],
    };
  }

  function unionCore(keyword: 'anyOf' | 'oneOf', list: readonly unknown[], extensibleUnion: boolean): Core {
    const branches = list.filter(isRecord).map((schema, index) => ({
      schema,
      core: under(coreOf(schema), keyword, String(index)),
    }));
    if (branches.some(({ core }) => core.opaque)) return { ...nothing, opaque: 'other' };
    if (keyword === 'oneOf' && overlap(branches))
      return { ...nothing, union: keyword, opaque: 'overlapping-branches' };
    const choices = new Map(
      branches.flatMap(({ core }) => core.choices).map((choice) => [choice.text, choice]),
    );
    return {
      nullable: branches.some(({ core }) => core.nullable),
      choices: [...choices.values()],
      shapes: branches.flatMap(({ core }) => core.shapes),
      union: keyword,
      extensibleUnion,
    };
  }

  /** Whether one value may fit two branches; said also when that is not certain. */
  function overlap(branches: readonly Branch[]): boolean {
    return branches.some((left, index) =>
      branches
        .slice(index + 1)
        .some(
          (right) =>
            (left.core.nullable && right.core.nullable) ||
            left.core.choices.some(({ value }) => accepts(right.schema, value)) ||
            right.core.choices.some(({ value }) => accepts(left.schema, value)) ||
            left.core.shapes.some((shape) => right.core.shapes.some((other) => mayMeet(shape, other))),
        ),
    );
  }

  function mayMeet(left: Shape, right: Shape): boolean {
    if (left.type !== right.type) return false;
    if (left.type !== 'object' || right.type !== 'object') return true;
    const shared = [...left.required].filter((name) => right.required.has(name));
    return !shared.some((name) => {
      const [tags, others] = [tagsOf(left, name), tagsOf(right, name)];
      return tags.length > 0 && others.length > 0 && !tags.some((tag) => others.includes(tag));
    });
  }

  function tagsOf({ properties }: ObjectShape, property: string): readonly string[] {
    const schema = properties.get(property);
    const listed = schema && listedValues(dereference(schema, root));
    return (listed?.values ?? []).map(canonicalJson);
  }

  /** What all parts admit. */
  function intersectCores(parts: readonly Branch[]): Core {
    const cores = parts.map(({ core }) => core);
    const opaque = cores.find((core) => core.opaque !== undefined)?.opaque;
    if (opaque !== undefined) return { ...nothing, opaque };
    const choices = cores
      .flatMap((core) => core.choices)
      .filter(({ value }) => parts.every(({ schema }) => accepts(schema, value)));
    const shapes = cores
      .map((core): readonly (Shape | undefined)[] => core.shapes)
      .reduce((left, right) =>
        left.flatMap((shape) =>
          right
            .filter((other) => other === undefined || shape === undefined || other.type === shape.type)
            .map((other) => shape && other && intersectShapes(shape, other)),
        ),
      );
    if (shapes.includes(undefined)) return { ...nothing, opaque: 'other' };
    const union = cores.find((core) => core.union !== undefined)?.union;
    return {
      nullable: cores.every((core) => core.nullable),
      choices: [...new Map(choices.map((choice) => [choice.text, choice])).values()],
      shapes: shapes.filter((shape) => shape !== undefined),
      ...(union === undefined ? {} : { union }),
      extensibleUnion: cores.some((core) => core.extensibleUnion),
    };
  }

  function accepts(schema: JsonSchema, value: unknown): boolean {
    return explain(schema, value, root).length === 0;
  }

  return { root, nodeOf, accepts, tagsOf };
}

function definitionOf({ $ref, anyOf, oneOf }: JsonSchema): string | undefined {
  const branches = (anyOf ?? oneOf) as readonly unknown[] | undefined;
  if ($ref !== undefined || !Array.isArray(branches)) return definitionName($ref);
  const others = branches.filter(isRecord).filter(({ type }) => type !== 'null');
  return others.length === 1 ? definitionName(others[0]?.['$ref']) : undefined;
}

interface Branch {
  readonly schema: JsonSchema;
  readonly core: Core;
}

/** A core as a branch of a union: what it holds lies two tokens deeper. */
function under(core: Core, ...tokens: readonly string[]): Core {
  return {
    ...core,
    choices: core.choices.map((choice) => ({ ...choice, trail: [...tokens, ...choice.trail] })),
    shapes: core.shapes.map((shape) => ({ ...shape, trail: [...tokens, ...shape.trail] })),
  };
}

function listedValues(
  schema: JsonSchema,
): { readonly keyword: 'enum' | 'const'; readonly values: readonly Json[] } | undefined {
  if (schema['const'] !== undefined) return { keyword: 'const', values: [schema['const'] as Json] };
  return Array.isArray(schema['enum'])
    ? { keyword: 'enum', values: schema['enum'] as readonly Json[] }
    : undefined;
}

function describesParts(schema: JsonSchema): boolean {
  return ['properties', 'items', 'additionalProperties'].some((keyword) => isRecord(schema[keyword]));
}

/** The types that `type` names, all of them when it is absent; `integer` when only whole numbers are meant. */
function typesOf({ type }: JsonSchema): {
  readonly types: ReadonlySet<ShapeType | 'null'>;
  readonly integer: boolean;
} {
  if (type === undefined) return { types: new Set([...shapeTypes, 'null' as const]), integer: false };
  const names = (Array.isArray(type) ? type : [type]).map(String);
  return {
    types: new Set(names.map((name) => (name === 'integer' ? 'number' : name) as ShapeType | 'null')),
    integer: names.includes('integer') && !names.includes('number'),
  };
}

/** The type of a choice as shapes have it. */
export function shapeTypeOf(value: Json): ShapeType {
  return jsonTypeOf(value) as ShapeType;
}
