// What this room says of a schema that an author wrote. The compiler knows the file and makes a diagnostic of it; edits
// are data here, because only the compiler knows how the schema is laid out.

import type { Json } from './json-schema.ts';

export interface SchemaProblem {
  /** JSON pointer into the schema. */
  readonly pointer: string;
  /** Whether the key at the pointer is what is wrong, or its value (which is meant when nothing is said). */
  readonly at?: 'key' | 'value';
  /** The part of the text at the pointer that is wrong, in offsets into that text. */
  readonly part?: { readonly start: number; readonly end: number };
  /** Absent means `error`. */
  readonly severity?: 'error' | 'deny' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly label?: string;
  readonly notes?: readonly string[];
  readonly help?: string;
  /** Other places that explain the problem, each with a few words. */
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly SchemaFix[];
  /** The shared schema (`schema:NAME`) that holds the mistake; `pointer` is the `$ref` that leads there. */
  readonly document?: string;
}

export interface RelatedPlace {
  readonly pointer: string;
  readonly at?: 'key' | 'value';
  readonly message: string;
}

export interface SchemaFix {
  readonly message: string;
  /** `safe` keeps the meaning that the author plainly had. */
  readonly safety: 'safe' | 'maybe';
  readonly edits: readonly SchemaEdit[];
}

/** A change of the schema as written. Pointers are those of the schema before any edit. */
export type SchemaEdit =
  | { readonly kind: 'rename-key'; readonly pointer: string; readonly name: string }
  | { readonly kind: 'replace-value'; readonly pointer: string; readonly value: Json }
  /** Takes away a key with its value, or an item of a list; a list that would be empty goes with its key. */
  | { readonly kind: 'delete'; readonly pointer: string }
  /** Puts a key into a map: before the key `before` when that is named, else as the last. */
  | {
      readonly kind: 'insert-key';
      readonly pointer: string;
      readonly name: string;
      readonly value: Json;
      readonly before?: string;
    }
  | { readonly kind: 'append-item'; readonly pointer: string; readonly value: Json }
  /** Makes the value at the pointer the only item of a list. */
  | { readonly kind: 'wrap-in-list'; readonly pointer: string };
