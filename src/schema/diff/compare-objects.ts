// Two object shapes: properties that came, went, were renamed, became required or optional; and what else may be sent.

import type { JsonSchema } from '../json-schema.ts';
import type { ChangeId } from './change-kinds.ts';
import { below } from './compare-schemas.ts';
import type { Walk } from './compare-schemas.ts';
import { findRenames } from './find-renames.ts';
import type { Pair } from './finding.ts';
import type { NormalForm } from './normal-form.ts';
import { anything } from './shape.ts';
import type { ObjectShape } from './shape.ts';

/** Both shapes, and where they stand. */
interface Objects {
  readonly walk: Walk;
  readonly pair: Pair;
  readonly old: ObjectShape;
  readonly new: ObjectShape;
}

/** `tag` is the property that told branches apart: it is compared already. */
export function compareObjects(
  walk: Walk,
  pair: Pair,
  old: ObjectShape,
  next: ObjectShape,
  tag: string | undefined,
): void {
  const objects: Objects = { walk, pair, old, new: next };
  const renames = renamesOf(objects, tag);
  const renamed = new Set(renames.values());
  const names = new Set([
    ...[...old.properties.keys(), ...next.properties.keys(), ...old.required, ...next.required],
  ]);
  for (const name of [...names].sort()) {
    const newName = renames.get(name);
    if (newName !== undefined) noteRename(objects, name, newName);
    else if (name !== tag && !renamed.has(name)) compareProperty(objects, name);
  }
  compareAdditional(objects);
  compareNames(objects);
  compareDefaultsWithCounts(objects);
  notePropertyOrder(objects);
}

// -- one property

function compareProperty(objects: Objects, name: string): void {
  const { old, new: next } = objects;
  const [before, after] = [old.properties.get(name), next.properties.get(name)];
  if (before !== undefined && after !== undefined) {
    compareShared(objects, name, before, after);
  } else if (before !== undefined) {
    compareRemoved(objects, name, before);
  } else if (after !== undefined) {
    compareAdded(objects, name, after);
  } else {
    compareNeed(objects, name);
  }
}

function compareShared(objects: Objects, name: string, before: JsonSchema, after: JsonSchema): void {
  const skipsDefault = compareNeed(objects, name);
  enterProperty(objects, name, before, after, skipsDefault);
}

/** A property that is declared no longer; an open object still takes it, without a word on what it means. */
function compareRemoved(objects: Objects, name: string, before: JsonSchema): void {
  const { old, new: next } = objects;
  const needed = old.required.has(name);
  if (next.additional === false) {
    const id = needed ? 'required-property-removed' : 'property-removed';
    noteProperty(objects, id, name, 'was removed', 'present');
    return;
  }
  const isGone = needed && !next.required.has(name);
  const id = isGone ? 'required-property-undeclared' : 'property-undeclared';
  noteProperty(objects, id, name, 'is no longer declared', 'missing');
  enterProperty(objects, name, before, next.additional, true);
}

function compareAdded(objects: Objects, name: string, after: JsonSchema): void {
  const { walk, old, new: next } = objects;
  const need = needOf(walk.new, next, name);
  if (old.additional === false) {
    if (need.mustSend) noteProperty(objects, 'required-property-added', name, 'was added and is required');
    else if (next.required.has(name)) {
      const id = 'required-property-with-default-added';
      noteProperty(objects, id, name, 'was added and is required, with a default');
    } else noteProperty(objects, 'property-added', name, 'was added', 'present');
    return;
  }
  if (!old.required.has(name) && need.mustSend) compareNeed(objects, name);
  else noteProperty(objects, 'property-declared', name, 'is declared', 'present');
  enterProperty(objects, name, old.additional, after, true);
}

interface Need {
  /** A caller who leaves it out is refused. */
  readonly mustSend: boolean;
  /** A receiver always gets it. */
  readonly isPresent: boolean;
  readonly hasDefault: boolean;
}

function needOf(form: NormalForm, { properties, required }: ObjectShape, name: string, fills = true): Need {
  const property = properties.get(name);
  const hasDefault = fills && property !== undefined && form.nodeOf(property).notes['default'] !== undefined;
  const isRequired = required.has(name);
  return { mustSend: isRequired && !hasDefault, isPresent: isRequired || hasDefault, hasDefault };
}

/** Whether it says all that is to be said of a default that went. */
function compareNeed(objects: Objects, name: string): boolean {
  const { walk, pair, old, new: next } = objects;
  const before = needOf(walk.old, old, name);
  const after = needOf(walk.new, next, name, pair.fills);
  if (!before.mustSend && after.mustSend) {
    noteProperty(objects, 'property-became-required', name, 'became required');
    return true;
  }
  if (!old.required.has(name) && next.required.has(name)) {
    noteProperty(objects, 'property-became-required-with-default', name, 'became required, with a default');
  } else if (old.required.has(name) && !after.isPresent) {
    noteProperty(objects, 'property-became-optional', name, 'became optional');
    return true;
  } else if (old.required.has(name) && !next.required.has(name)) {
    const words = 'became optional, with a default';
    noteProperty(objects, 'property-became-optional-with-default', name, words);
  }
  return false;
}

function enterProperty(
  { walk, pair, old, new: next }: Objects,
  name: string,
  before: JsonSchema,
  after: JsonSchema,
  skipsDefault: boolean,
): void {
  const tokens = (shape: ObjectShape): readonly string[] =>
    shape.properties.has(name) ? ['properties', name] : ['additionalProperties'];
  walk.enter({
    ...pair,
    old: before,
    new: after,
    subject: subjectOf(pair.subject, name),
    oldPointer: pair.oldPointer + below(...old.trail, ...tokens(old)),
    newPointer: pair.newPointer + below(...next.trail, ...tokens(next)),
    frames: [...pair.frames, { step: { kind: 'property', name }, old, new: next }],
    skipsDefault,
  });
}

