// What is said of a keyword whose value is not what the keyword holds.

import { appendPointer } from '../json-pointer.ts';
import { isRecord } from '../json-schema.ts';
import type { Json } from '../json-schema.ts';
import type { SchemaEdit, SchemaFix, SchemaProblem } from '../schema-problem.ts';
import type { Reading, SchemaNode } from './read-schema.ts';
import { trustLevels } from './keywords.ts';
import { foreignKeywords } from './foreign-keywords.ts';
import { didYouMean } from '../../diagnostics/words.ts';
import { inWords } from './words.ts';

/** `wanted` is what the keyword holds, in words. */
export function wrongValueProblem(
  name: string,
  value: unknown,
  wanted: string,
  node: SchemaNode,
  reading: Reading,
): SchemaProblem {
  const pointer = appendPointer(node.pointer, name);
  const special = Object.hasOwn(specialCases, name)
    ? specialCases[name]?.(value, pointer, node, reading)
    : undefined;
  if (special !== undefined) return special;
  const fix = plainFix(value, pointer, wanted);
  return {
    pointer,
    code: 'schema/wrong-value',
    message: `\`${name}\` holds ${wanted}; this is ${inWords(value)}.`,
    ...(fix !== undefined && {
      help: fix.message.charAt(0).toLowerCase() + fix.message.slice(1, -1),
      fixes: [fix],
    }),
  };
}

type SpecialCase = (
  value: unknown,
  pointer: string,
  node: SchemaNode,
  reading: Reading,
) => SchemaProblem | undefined;

const specialCases: { readonly [name: string]: SpecialCase } = {
  required: (value, pointer, node) =>
    typeof value === 'boolean' ? requiredFlag(value, pointer, node) : undefined,
  items: (value, pointer) => (Array.isArray(value) ? itemsList(pointer) : undefined),
  properties: (value, pointer) => (Array.isArray(value) ? propertiesList(pointer) : undefined),
  exclusiveMinimum: (value, pointer, node) => exclusiveFlag('minimum', value, pointer, node),
  exclusiveMaximum: (value, pointer, node) => exclusiveFlag('maximum', value, pointer, node),
  enum: (value, pointer) => (typeof value === 'string' ? enumText(value, pointer) : undefined),
  'x-trust': (value, pointer, _node, reading) => trustLevel(value, pointer, reading),
};

function requiredFlag(value: boolean, pointer: string, { schema, owner }: SchemaNode): SchemaProblem {
  const edits: SchemaEdit[] = [{ kind: 'delete', pointer }];
  if (value && owner !== undefined && schema['default'] === undefined) edits.push(...requireInOwner(owner));
  const isMended = value === false || owner !== undefined;
  return {
    pointer,
    code: 'schema/required-flag',
    message: '`required` is a list on the object, not a flag on the property.',
    help: value
      ? `write \`required: [${owner?.name ?? 'NAME'}]\` beside \`properties\``
      : 'leave it out: what the list `required` does not name is optional',
    ...(isMended && {
      fixes: [{ message: value ? 'Move it into the list.' : 'Delete it.', safety: 'safe', edits }],
    }),
  };
}

function requireInOwner({ schema, pointer, name }: NonNullable<SchemaNode['owner']>): SchemaEdit[] {
  const { required } = schema;
  if (Array.isArray(required)) {
    if (required.includes(name)) return [];
    return [{ kind: 'append-item', pointer: appendPointer(pointer, 'required'), value: name }];
  }
  return [{ kind: 'insert-key', pointer, name: 'required', value: [name], before: 'properties' }];
}

function itemsList(pointer: string): SchemaProblem {
  return {
    pointer,
    at: 'key',
    code: 'schema/items-list',
    message: '`items` is one schema for all items; a list of schemas is draft 7.',
    help: foreignKeywords['prefixItems']?.instead ?? '',
  };
}

