// Types in words, for people who ask what a name stands for.

import type { Alternative, Type } from './type-model.ts';

const listDepthMax = 2;
const propertiesMax = 8;
const literalsMax = 6;

/** `text`, `whole or fractional number or nothing`, `list of map with id, title`: one line. */
export function printType(type: Type, depth = 0): string {
  const isOptional = type.some(isNothing);
  const words = [...new Set(type.filter((one) => !isNothing(one)).map((one) => printOne(one, depth)))];
  const shown =
    words.length > literalsMax
      ? [...words.slice(0, literalsMax), '…']
      : words.length === 0
        ? ['nothing']
        : words;
  return `${shown.join(' | ')}${isOptional && words.length > 0 ? ' (may be absent)' : ''}`;
}

function isNothing(one: Alternative): boolean {
  return one.kind === 'null' || one.kind === 'undefined';
}

function printOne(one: Alternative, depth: number): string {
  switch (one.kind) {
    case 'string':
      return one.value === undefined ? 'text' : JSON.stringify(one.value);
    case 'number':
      return one.value === undefined ? 'number' : String(one.value);
    case 'boolean':
      return String(one.value);
    case 'list':
      return depth >= listDepthMax ? 'list' : `list of ${printType(one.items(), depth + 1)}`;
    case 'object':
      return printObject(one.shape.names, one.shape.additional !== undefined);
    case 'unknown':
      return 'anything';
    default:
      return 'nothing';
  }
}

function printObject(names: readonly string[], isOpen: boolean): string {
  const shown = names.slice(0, propertiesMax).join(', ');
  const more = names.length > propertiesMax ? ', …' : '';
  if (names.length === 0) return isOpen ? 'map' : 'empty map';
  return `map with ${shown}${more}${isOpen ? ' and others' : ''}`;
}
