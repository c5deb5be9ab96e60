// One atomic difference between two schemas, before it is judged: what it is, where, and which values would show it.

import type { Json, JsonSchema } from '../json-schema.ts';
import type { ChangeId } from './change-kinds.ts';
import type { Node } from './normal-form.ts';
import type { ArrayShape, ObjectShape, Shape, ShapeType } from './shape.ts';

/** Where something stands in one of the two schemas. The pointer goes through references as if they were written out. */
export interface SchemaPlace {
  readonly pointer: string;
  /** Whether the key at the pointer is meant, or its value. */
  readonly at: 'key' | 'value';
  /** An item of the list at the pointer. */
  readonly item?: Json;
}

/** A value inside a value: the way from the root to the node that changed. */
export interface Frame {
  readonly step:
    | { readonly kind: 'property'; readonly name: string }
    | { readonly kind: 'additional' }
    | { readonly kind: 'name' }
    | { readonly kind: 'item' };
  readonly old: ObjectShape | ArrayShape;
  readonly new: ObjectShape | ArrayShape;
}

/** Which values show the difference. */
export type Probe =
  /** Nothing that a value could show. */
  | { readonly kind: 'none' }
  | { readonly kind: 'values'; readonly values: readonly Json[] }
  /** Values of these types, as the one schema has them. */
  | { readonly kind: 'types'; readonly types: readonly (ShapeType | 'null')[] }
  /** Values at the limits of a shape. */
  | { readonly kind: 'limits'; readonly old: Shape; readonly new: Shape }
  /** A value of one branch; `tag` where the branch has several. */
  | {
      readonly kind: 'branch';
      readonly shape: Shape;
      readonly tag?: { readonly property: string; readonly value: Json };
    }
  /** An object with, or without, the property; without a name: with one that is not declared. */
  | { readonly kind: 'with'; readonly name?: string; readonly old: ObjectShape; readonly new: ObjectShape }
  | { readonly kind: 'without'; readonly name: string; readonly old: ObjectShape; readonly new: ObjectShape }
  | { readonly kind: 'any' };

export interface Finding {
  readonly id: ChangeId;
  /** What changed, as callers see it: `input.points[].text`. */
  readonly subject: string;
  /** A clause without a full stop, in the past tense. */
  readonly text: string;
  readonly old: SchemaPlace;
  readonly new: SchemaPlace;
  readonly frames: readonly Frame[];
  readonly nodes: { readonly old: Node; readonly new: Node };
  readonly probe: Probe;
  /** Where else the same difference shows: the other places that use the same definition. */
  readonly alsoAt: readonly string[];
}

/** Two schemas that stand at the same place. */
export interface Pair {
  readonly old: JsonSchema;
  readonly new: JsonSchema;
  readonly subject: string;
  readonly oldPointer: string;
  readonly newPointer: string;
  readonly frames: readonly Frame[];
  /** Set for the names of properties, which are always text. */
  readonly isName: boolean;
  /** Whether validation fills defaults in here: not where several branches of a union could be meant. */
  readonly fills: boolean;
  /** What is said about the default elsewhere already. */
  readonly skipsDefault: boolean;
}
