// What two nodes admit: null, types, listed values, and the shapes of each type.

import { canonicalJson } from '../canonical-json.ts';
import type { Json, JsonSchema } from '../json-schema.ts';
import { mapSubschemas } from '../subschemas.ts';
import type { ChangeId } from './change-kinds.ts';
import { compareLimits } from './compare-limits.ts';
import { compareObjects } from './compare-objects.ts';
import { below } from './compare-schemas.ts';
import type { Walk } from './compare-schemas.ts';
import { compareUnions } from './compare-unions.ts';
import type { Pair } from './finding.ts';
import { shapeTypeOf } from './normal-form.ts';
import type { Choice, Core, NormalForm } from './normal-form.ts';
import { anything, shapeTypes } from './shape.ts';
import type { ArrayShape, Shape, ShapeType } from './shape.ts';

export function compareCores(walk: Walk, pair: Pair, old: Core, next: Core): void {
  if (old.opaque !== undefined || next.opaque !== undefined) return compareOpaque(walk, pair, old, next);
  const [before, after] = [typesOf(old), typesOf(next)];
  if (pair.isName) return compareType(walk, pair, 'string', old, next);
  const isNullApart = tellsNullApart(before, after);
  compareTypes(walk, pair, before, after, isNullApart);
  if (isNullApart && old.nullable !== next.nullable) {
    const id = next.nullable ? 'nullable-added' : 'nullable-removed';
    const text = `\`${pair.subject}\` may ${next.nullable ? '' : 'no longer '}be null`;
    walk.note(pair, { id, text, probe: { kind: 'values', values: [null] }, ...atKeyword('type') });
  }
  if (old.union !== undefined && next.union !== undefined && old.union !== next.union) {
    const text = `\`${pair.subject}\` is a union by \`${next.union}\` instead of \`${old.union}\`, with branches that exclude each other`;
    walk.note(pair, { id: 'union-keyword-changed', text, probe: { kind: 'none' } });
  }
  for (const type of shapeTypes)
    if (before.has(type) && after.has(type)) compareType(walk, pair, type, old, next);
}

/** A schema that the normal form cannot hold is compared by its text. */
function compareOpaque(walk: Walk, pair: Pair, old: Core, next: Core): void {
  if (fullText(pair.old, walk.old) === fullText(pair.new, walk.new)) return;
  const isUnion = [old, next].every((core) => core.union !== undefined) && old.union !== next.union;
  const id = isUnion ? 'union-kind-changed' : 'schema-changed';
  const text = isUnion
    ? `\`${pair.subject}\` is a union by \`${next.union}\` instead of \`${old.union}\`, and its branches may overlap`
    : `\`${pair.subject}\` changed in a way that is not understood`;
  walk.note(pair, { id, text, probe: { kind: 'any' } });
}

/** What a schema asks for as one text, with all definitions when it refers to any; what is only said is left out. */
export function fullText(schema: JsonSchema, { root }: NormalForm): string {
  const { $defs: _, ...body } = schema;
  const text = canonicalJson(withoutTexts(body));
  return text.includes('"$ref"') ? `${text} ${canonicalJson(withoutTexts({ $defs: root['$defs'] }))}` : text;
}

const textKeywords = ['title', 'description', 'examples', 'deprecated', '$comment', 'x-trust', 'x-pii'];

function withoutTexts(schema: JsonSchema): JsonSchema {
  const bare = Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => !textKeywords.includes(keyword)),
  );
  return mapSubschemas(bare, withoutTexts);
}

// -- types

type AnyType = ShapeType | 'null';

/** The types of which a node admits values, null aside. */
function typesOf(core: Core): ReadonlySet<ShapeType> {
  return new Set([
    ...core.shapes.map(({ type }) => type),
    ...core.choices.map(({ value }) => shapeTypeOf(value)),
  ]);
}

/** Null is a type like the others only where one side admits nothing else, or everything; else it is told by itself. */
function tellsNullApart(before: ReadonlySet<ShapeType>, after: ReadonlySet<ShapeType>): boolean {
  return [before, after].every(({ size }) => size > 0 && size < shapeTypes.length);
}

