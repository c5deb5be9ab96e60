// JSON as a type, for a floor that imports nothing.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface JsonSchemaLike {
  readonly [keyword: string]: unknown;
}
