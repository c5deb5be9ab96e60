// How long a value can get in print, by its type: the bound of what `{{value}}` and `{{json value}}` write, in code points as
// `maxLength` counts them. Infinity where the schema sets no limit.

import { longestOf } from './type-model.ts';
import type { Alternative, ListType, ObjectType, Type } from './type-model.ts';

export function printedLengthMax(type: Type): number {
  return Math.max(0, ...type.map(longestOf));
}

/** Spaces per level of `JSON.stringify`; 0 for one line. */
export function jsonLengthMax(type: Type, indent = 0): number {
  return lengthOf(type, { indent, level: 0, known: new Map(), open: new Set() });
}

interface Printing {
  readonly indent: number;
  readonly level: number;
  /** By list or shape, and level where that counts. */
  readonly known: Map<object, Map<number, number>>;
  /** What is being measured: JSON of a recursive schema has no limit. */
  readonly open: Set<object>;
}

function lengthOf(type: Type, printing: Printing): number {
  return Math.max(0, ...type.map((one) => lengthOfAlternative(one, printing)));
}

/** A control character becomes `\u0000`. */
const escapedLengthMax = 6;

function lengthOfAlternative(one: Alternative, printing: Printing): number {
  switch (one.kind) {
    case 'null':
      return 'null'.length;
    case 'string':
      return one.value === undefined
        ? 2 + escapedLengthMax * longestOf(one)
        : [...JSON.stringify(one.value)].length;
    case 'list':
      return once(one, printing, () => lengthOfList(one, printing));
    case 'object':
      return once(one.shape, printing, () => lengthOfObject(one, printing));

    default:
      return longestOf(one);
  }
}

/** Types share their parts, so that a small one can be very large when it is written out. */
function once(identity: object, { known, open, level, indent }: Printing, measure: () => number): number {
  const lengths = known.get(identity) ?? new Map<number, number>();
  known.set(identity, lengths);
  const at = indent > 0 ? level : 0;
  if (open.has(identity)) return Infinity;
  open.add(identity);
  const length = lengths.get(at) ?? measure();
  open.delete(identity);
  lengths.set(at, length);
  return length;
}

function lengthOfList(list: ListType, printing: Printing): number {
  if (list.max === 0) return 2;
  if (list.max === undefined) return Infinity;
  const item = lengthOf(list.items(), deeper(printing));

  return 2 + list.max * (item + separatorLength(printing)) + closingLength(printing);
}

function lengthOfObject({ shape }: ObjectType, printing: Printing): number {
  if (shape.additional !== undefined) return Infinity;
  const inside = deeper(printing);
  const colon = printing.indent > 0 ? 2 : 1;
  const properties = shape.names.map((name) => {
    const key = [...JSON.stringify(name)].length + colon;
    return key + lengthOf(shape.property(name) ?? [], inside) + separatorLength(printing);
  });
  return 2 + properties.reduce((sum, length) => sum + length, 0) + closingLength(printing);
}

function deeper(printing: Printing): Printing {
  return { ...printing, level: printing.level + 1 };
}

/** A comma and, with an indent, a line end and the white space of the next line. */
function separatorLength({ indent, level }: Printing): number {
  return indent > 0 ? 2 + indent * (level + 1) : 1;
}

function closingLength({ indent, level }: Printing): number {
  return indent > 0 ? 1 + indent * level : 0;
}
