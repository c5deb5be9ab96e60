// A schema becomes a function: JSON in, the value with its defaults filled or every violation out. Ajv gives the verdict,
// explain.ts the reasons.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonicalJson } from './canonical-json.ts';
import { copyJson } from './copy-json.ts';
import { explain } from './explain.ts';
import type { Violation } from './explain.ts';
import { fillDefaults, hasDefaults } from './fill-defaults.ts';
import { formats } from './formats.ts';
import type { Json, JsonSchema } from './json-schema.ts';
import { multipleOfPrecision } from './numbers.ts';
import { hasAtLeast, hasAtMost } from './text-length.ts';

/**
 * Checks one value. It never changes its argument: `value` is a copy with defaults filled. Violations stand in the order of
 * the schema, at most `violationsMax` of them.
 */
export interface Validator {
  (
    value: unknown,
  ): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly violations: Violation[] };
}

/** Compiles a resolved, closed schema of the subset; throws on a schema that `checkSchemaSubset` would refuse. */
export function compileValidator(schema: JsonSchema): Validator {
  const fits = createAjv().compile(schema);
  const fill = hasDefaults(schema) ? (value: Json) => fillDefaults(schema, value) : () => {};
  return (input) => {
    const copied = copyJson(input);
    if ('fault' in copied) return { ok: false, violations: [copied.fault] };
    const { value } = copied;
    fill(value);
    return fits(value) ? { ok: true, value } : refused(schema, value);
  };
}

/** The account is made when somebody reads it: an output that is repaired afterwards needs none. */
function refused(schema: JsonSchema, value: Json): { readonly ok: false; readonly violations: Violation[] } {
  let known: Violation[] | undefined;
  return {
    ok: false,
    get violations() {
      known ??= reasons(schema, value);
      return known;
    },
  };
}

function reasons(schema: JsonSchema, value: Json): Violation[] {
  const violations = explain(schema, value).map(({ pointer, keyword, message }) => ({
    pointer,
    keyword,
    message,
  }));
  if (violations.length > 0) return violations;
  return [{ pointer: '', keyword: 'schema', message: 'This does not fit the schema.' }];
}

/** One instance per schema: an instance keeps what it compiled, and a development server compiles without end. */
function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    ownProperties: true,
    multipleOfPrecision,
  });
  for (const [name, { fits }] of Object.entries(formats)) ajv.addFormat(name, fits);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: hasUniqueItems });
  for (const [keyword, holds] of [
    ['minLength', hasAtLeast],
    ['maxLength', hasAtMost],
  ] as const) {
    ajv.removeKeyword(keyword);
    const compile = (limit: number) => (text: string) => holds(text, limit);
    ajv.addKeyword({ keyword, type: 'string', schemaType: 'number', compile });
  }
  return ajv;
}

/** In place of Ajv's own, which compares every pair: a long list of objects would take minutes. */
function hasUniqueItems(unique: boolean, items: readonly unknown[]): boolean {
  return !unique || new Set(items.map(canonicalJson)).size === items.length;
}
