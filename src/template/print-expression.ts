// Expressions and types in the words of messages.

import type { Expression, Segment } from './template.ts';
import type { Alternative, Type } from './type-model.ts';

/** The expression as an author writes it. */
export function wordsOf(expression: Expression): string {
  if (expression.kind === 'literal') return JSON.stringify(expression.value) ?? 'undefined';
  if (expression.kind === 'call') {
    const inner = expression.parameters.map((each) =>
      each.kind === 'call' ? `(${wordsOf(each)})` : wordsOf(each),
    );
    const options = expression.options.map(({ name, value }) => `${name}=${wordsOf(value)}`);
    return [expression.helper, ...inner, ...options].join(' ');
  }
  const names = wordsOfSegments(expression.segments);
  const origin = expression.origin === 'scope' ? '' : `@${expression.origin}`;
  const climb = '../'.repeat(expression.depth);
  if (origin !== '') {
    const variable = climb === '' ? origin : `@${climb}${expression.origin}`;
    return names === '' ? variable : `${variable}.${names}`;
  }
  if (climb !== '') return names === '' ? climb.slice(0, -1) : `${climb}${names}`;
  return names === '' ? 'this' : expression.explicit ? `this.${names}` : names;
}

export function wordsOfSegments(segments: readonly Segment[]): string {
  return segments.map(({ name }) => wordOfName(name)).join('.');
}

/** A name as it is written in a path. */
export function wordOfName(name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name) && name !== 'this' ? name : `[${name}]`;
}

const listedMax = 12;

export function listed(names: readonly string[]): string {
  return names.length <= listedMax ? names.join(', ') : `${names.slice(0, listedMax).join(', ')}, …`;
}

export const kindWords: { readonly [kind in Alternative['kind']]: string } = {
  null: 'null',
  undefined: 'nothing',
  unknown: 'a value of any kind',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
  list: 'a list',
  object: 'an object',
};

/** What a value always is when its condition cannot go both ways. */
export function wordsOfType(type: Type, holds: boolean): string {
  const words = type.map((one) => {
    switch (one.kind) {
      case 'string':
        return holds ? 'text with at least one character' : 'the empty text';
      case 'number':
        return holds ? 'a number other than 0' : '0';
      case 'boolean':
        return String(one.value);
      case 'list':
        return holds ? 'a list with at least one item' : 'an empty list';
      case 'undefined':
        return 'absent';
      default:
        return kindWords[one.kind];
    }
  });
  return [...new Set(words)].join(' or ');
}