function compareTypes(
  walk: Walk,
  pair: Pair,
  before: ReadonlySet<ShapeType>,
  after: ReadonlySet<ShapeType>,
  isNullApart: boolean,
): void {
  const [old, next] = [walk.old.nodeOf(pair.old).core, walk.new.nodeOf(pair.new).core];
  const had = isNullApart ? before : withNull(before, old);
  const has = isNullApart ? after : withNull(after, next);
  const gone = [...had].filter((type) => !has.has(type));
  const come = [...has].filter((type) => !had.has(type));
  const { subject } = pair;
  const tell = (id: ChangeId, text: string, types: readonly AnyType[]): void =>
    walk.note(pair, { id, text, probe: { kind: 'types', types }, ...atKeyword('type') });
  if (has.size === 0 && had.size > 0)
    return tell('became-unfillable', `no value fits \`${subject}\` any more`, [...had]);
  if (gone.length > 0 && gone.length === had.size && come.length > 0) {
    const id = listChange(walk, gone, come, old, next);
    const text = `\`${subject}\` was ${inWords(gone)} and is ${inWords(come)}`;
    return tell(id, text, [...gone, ...come]);
  }
  const all = shapeTypes.length + 1;
  if (gone.length > 0) {
    const words =
      had.size === all
        ? `may be ${inWords([...has])} only, and no longer anything`
        : `may no longer be ${inWords(gone)}`;
    tell('type-narrowed', `\`${subject}\` ${words}`, gone);
  }
  if (come.length > 0) {
    const words = has.size === all ? 'anything' : `${inWords(come)} as well`;
    tell('type-widened', `\`${subject}\` may be ${words}`, come);
  }
}

function withNull(types: ReadonlySet<ShapeType>, core: Core): ReadonlySet<AnyType> {
  return core.nullable ? new Set<AnyType>([...types, 'null']) : types;
}

/** A list of something that became that thing, or the reverse. */
function listChange(
  walk: Walk,
  gone: readonly AnyType[],
  come: readonly AnyType[],
  old: Core,
  next: Core,
): ChangeId {
  const itemsOf = (core: Core): JsonSchema | undefined =>
    core.shapes.find((shape): shape is ArrayShape => shape.type === 'array')?.items;
  const [before, after] = [itemsOf(old), itemsOf(next)];
  const isSame = (items: ReadonlySet<ShapeType>, types: readonly AnyType[]): boolean =>
    types.length > 0 && types.every((type) => type !== 'null' && items.has(type));
  if (gone.join() === 'array' && before && isSame(typesOf(walk.old.nodeOf(before).core), come))
    return 'list-became-single';
  if (come.join() === 'array' && after && isSame(typesOf(walk.new.nodeOf(after).core), gone))
    return 'single-became-list';
  return 'type-changed';
}