function propertiesList(pointer: string): SchemaProblem {
  return {
    pointer,
    at: 'key',
    code: 'schema/wrong-value',
    message: '`properties` holds a map from names to schemas; this is a list.',
    help: 'write each as `NAME: { type: string }`',
  };
}

/** Draft 4 had the bound in `minimum` and a flag beside it. */
function exclusiveFlag(
  bound: 'minimum' | 'maximum',
  value: unknown,
  pointer: string,
  { schema, pointer: node }: SchemaNode,
): SchemaProblem | undefined {
  if (typeof value !== 'boolean') return undefined;
  const name = bound === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
  const limit = schema[bound];
  const edits: SchemaEdit[] | undefined = !value
    ? [{ kind: 'delete', pointer }]
    : typeof limit === 'number'
      ? [
          { kind: 'delete', pointer },
          { kind: 'rename-key', pointer: appendPointer(node, bound), name },
        ]
      : undefined;
  const fix: SchemaFix | undefined = edits && { message: 'Write it as 2020-12 does.', safety: 'safe', edits };
  return {
    pointer,
    code: 'schema/old-keyword',
    message: `\`${name}\` is the bound itself; a flag beside \`${bound}\` is draft 4.`,
    help: !value
      ? 'leave it out'
      : typeof limit === 'number'
        ? `write \`${name}: ${limit}\``
        : 'write the bound',
    ...(fix && { fixes: [fix] }),
  };
}

function enumText(value: string, pointer: string): SchemaProblem {
  const values = value
    .split(/[,|]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return {
    pointer,
    code: 'schema/wrong-value',
    message: `\`enum\` holds a list of values; this is ${inWords(value)}.`,
    help: `write a list: \`[${values.slice(0, 5).join(', ')}${values.length > 5 ? ', …' : ''}]\``,
    fixes: [
      {
        message: 'Write a list.',
        safety: 'maybe',
        edits: [{ kind: 'replace-value', pointer, value: [...new Set(values)] }],
      },
    ],
  };
}

function trustLevel(value: unknown, pointer: string, reading: Reading): SchemaProblem | undefined {
  if (typeof value !== 'string') return undefined;
  const near = reading.nearest(value, trustLevels);
  const message = `\`x-trust\` holds trusted or untrusted; this is ${inWords(value)}.`;
  return {
    pointer,
    code: 'schema/wrong-value',
    message,
    ...helpOf(didYouMean(near)),
    ...replacing(near, pointer),
  };
}

function helpOf(help: string | undefined): { readonly help?: string } {
  return help === undefined ? {} : { help };
}

/** A fix that writes the only word that is near. */
export function replacing(
  near: readonly string[],
  pointer: string,
): { readonly fixes?: readonly SchemaFix[] } {
  const [word, ...others] = near;
  if (word === undefined || others.length > 0) return {};
  const edits: SchemaEdit[] = [{ kind: 'replace-value', pointer, value: word }];
  return { fixes: [{ message: `Replace by \`${word}\`.`, safety: 'safe', edits }] };
}

/** What a value can only have meant: the number in a text, the one item of a list. */
function plainFix(value: unknown, pointer: string, wanted: string): SchemaFix | undefined {
  if (wanted.startsWith('a list of') && !isRecord(value) && value !== null) {
    return { message: 'Write a list.', safety: 'safe', edits: [{ kind: 'wrap-in-list', pointer }] };
  }
  const meant = typeof value === 'string' ? meantBy(value.trim(), wanted) : undefined;
  if (meant === undefined) return undefined;
  const edits: SchemaEdit[] = [{ kind: 'replace-value', pointer, value: meant }];
  return { message: `Write ${String(meant)} without quotes.`, safety: 'safe', edits };
}

function meantBy(text: string, wanted: string): Json | undefined {
  if (wanted.startsWith('true') && (text === 'true' || text === 'false')) return text === 'true';
  const isCount = wanted.startsWith('a whole number') && /^\d{1,15}$/.test(text);
  const isNumber = wanted.startsWith('a number') && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text);
  return isCount || isNumber ? Number(text) : undefined;
}
