// A regular expression as a small tree: what the automaton, the lengths and the tests need of it. Reading is done by
// @eslint-community/regexpp; nothing is ever run on a text here.

import type { AST } from '@eslint-community/regexpp';
import { RegExpParser } from '@eslint-community/regexpp';
import { setOf } from './character-set.ts';
import type { CharacterSet, Flags } from './character-set.ts';

/** Offsets into the pattern. */
export interface PatternPlace {
  readonly start: number;
  readonly end: number;
}

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet; readonly place: PatternPlace }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      /** `Infinity` for `*` and `+`. */
      readonly max: number;
      readonly lazy: boolean;
      readonly place: PatternPlace;
    }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  /** `\b`, `\B`, and the line anchors of `(?m:…)`. */
  | { readonly kind: 'boundary' }
  | { readonly kind: 'look'; readonly body: PatternNode; readonly place: PatternPlace }
  | { readonly kind: 'backreference'; readonly place: PatternPlace };

export type ReadPattern =
  | { readonly kind: 'pattern'; readonly root: PatternNode }
  /** `message` is the words of the JavaScript engine. */
  | { readonly kind: 'mistake'; readonly message: string; readonly at?: number };

const parser = new RegExpParser({ ecmaVersion: 2025 });
const noFlags: Flags = { ignoreCase: false, dotAll: false, multiline: false };

/** Reads a pattern as `new RegExp(pattern, 'u')` does. */
export function readPattern(pattern: string): ReadPattern {
  const message = engineMessage(pattern);
  if (message !== undefined) return { kind: 'mistake', message, ...placeOfMistake(pattern) };
  const { alternatives } = parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
  return { kind: 'pattern', root: choice(alternatives, noFlags) };
}

/** What is wrong, in the words of the engine that will run it; undefined when nothing is. */
function engineMessage(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^Invalid regular expression: /, '').replace(`/${pattern}/u: `, '');
  }
}

function placeOfMistake(pattern: string): { readonly at?: number } {
  try {
    parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
    return {};
  } catch (error) {
    const { index } = error as { readonly index?: unknown };
    return typeof index === 'number' ? { at: Math.min(index, pattern.length) } : {};
  }
}

// -- nodes

function choice(alternatives: readonly AST.Alternative[], flags: Flags): PatternNode {
  const branches = alternatives.map(({ elements }) => sequence(elements, flags));
  const [only, ...others] = branches;
  return only !== undefined && others.length === 0 ? only : { kind: 'choice', branches };
}

function sequence(elements: readonly AST.Element[], flags: Flags): PatternNode {
  const parts = elements.map((element) => read(element, flags));
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : { kind: 'sequence', parts };
}

function read(node: AST.Element, flags: Flags): PatternNode {
  const place = { start: node.start, end: node.end };
  switch (node.type) {
    case 'Group':
      return choice(node.alternatives, withModifiers(flags, node.modifiers));
    case 'CapturingGroup':
      return choice(node.alternatives, flags);
    case 'Quantifier':
      return {
        kind: 'repeat',
        body: read(node.element, flags),
        min: node.min,
        max: node.max,
        lazy: !node.greedy,
        place,
      };
    case 'Assertion':
      return readAssertion(node, flags);
    case 'Backreference':
      return { kind: 'backreference', place };
    default:
      return { kind: 'set', set: setOf(node, flags), place };
  }
}

function readAssertion(node: AST.Assertion, flags: Flags): PatternNode {
  if (!('alternatives' in node)) {
    return { kind: node.kind === 'word' || flags.multiline ? 'boundary' : node.kind };
  }
  const place = { start: node.start, end: node.end };
  return { kind: 'look', body: choice(node.alternatives, flags), place };
}

function withModifiers(flags: Flags, modifiers: AST.Modifiers | null): Flags {
  const change = (name: keyof Flags): boolean =>
    modifiers?.add[name] === true || (flags[name] && modifiers?.remove?.[name] !== true);
  return { ignoreCase: change('ignoreCase'), dotAll: change('dotAll'), multiline: change('multiline') };
}
