// Follows a model's JSON character by character, with the contract in hand, and hands on what is certain of it: the same
// value in the contract's form, as compact JSON that grows. Each character is looked at once.

import type { Json, JsonSchema } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { fillDefaults, hasDefaults } from '../schema/fill-defaults.ts';
import { isRecord, jsonDepthMax, jsonTypeOf, ownProperty } from '../schema/json-schema.ts';
import { alternativesOf, tagsOf, typesOf } from '../schema/select-branch.ts';
import { admitsNull, boxProperty } from '../schema/strict-form.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import { coerceOutput } from './coerce-output.ts';

export interface GrowingJson {
  take(piece: string): string;
}

/** Names and values that are handed on only when they are whole are not longer. */
const HELD_CHARACTERS_MAX = 4_096;

export function createGrowingJson(contract: JsonSchema, form: OutputForm): GrowingJson {
  const growth: Growth = {
    contract,
    form,
    roots: alternativesOf(contract, contract),
    state: 'seeking',
    frames: [],
    held: '',
    escape: '',
    text: 'growing',
    out: '',
    hasEmitted: false,
    expected: [],
    trials: 0,
  };
  return {
    take(piece) {
      for (let at = 0; at < piece.length && growth.state !== 'over';) at = step(growth, piece, at);
      const { out } = growth;
      growth.out = '';
      growth.hasEmitted ||= out !== '';
      return out;
    },
  };
}

interface Growth {
  readonly contract: JsonSchema;
  readonly form: OutputForm;
  /** What the whole may be. */
  readonly roots: readonly JsonSchema[];
  /** `between` is between the tokens of the value. */
  state: 'seeking' | 'between' | 'string' | 'word' | 'over';
  readonly frames: Frame[];
  /** The token that is handed on when it is whole, so far. */
  held: string;
  /** An escape that is not whole yet, with its backslash. */
  escape: string;
  /** What becomes of the characters of a text. */
  text: 'growing' | 'held' | 'name';
  out: string;
  /** Something was handed on by an earlier piece: the value can no longer turn out to be something else. */
  hasEmitted: boolean;
  /** What the value that is read may be. */
  expected: readonly JsonSchema[];
  /** How often a bracket turned out to open something else. */
  trials: number;
}

/** After so many brackets in sentences nothing is looked for any more. */
const TRIALS_MAX = 100;

/** An object or list that is open. */
interface Frame {
  /** `wrapper` has one property, which stands for the whole and is not written; `object?` may turn out to be one. */
  kind: 'object' | 'object?' | 'list' | 'wrapper';
  /** What it may be, references followed; for a wrapper what its value may be. */
  branches: readonly JsonSchema[];
  /** The name of that one property. */
  readonly wrapper: string;
  expects: 'name' | 'colon' | 'value' | 'separator';
  name: string;
  readonly names: Set<string>;
  readonly written: Set<string>;
  /** What the items of a list may be, once it was asked. */
  items?: readonly JsonSchema[];
  /** Its bracket was written. */
  opened: boolean;
  entries: number;
}

/** The model wrote what the contract does not have: another value is looked for, or the growth ends. */
class Unexpected extends Error {}

function step(growth: Growth, piece: string, at: number): number {
  try {
    switch (growth.state) {
      case 'seeking':
        return seek(growth, piece, at);
      case 'string':
        return readText(growth, piece, at);
      case 'word':
        return readWord(growth, piece, at);
      default:
        return readBetween(growth, piece, at);
    }
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const isSentence = !growth.hasEmitted && growth.out === '';
    growth.frames.length = 0;
    growth.trials += 1;
    growth.state = isSentence && growth.trials < TRIALS_MAX ? 'seeking' : 'over';
    return at;
  }
}

function seek(growth: Growth, piece: string, at: number): number {
  const { roots, form } = growth;
  // Where the whole may be a text, brackets behind a quote may be part of it; such a text is not followed.
  const opener = roots.some((branch) => typesOf(branch)?.has('string') ?? true) ? openerOrQuote : openerAlone;
  opener.lastIndex = at;
  const found = opener.exec(piece)?.index;
  if (found === undefined) return piece.length;
  if (piece[found] === '"') {
    growth.state = 'over';
    return piece.length;
  }
  const isOpened = open(growth, piece.charAt(found), roots, form.wrapper);
  growth.state = isOpened ? 'between' : 'seeking';
  return found + 1;
}

