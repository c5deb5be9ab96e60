// What this room says of a schema that an author wrote. The compiler knows the file and makes a diagnostic of it.

export interface SchemaProblem {
  /** JSON pointer into the schema. */
  readonly pointer: string;
  /** Whether the key at the pointer is what is wrong, or its value (which is meant when nothing is said). */
  readonly at?: 'key' | 'value';
  /** Absent means `error`. */
  readonly severity?: 'error' | 'deny' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  /** What the key or value could be replaced by, when that is plain. */
  readonly replacement?: string;
  /** Another place that explains the problem, with a few words. */
  readonly related?: { readonly pointer: string; readonly message: string };
  /** The shared schema (`schema:NAME`) that holds the mistake; `pointer` is the `$ref` that leads there. */
  readonly document?: string;
}
