// Which characters a part of a pattern accepts. A set is a question and the places where its answer changes, so that a few
// characters can stand for all of them.

import type { AST } from '@eslint-community/regexpp';

export interface CharacterSet {
  readonly has: (codePoint: number) => boolean;
  /** Code points at which membership may begin or end; enough to meet every kind of character. */
  readonly edges: readonly number[];
}

export interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

type SetNode =
  | AST.Character
  | AST.CharacterSet
  | AST.CharacterClass
  | AST.ExpressionCharacterClass
  | AST.CharacterClassRange;

/** The set of one element of a pattern. */
export function setOf(node: AST.Element | SetNode, flags: Flags): CharacterSet {
  switch (node.type) {
    case 'Character':
      return foldCase(ranges([[node.value, node.value]]), flags);
    case 'CharacterClassRange':
      return foldCase(ranges([[node.min.value, node.max.value]]), flags);
    case 'CharacterClass': {
      const parts = node.elements.map((element) => setOf(element as SetNode, flags));
      const inside = union(parts);
      return node.negate ? complement(inside) : inside;
    }
    case 'CharacterSet':
      return escapeSet(node, flags);
    default:
      // Only the flag `v` has other elements, and patterns are read with `u`.
      return everything;
  }
}

const everything: CharacterSet = { has: () => true, edges: [] };
const lineEnds = ranges([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);
const digits = ranges([[0x30, 0x39]]);
const wordCharacters = ranges([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
const spaces = ranges([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);

function escapeSet(node: AST.CharacterSet, flags: Flags): CharacterSet {
  if (node.kind === 'any') return flags.dotAll ? everything : complement(lineEnds);
  if (node.kind === 'property') return propertySet(node.raw);
  const inside = { digit: digits, space: spaces, word: wordCharacters }[node.kind];
  return node.negate ? complement(inside) : inside;
}

/** `\p{…}` is asked of the engine; characters of many kinds stand for the rest. */
function propertySet(raw: string): CharacterSet {
  const expression = new RegExp(`^${raw}$`, 'u');
  return { has: (codePoint) => expression.test(String.fromCodePoint(codePoint)), edges: manyKinds };
}

/** Letters, marks, digits, signs and blanks of many scripts. */
const manyKinds: readonly number[] = [
  ...' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\n\t\0',
  ...'ÀàßÿŁłǅʰΑωЖя҂אتपกあア中文漢한̀҈٣५Ⅷ²½§©®™€¥£←∑─☃♥★、。「」—–…“”’‰\u200B\u200D\u2028\u00A0\u3000\uE000',
  ...'𝐀𝟘😀👍🇩🏽𐍈',
].flatMap((character) => character.codePointAt(0) ?? []);

function ranges(list: readonly (readonly [low: number, high: number])[]): CharacterSet {
  return {
    has: (codePoint) => list.some(([low, high]) => low <= codePoint && codePoint <= high),
    edges: list.flatMap(([low, high]) => [low - 1, low, high, high + 1]),
  };
}

function union(sets: readonly CharacterSet[]): CharacterSet {
  return {
    has: (codePoint) => sets.some((set) => set.has(codePoint)),
    edges: sets.flatMap(({ edges }) => edges),
  };
}

function complement({ has, edges }: CharacterSet): CharacterSet {
  return { has: (codePoint) => !has(codePoint), edges };
}

function foldCase(set: CharacterSet, { ignoreCase }: Flags): CharacterSet {
  if (!ignoreCase) return set;
  return {
    has: (codePoint) => casesOf(codePoint).some((each) => set.has(each)),
    edges: set.edges.flatMap(casesOf),
  };
}

function casesOf(codePoint: number): number[] {
  if (codePoint < 0 || codePoint > 0x10ffff) return [];
  const character = String.fromCodePoint(codePoint);
  return [character, character.toLowerCase(), character.toUpperCase()].flatMap(
    (each) => each.codePointAt(0) ?? [],
  );
}

// -- characters that stand for all

/** Shown in messages where they can be; in this order. */
const preferred = [...'a0A- _.!x1,;:/@#b\n'].flatMap((character) => character.codePointAt(0) ?? []);

const edgesMax = 4096;

/**
 * Characters such that any two characters which some set tells apart are told apart here as well: one for every combination
 * of sets that occurs.
 */
export function representatives(sets: readonly CharacterSet[]): string[] {
  const candidates = new Set([...preferred, ...sets.flatMap(({ edges }) => edges).slice(0, edgesMax)]);
  const byMembership = new Map<string, number>();
  for (const candidate of candidates) {
    if (!isCharacter(candidate)) continue;
    const membership = sets.map(({ has }) => (has(candidate) ? '1' : '0')).join('');
    if (!byMembership.has(membership)) byMembership.set(membership, candidate);
  }
  return [...byMembership.values()].map((codePoint) => String.fromCodePoint(codePoint));
}

function isCharacter(codePoint: number): boolean {
  return codePoint >= 0 && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
}