const openerAlone = /[{[]/g;
const openerOrQuote = /[{["]/g;

/** Opens a frame if one of the branches is of its kind. */
function open(
  growth: Growth,
  bracket: string,
  branches: readonly JsonSchema[],
  wrapper: string | undefined,
): boolean {
  const type = bracket === '{' ? 'object' : 'array';
  const fitting = branches.filter((branch) => typesOf(branch)?.has(type) ?? true);
  const isWrapper = wrapper !== undefined && bracket === '{';
  if ((fitting.length === 0 && !isWrapper) || growth.frames.length >= jsonDepthMax) return false;
  growth.frames.push({
    kind: bracket === '[' ? 'list' : isWrapper ? 'object?' : 'object',
    branches: isWrapper ? branches : fitting,
    wrapper: wrapper ?? '',
    expects: bracket === '[' ? 'value' : 'name',
    name: '',
    names: new Set(),
    written: new Set(),
    opened: false,
    entries: 0,
  });
  const isRoot = growth.frames.length === 1 || growth.frames.every(({ opened }) => !opened);
  if (bracket === '[' && !isRoot) ensureOpened(growth, growth.frames.length - 1);
  return true;
}

/** Writes the bracket of a frame, and before it those of the frames around it. */
function ensureOpened(growth: Growth, index: number): void {
  const frame = growth.frames[index];
  if (frame === undefined || frame.opened || frame.kind === 'wrapper') return;
  writePrefix(growth, index - 1);
  frame.opened = true;
  growth.out += frame.kind === 'list' ? '[' : '{';
}

/** Writes what stands before an entry of a frame: brackets, a comma, its name. */
function writePrefix(growth: Growth, index: number): void {
  const frame = growth.frames[index];
  if (frame === undefined) return;
  if (frame.kind === 'wrapper') return writePrefix(growth, index - 1);
  ensureOpened(growth, index);
  growth.out += `${frame.entries > 0 ? ',' : ''}${frame.kind === 'list' ? '' : `${JSON.stringify(frame.name)}:`}`;
  frame.entries += 1;
  if (frame.kind !== 'list') frame.written.add(frame.name);
}

function readBetween(growth: Growth, piece: string, at: number): number {
  const character = piece.charAt(at);
  if (/[\s\ufeff]/.test(character)) return at + 1;
  const frame = growth.frames.at(-1);
  if (frame === undefined) throw new Unexpected();
  switch (frame.expects) {
    case 'name':
      if (character === '}') return close(growth, frame, at);
      if (character !== '"') throw new Unexpected();
      return beginText(growth, 'name', at);
    case 'colon':
      if (character !== ':') throw new Unexpected();
      frame.expects = 'value';
      return at + 1;
    case 'value':
      if (character === ']' && frame.kind === 'list') return close(growth, frame, at);
      return beginValue(growth, frame, piece, at);
    default:
      if (character === (frame.kind === 'list' ? ']' : '}')) return close(growth, frame, at);
      if (character !== ',' || frame.kind === 'wrapper') throw new Unexpected();
      frame.expects = frame.kind === 'list' ? 'value' : 'name';
      return at + 1;
  }
}

function close(growth: Growth, frame: Frame, at: number): number {
  const { frames } = growth;
  if (frame.kind === 'object' || frame.kind === 'object?') endObject(growth, frame);
  ensureOpened(growth, frames.length - 1);
  if (frame.kind !== 'wrapper') growth.out += frame.kind === 'list' ? ']' : '}';
  frames.pop();
  endValue(growth);
  return at + 1;
}

/** An object without the properties that it must have is none; those with a default are there at the end. */
function endObject(growth: Growth, frame: Frame): void {
  const objects = frame.branches.filter((branch) => typesOf(branch)?.has('object') ?? true);
  const [branch, ...others] = objects.filter(
    ({ required }) => frame.names.size > 0 || !Array.isArray(required),
  );
  if (branch === undefined) throw new Unexpected();
  if (others.length > 0 || !hasDefaults(branch)) return;
  const defaults: { [name: string]: Json } = {};
  fillDefaults(branch, defaults, growth.contract);
  for (const [name, value] of Object.entries(defaults)) {
    if (frame.written.has(name)) continue;
    frame.name = name;
    writePrefix(growth, growth.frames.length - 1);
    growth.out += JSON.stringify(value);
  }
}

function endValue(growth: Growth): void {
  const frame = growth.frames.at(-1);
  growth.state = frame === undefined ? 'over' : 'between';
  if (frame !== undefined) frame.expects = 'separator';
}

function beginText(growth: Growth, text: Growth['text'], at: number): number {
  growth.state = 'string';
  growth.text = text;
  growth.held = text === 'growing' ? '' : '"';
  growth.escape = '';
  return at + 1;
}

/** What the value that comes next may be. */
function expected({ contract }: Growth, frame: Frame): readonly JsonSchema[] {
  if (frame.kind === 'wrapper') return frame.branches;
  if (frame.items !== undefined) return frame.items;
  const schemas = frame.branches.map((branch) =>
    frame.kind === 'list' ? (branch['items'] ?? {}) : propertyOf(branch, frame.name),
  );
  const alternatives = schemas.filter(isRecord).flatMap((schema) => alternativesOf(schema, contract));
  if (frame.kind === 'list') frame.items = alternatives;
  return alternatives;
}

/** The schema of a property; undefined when the object may not have it. */
function propertyOf({ properties, additionalProperties }: JsonSchema, name: string): JsonSchema | undefined {
  const property = isRecord(properties) ? ownProperty(properties, name) : undefined;
  if (isRecord(property)) return property;
  if (additionalProperties === false) return undefined;
  return isRecord(additionalProperties) ? additionalProperties : {};
}

function beginValue(growth: Growth, frame: Frame, piece: string, at: number): number {
  const character = piece.charAt(at);
  const branches = expected(growth, frame);
  growth.expected = branches;
  if (character === '{' || character === '[') {
    if (!open(growth, character, branches, isBoxed(growth, frame) ? boxProperty : undefined))
      throw new Unexpected();
    return at + 1;
  }
  if (character === '"') {
    const isPlain = branches.some((branch) => {
      const isListed = branch['enum'] !== undefined || branch['const'] !== undefined;
      return !isListed && (typesOf(branch)?.has('string') ?? true);
    });
    if (!isPlain) return beginText(growth, 'held', at);
    writePrefix(growth, growth.frames.length - 1);
    growth.out += '"';
    return beginText(growth, 'growing', at);
  }
  if (!/[-\da-z]/.test(character)) throw new Unexpected();
  growth.state = 'word';
  growth.held = '';
  return at;
}

/** Whether the value of this property stands in a box, so that null can say that there is none. */
function isBoxed({ contract, form }: Growth, frame: Frame): boolean {
  return (
    form.strict &&
    frame.kind === 'object' &&
    frame.branches.some((branch) => {
      const property = propertyOf(branch, frame.name);
      return isOptional(branch, frame.name) && property !== undefined && admitsNull(property, contract);
    })
  );
}

function isOptional({ required }: JsonSchema, name: string): boolean {
  return !(Array.isArray(required) && required.includes(name));
}

function readText(growth: Growth, piece: string, at: number): number {
  if (growth.escape !== '') return readEscape(growth, piece, at);
  interruption.lastIndex = at;
  const end = interruption.exec(piece)?.index ?? piece.length;
  write(growth, piece.slice(at, end));
  if (end === piece.length) return end;
  const character = piece.charAt(end);
  if (character === '\\') growth.escape = '\\';
  else if (character === '"') endText(growth);
  else write(growth, JSON.stringify(character).slice(1, -1));
  return end + 1;
}

// eslint-disable-next-line no-control-regex
const interruption = /["\\\u0000-\u001f]/g;

function readEscape(growth: Growth, piece: string, at: number): number {
  growth.escape += piece.charAt(at);
  if (!/^\\(?:["\\/bfnrt]|u[\da-fA-F]{0,4})$/.test(growth.escape)) throw new Unexpected();
  const isWhole = growth.escape[1] !== 'u' || growth.escape.length === 6;
  if (isWhole) {
    const character = JSON.parse(`"${growth.escape}"`) as string;
    // Half of a pair stays half of a pair; the other half follows.
    write(growth, /[\ud800-\udfff]/.test(character) ? character : JSON.stringify(character).slice(1, -1));
    growth.escape = '';
  }
  return at + 1;
}

function write(growth: Growth, text: string): void {
  if (growth.text === 'growing') growth.out += text;
  else growth.held += text;
  if (growth.held.length > HELD_CHARACTERS_MAX) throw new Unexpected();
}

function endText(growth: Growth): void {
  if (growth.text === 'growing') {
    growth.out += '"';
    endValue(growth);
    return;
  }
  const value = JSON.parse(`${growth.held}"`) as string;
  if (growth.text === 'name') nameEntry(growth, value);
  else settle(growth, value);
}

/** A name of the contract, which may tell its branches apart; a name twice, or an unknown one, ends the growth. */
function nameEntry(growth: Growth, name: string): void {
  growth.state = 'between';
  const frame = growth.frames.at(-1);
  if (frame === undefined || frame.names.has(name)) throw new Unexpected();
  const objects = frame.branches.filter((branch) => typesOf(branch)?.has('object') ?? true);
  const owners = objects.filter((branch) => propertyOf(branch, name) !== undefined);
  frame.expects = 'colon';
  frame.names.add(name);
  frame.name = name;
  if (frame.kind === 'object?') {
    const isWrapper = name === frame.wrapper;
    if (isWrapper && owners.length > 0) throw new Unexpected();
    frame.kind = isWrapper ? 'wrapper' : 'object';
    if (isWrapper) return;
  }
  if (owners.length === 0) throw new Unexpected();
  frame.branches = owners;
  ensureOpened(growth, growth.frames.length - 1);
}

function readWord(growth: Growth, piece: string, at: number): number {
  notWord.lastIndex = at;
  const end = notWord.exec(piece)?.index ?? piece.length;
  growth.held += piece.slice(at, end);
  if (growth.held.length > HELD_CHARACTERS_MAX) throw new Unexpected();
  if (end < piece.length) settle(growth, parseWord(growth.held));
  return end;
}

const notWord = /[^-+.\dA-Za-z]/g;

function parseWord(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Some other spelling: only the whole text can be repaired.
    throw new Unexpected();
  }
}

/** Writes a value that is whole, in the contract's spelling. */
function settle(growth: Growth, value: Json): void {
  const { contract, frames } = growth;
  const frame = frames.at(-1);
  if (frame === undefined) throw new Unexpected();
  const branches = growth.expected;
  if (value === null && frame.kind === 'object' && isLeftOut(growth, frame)) return endValue(growth);
  const settled = fits(branches, value) ? value : coerceOutput(unionOf(branches), value, contract).value;
  if (!fits(branches, settled)) throw new Unexpected();
  if (frame.kind === 'object') frame.branches = tagged(frame.branches, frame.name, settled);
  writePrefix(growth, frames.length - 1);
  growth.out += JSON.stringify(settled);
  endValue(growth);
}

function unionOf(branches: readonly JsonSchema[]): JsonSchema {
  const [only, ...others] = branches;
  return only !== undefined && others.length === 0 ? only : { anyOf: branches };
}

/** Whether null says that the property is absent. */
function isLeftOut({ contract, form }: Growth, { branches, name }: Frame): boolean {
  const verdicts = branches.map((branch) => {
    const property = propertyOf(branch, name);
    return (
      isOptional(branch, name) && (form.strict || (property !== undefined && !admitsNull(property, contract)))
    );
  });
  if (new Set(verdicts).size > 1) throw new Unexpected();
  return verdicts[0] === true;
}

function fits(branches: readonly JsonSchema[], value: Json): boolean {
  const type = jsonTypeOf(value);
  const text = canonicalJson(value);
  return branches.some((branch) => {
    const types = typesOf(branch);
    if (types !== undefined && (type === undefined || !types.has(type))) return false;
    const listed = branch['const'] === undefined ? branch['enum'] : [branch['const']];
    return !Array.isArray(listed) || listed.some((each) => canonicalJson(each) === text);
  });
}

/** The branches that remain when a property has this value. */
function tagged(branches: readonly JsonSchema[], name: string, value: Json): readonly JsonSchema[] {
  const text = canonicalJson(value);
  return branches.filter((branch) => {
    const tags = tagsOf(branch, name);
    return tags.length === 0 || tags.some((tag) => canonicalJson(tag) === text);
  });
}