const words: { readonly [type in AnyType]: string } = {
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

function inWords(types: readonly AnyType[]): string {
  return types.map((type) => words[type]).join(' or ');
}

// -- values and shapes of one type

function compareType(walk: Walk, pair: Pair, type: ShapeType, old: Core, next: Core): void {
  const before = { choices: choicesOf(old, type), shapes: shapesOf(old, type) };
  const after = { choices: choicesOf(next, type), shapes: shapesOf(next, type) };
  const isConstant = [before, after].every(
    ({ choices, shapes }) => shapes.length === 0 && choices.length === 1 && choices[0]?.keyword === 'const',
  );
  if (isConstant) compareConstants(walk, pair, before.choices[0], after.choices[0]);
  else compareChoices(walk, pair, before, after);
  if (before.shapes.length > 0 && after.shapes.length === 0) becameListed(walk, pair, after.choices);
  else if (before.shapes.length === 0 && after.shapes.length > 0) becameFree(walk, pair, before, after);
  else compareShapes(walk, pair, type, old, next);
}

interface TypePart {
  readonly choices: readonly Choice[];
  readonly shapes: readonly Shape[];
}

function choicesOf(core: Core, type: ShapeType): readonly Choice[] {
  return core.choices.filter(({ value }) => shapeTypeOf(value) === type);
}

function shapesOf(core: Core, type: ShapeType): readonly Shape[] {
  return core.shapes.filter((shape) => shape.type === type);
}

function compareConstants(
  walk: Walk,
  pair: Pair,
  before: Choice | undefined,
  after: Choice | undefined,
): void {
  if (before === undefined || after === undefined || before.text === after.text) return;
  walk.note(pair, {
    id: 'const-changed',
    text: `\`${pair.subject}\` changed from ${before.text} to ${after.text}`,
    probe: { kind: 'values', values: [before.value, after.value] },
    old: { pointer: below(...before.trail, 'const'), at: 'value' },
    new: { pointer: below(...after.trail, 'const'), at: 'value' },
  });
}

function compareChoices(walk: Walk, pair: Pair, before: TypePart, after: TypePart): void {
  const known = new Set(before.choices.map(({ text }) => text));
  const kept = new Set(after.choices.map(({ text }) => text));
  for (const choice of sorted(before.choices)) {
    if (kept.has(choice.text) || walk.new.accepts(pair.new, choice.value)) continue;
    noteChoice(walk, pair, choice, 'enum-value-removed', 'lost');
  }
  for (const choice of sorted(after.choices)) {
    if (known.has(choice.text) || walk.old.accepts(pair.old, choice.value)) continue;
    const wasExtensible = before.choices.length > 0 && before.choices.every(({ extensible }) => extensible);
    const id = wasExtensible ? 'extensible-enum-value-added' : 'enum-value-added';
    noteChoice(walk, pair, choice, id, 'gained');
  }
}

function noteChoice(walk: Walk, pair: Pair, choice: Choice, id: ChangeId, verb: 'lost' | 'gained'): void {
  const { trail, keyword, value } = choice;
  const item: { pointer: string; at: 'value'; item?: Json } = {
    pointer: below(...trail, keyword),
    at: 'value',
    ...(keyword === 'enum' ? { item: value } : {}),
  };
  walk.note(pair, {
    id,
    text: `\`${pair.subject}\` ${verb} ${choice.text}`,
    probe: { kind: 'values', values: [value] },
    ...(verb === 'lost' ? { old: item, ...newKeyword('enum') } : { new: item, ...oldKeyword('enum') }),
  });
}

function becameListed(walk: Walk, pair: Pair, choices: readonly Choice[]): void {
  const isConst = choices.length === 1 && choices[0]?.keyword === 'const';
  const { trail = [], keyword = 'enum' } = choices[0] ?? {};
  walk.note(pair, {
    id: isConst ? 'const-added' : 'enum-added',
    text: `\`${pair.subject}\` admits ${isConst ? choices[0]?.text : 'listed values'} only`,
    probe: { kind: 'any' },
    ...oldKeyword('type'),
    new: { pointer: below(...trail, keyword), at: 'value' },
  });
}

function becameFree(walk: Walk, pair: Pair, before: TypePart, after: TypePart): void {
  const { choices } = before;
  const isConst = choices.length === 1 && choices[0]?.keyword === 'const';
  const { trail = [], keyword = 'enum' } = choices[0] ?? {};
  walk.note(pair, {
    id: isConst ? 'const-removed' : 'enum-removed',
    text: `\`${pair.subject}\` admits more than ${isConst ? choices[0]?.text : 'the listed values'}`,
    probe: { kind: 'any' },
    old: { pointer: below(...trail, keyword), at: 'value' },
    new: { pointer: below(...(after.shapes[0]?.trail ?? []), 'type'), at: 'value' },
  });
}

function compareShapes(walk: Walk, pair: Pair, type: ShapeType, old: Core, next: Core): void {
  const [before, after] = [shapesOf(old, type), shapesOf(next, type)];
  if (before.length > 1 || after.length > 1)
    return compareUnions(walk, pair, { old: before, new: after, extensible: old.extensibleUnion });
  const [left] = before;
  const [right] = after;
  if (left === undefined || right === undefined) return;
  // Where a listed object could be meant as well, validation fills nothing in.
  compareShape(walk, { ...pair, fills: pair.fills && choicesOf(next, type).length === 0 }, left, right);
}

/** `tag` is the property that told the branches apart: it is compared already. */
export function compareShape(walk: Walk, pair: Pair, old: Shape, next: Shape, tag?: string): void {
  for (const { id, keyword, text } of compareLimits(old, next, pair.subject)) {
    walk.note(pair, {
      id,
      text,
      probe: { kind: 'limits', old, new: next },
      old: { pointer: below(...old.trail, keyword), at: 'value' },
      new: { pointer: below(...next.trail, keyword), at: 'value' },
    });
  }
  if (old.type === 'array' && next.type === 'array') compareItems(walk, pair, old, next);
  if (old.type === 'object' && next.type === 'object') compareObjects(walk, pair, old, next, tag);
}

function compareItems(walk: Walk, pair: Pair, old: ArrayShape, next: ArrayShape): void {
  const [before, after] = [old.items ?? anything, next.items ?? anything];
  const texts = [fullText(before, walk.old), fullText(after, walk.new)];
  const checksDefaults =
    (old.unique || next.unique) && texts[0] !== texts[1] && texts.some((text) => text.includes('"default"'));
  if (checksDefaults) {
    const text = `items of \`${pair.subject}\` must differ, and their defaults or properties changed`;
    walk.note(pair, { id: 'defaults-and-limits-changed', text, probe: { kind: 'any' } });
  }
  if (before === anything && after === anything) return;
  walk.enter({
    ...pair,
    old: before,
    new: after,
    subject: `${pair.subject}[]`,
    oldPointer: pair.oldPointer + below(...old.trail, 'items'),
    newPointer: pair.newPointer + below(...next.trail, 'items'),
    frames: [...pair.frames, { step: { kind: 'item' }, old, new: next }],
    skipsDefault: false,
  });
}

// -- small pieces

function sorted(choices: readonly Choice[]): readonly Choice[] {
  return choices.toSorted((left, right) => (left.text < right.text ? -1 : 1));
}

type Place = { readonly pointer: string; readonly at: 'value' };

function oldKeyword(keyword: string): { readonly old: Place } {
  return { old: { pointer: below(keyword), at: 'value' } };
}

function newKeyword(keyword: string): { readonly new: Place } {
  return { new: { pointer: below(keyword), at: 'value' } };
}

function atKeyword(keyword: string): { readonly old: Place; readonly new: Place } {
  return { ...oldKeyword(keyword), ...newKeyword(keyword) };
}