/** `input.name`, or `input["two words"]` for what is no identifier. */
function subjectOf(subject: string, name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)
    ? `${subject}.${name}`
    : `${subject}[${JSON.stringify(name)}]`;
}

function noteProperty(
  { walk, pair, old, new: next }: Objects,
  id: ChangeId,
  name: string,
  words: string,
  shownBy: 'present' | 'missing' = 'missing',
): void {
  const subject = subjectOf(pair.subject, name);
  const placeOf = (shape: ObjectShape): { pointer: string; at: 'key' } => ({
    pointer: below(...shape.trail, 'properties', ...(shape.properties.has(name) ? [name] : [])),
    at: 'key',
  });
  walk.note(pair, {
    id,
    subject,
    text: `\`${subject}\` ${words}`,
    probe: { kind: shownBy === 'present' ? 'with' : 'without', name, old, new: next },
    old: placeOf(old),
    new: placeOf(next),
  });
}

// -- renamed properties

function renamesOf({ walk, old, new: next }: Objects, tag: string | undefined): ReadonlyMap<string, string> {
  if (!walk.seeksRenames || old.additional !== false || next.additional !== false) return new Map();
  const without = (shape: ObjectShape, other: ObjectShape): readonly string[] =>
    [...shape.properties.keys()].filter((name) => name !== tag && !other.properties.has(name)).sort();
  return findRenames(
    without(old, next),
    without(next, old),
    { form: walk.old, properties: old.properties },
    { form: walk.new, properties: next.properties },
    walk.admitSame,
  );
}

function noteRename(objects: Objects, name: string, newName: string): void {
  const { walk, pair, old, new: next } = objects;
  const subject = subjectOf(pair.subject, name);
  walk.note(pair, {
    id: old.required.has(name) ? 'required-property-renamed' : 'property-renamed',
    subject,
    text: `\`${subject}\` was renamed to \`${newName}\``,
    // Who sends uses the old name; who receives misses it where it was always there.
    probe: { kind: 'with', name, old, new: next },
    old: { pointer: below(...old.trail, 'properties', name), at: 'key' },
    new: { pointer: below(...next.trail, 'properties', newName), at: 'key' },
  });
}

// -- what is not declared

function compareAdditional({ walk, pair, old, new: next }: Objects): void {
  const subject = `\`${pair.subject}\``;
  const place = { pointer: below('additionalProperties'), at: 'value' } as const;
  const probe = { kind: 'with', old, new: next } as const;
  if (old.additional === false && next.additional !== false) {
    const text = `${subject} may have properties that are not declared`;
    walk.note(pair, { id: 'additional-properties-allowed', text, probe, old: place, new: place });
  } else if (old.additional !== false && next.additional === false) {
    const text = `${subject} may no longer have properties that are not declared`;
    walk.note(pair, { id: 'additional-properties-refused', text, probe, old: place, new: place });
  } else if (old.additional !== false && next.additional !== false) {
    if (old.additional === anything && next.additional === anything) return;
    walk.enter({
      ...pair,
      old: old.additional,
      new: next.additional,
      subject: `${pair.subject}.*`,
      oldPointer: pair.oldPointer + below(...old.trail, 'additionalProperties'),
      newPointer: pair.newPointer + below(...next.trail, 'additionalProperties'),
      frames: [...pair.frames, { step: { kind: 'additional' }, old, new: next }],
      skipsDefault: false,
    });
  }
}

function compareNames({ walk, pair, old, new: next }: Objects): void {
  if (old.names === undefined && next.names === undefined) return;
  walk.enter({
    ...pair,
    old: old.names ?? anything,
    new: next.names ?? anything,
    subject: `${pair.subject} (names)`,
    oldPointer: pair.oldPointer + below(...old.trail, 'propertyNames'),
    newPointer: pair.newPointer + below(...next.trail, 'propertyNames'),
    frames: [...pair.frames, { step: { kind: 'name' }, old, new: next }],
    isName: true,
    skipsDefault: true,
  });
}

// -- defaults and counts

/** Properties are counted after defaults are filled in, so defaults and counts cannot be judged one by one. */
function compareDefaultsWithCounts({ walk, pair, old, new: next }: Objects): void {
  const [before, after] = [defaultsOf(walk.old, old), defaultsOf(walk.new, next)];
  const counts = [old, next].some(
    ({ minProperties, maxProperties }) => minProperties > 0 || maxProperties !== undefined,
  );
  if (!counts || before.join('\n') === after.join('\n')) return;
  walk.note(pair, {
    id: 'defaults-and-limits-changed',
    text: `the properties of \`${pair.subject}\` are counted, and other defaults are filled in`,
    probe: { kind: 'any' },
  });
}

function defaultsOf(form: NormalForm, { properties }: ObjectShape): readonly string[] {
  return [...properties]
    .filter(([, schema]) => form.nodeOf(schema).notes['default'] !== undefined)
    .map(([name]) => name)
    .sort();
}

/** The order in which properties are declared is the order in which a model writes them. */
function notePropertyOrder({ walk, pair, old, new: next }: Objects): void {
  const shared = (shape: ObjectShape, other: ObjectShape): string =>
    [...shape.properties.keys()].filter((name) => other.properties.has(name)).join('\n');
  if (shared(old, next) === shared(next, old)) return;
  walk.note(pair, {
    id: 'property-order-changed',
    text: `the properties of \`${pair.subject}\` are in another order`,
    probe: { kind: 'none' },
    old: { pointer: below(...old.trail, 'properties'), at: 'key' },
    new: { pointer: below(...next.trail, 'properties'), at: 'key' },
  });
}
