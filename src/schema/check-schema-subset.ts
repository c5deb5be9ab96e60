// Whether a schema that an author wrote keeps to the subset: what compatibility cannot decide and providers cannot enforce
// does not belong in a contract. References are not followed here; resolve-schema.ts does that.

import { suggest } from '../diagnostics/suggest.ts';
import { canonicalJson } from './canonical-json.ts';
import { formats } from './formats.ts';
import { appendPointer } from './json-pointer.ts';
import { isRecord, jsonDepthMax } from './json-schema.ts';
import type { JsonSchema, JsonType } from './json-schema.ts';
import { keywords, outside, typeNames } from './keywords.ts';
import type { SchemaProblem } from './schema-problem.ts';
import { discriminatorOf, typesOf } from './select-branch.ts';
import { subschemasOf } from './subschemas.ts';

/** Everything that is wrong with the schema and the schemas inside it, in the order in which they are written. */
export function checkSchemaSubset(schema: unknown): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  checkNode(schema, '', problems, 0);
  return problems;
}

function checkNode(schema: unknown, pointer: string, problems: SchemaProblem[], depth: number): void {
  if (!isRecord(schema)) {
    const message = 'A schema is a map of keywords, such as `type: string`.';
    problems.push({ pointer, code: 'schema/not-a-schema', message });
    return;
  }
  if (depth > jsonDepthMax) {
    problems.push({
      pointer,
      code: 'schema/too-deep',
      message: `Schemas nest at most ${jsonDepthMax} deep.`,
    });
    return;
  }
  const sound = Object.entries(schema).filter(([keyword, value]) =>
    checkKeyword(keyword, value, schema, pointer, problems),
  );
  const understood = Object.fromEntries(sound);
  for (const check of checks) problems.push(...check(understood, pointer));
  for (const { tokens, schema: inner } of subschemasOf(understood)) {
    checkNode(inner, appendPointer(pointer, ...tokens), problems, depth + 1);
  }
  for (const [tokens, value] of mapsOf(understood)) {
    if (!isRecord(value)) checkNode(value, appendPointer(pointer, ...tokens), problems, depth + 1);
  }
}

/** Entries of `properties` and `$defs`, to find those that are no schemas. */
function mapsOf(schema: JsonSchema): [readonly string[], unknown][] {
  return ['properties', '$defs'].flatMap((keyword) => {
    const map = schema[keyword];
    return isRecord(map)
      ? Object.entries(map).map(([name, value]): [string[], unknown] => [[keyword, name], value])
      : [];
  });
}

/** Whether the keyword is one of the subset and holds what it should. */
function checkKeyword(
  name: string,
  value: unknown,
  schema: JsonSchema,
  pointer: string,
  problems: SchemaProblem[],
): boolean {
  const place = appendPointer(pointer, name);
  const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
  if (keyword === undefined) {
    problems.push(unknownKeyword(name, place));
    return false;
  }
  if (!keyword.holds(value)) {
    problems.push(wrongValue(name, value, keyword.wanted, place));
    return false;
  }
  const types = typesOf(schema);
  if (keyword.type !== undefined && types !== undefined && !types.has(keyword.type)) {
    problems.push(otherType(name, keyword.type, types, place));
    return false;
  }
  return true;
}

function unknownKeyword(name: string, pointer: string): SchemaProblem {
  const wayOut = Object.hasOwn(outside, name) ? outside[name] : undefined;
  if (wayOut !== undefined) {
    const message = `\`${name}\` is outside the schema subset.`;
    return { pointer, at: 'key', code: 'schema/unsupported-keyword', message, help: wayOut };
  }
  const near = suggest(name, Object.keys(keywords));
  const message = `\`${name}\` is not a schema keyword.`;
  const help =
    near.length > 0
      ? `did you mean ${near.map((word) => `\`${word}\``).join(' or ')}?`
      : 'a property of this name belongs under `properties`';
  const replacement = near.length === 1 ? { replacement: near[0] ?? '' } : {};
  return { pointer, at: 'key', code: 'schema/unknown-keyword', message, help, ...replacement };
}

function wrongValue(name: string, value: unknown, wanted: string, pointer: string): SchemaProblem {
  if (name === 'required' && typeof value === 'boolean') {
    const message = '`required` is a list on the object, not a flag on the property.';
    const help = 'write `required: [NAME]` beside `properties`';
    return { pointer, code: 'schema/required-flag', message, help };
  }
  if (name === 'items' && Array.isArray(value)) {
    const message = '`items` is one schema for all items; a list is draft 7.';
    return { pointer, code: 'schema/items-list', message, help: outside['prefixItems'] ?? '' };
  }
  const message = `\`${name}\` holds ${wanted}; this is ${inWords(value)}.`;
  return { pointer, code: 'schema/wrong-value', message };
}

function otherType(
  name: string,
  type: JsonType,
  types: ReadonlySet<JsonType>,
  pointer: string,
): SchemaProblem {
  const has = [...types].map((each) => typeInWords[each]).join(' or ');
  const message = `\`${name}\` says something about ${typeInWords[type]}, but this is ${has}.`;
  const twin = twins[name]?.[[...types][0] ?? 'null'];
  const help = twin === undefined ? 'leave it out, or change `type`' : `did you mean \`${twin}\`?`;
  return { pointer, at: 'key', code: 'schema/other-type', message, help };
}

/** The keyword that says the same of another type. */
const twins: { readonly [keyword: string]: { readonly [type in JsonType]?: string } } = {
  minLength: { number: 'minimum', array: 'minItems', object: 'minProperties' },
  maxLength: { number: 'maximum', array: 'maxItems', object: 'maxProperties' },
  minimum: { string: 'minLength', array: 'minItems' },
  maximum: { string: 'maxLength', array: 'maxItems' },
  minItems: { string: 'minLength', number: 'minimum' },
  maxItems: { string: 'maxLength', number: 'maximum' },
  properties: { array: 'items' },
  items: { object: 'properties' },
};

const typeInWords: { readonly [type in JsonType]: string } = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function inWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

type Check = (schema: JsonSchema, pointer: string) => readonly SchemaProblem[];

const checks: readonly Check[] = [
  checkType,
  checkRequired,
  checkEnum,
  checkBounds,
  checkPattern,
  checkFormat,
  checkUnion,
];

function checkType({ type }: JsonSchema, pointer: string): SchemaProblem[] {
  if (type === undefined) return [];
  const place = appendPointer(pointer, 'type');
  const names = Array.isArray(type) ? (type as string[]) : [type as string];
  const unknown = names.filter((name) => !typeNames.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) => {
      const near = suggest(name, typeNames);
      const help =
        near.length > 0 ? `did you mean \`${near[0] ?? ''}\`?` : `types are ${typeNames.join(', ')}`;
      return { pointer: place, code: 'schema/unknown-type', message: `There is no type "${name}".`, help };
    });
  }
  const others = names.filter((name) => name !== 'null');
  if (names.length <= 1 || (names.length === 2 && others.length === 1)) return [];
  const message = 'A list of types is one type and "null".';
  const help = 'use `anyOf` with a branch for each';
  return [{ pointer: place, code: 'schema/several-types', message, help }];
}

function checkRequired(
  { required, properties, additionalProperties }: JsonSchema,
  pointer: string,
): SchemaProblem[] {
  if (!Array.isArray(required)) return [];
  const known = isRecord(properties) ? properties : {};
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  return (required as string[]).flatMap((name, index): SchemaProblem[] => {
    const place = appendPointer(pointer, 'required', index);
    if (required.indexOf(name) < index) {
      return [{ pointer: place, code: 'schema/duplicate-value', message: `"${name}" is listed twice.` }];
    }
    if (!Object.hasOwn(known, name)) {
      if (isOpen) return [];
      const near = suggest(name, Object.keys(known));
      const message = `"${name}" is required but not declared.`;
      const help = near.length > 0 ? `did you mean \`${near[0] ?? ''}\`?` : 'declare it under `properties`';
      return [{ pointer: place, code: 'schema/required-unknown', message, help }];
    }
    const property = known[name];
    if (!isRecord(property) || property['default'] === undefined) return [];
    const message = `"${name}" has a default, so callers may leave it out: it is not required.`;
    return [{ pointer: place, code: 'schema/required-default', message, help: 'take it out of `required`' }];
  });
}

function checkEnum({ enum: values }: JsonSchema, pointer: string): SchemaProblem[] {
  if (!Array.isArray(values)) return [];
  const place = appendPointer(pointer, 'enum');
  if (values.length === 0) {
    return [{ pointer: place, code: 'schema/empty-enum', message: 'An empty enum allows no value.' }];
  }
  const seen = new Set<string>();
  return values.flatMap((value: unknown, index): SchemaProblem[] => {
    const key = canonicalJson(value);
    if (seen.has(key)) {
      const message = `${inWords(value)} is listed twice.`;
      return [{ pointer: appendPointer(place, index), code: 'schema/duplicate-value', message }];
    }
    seen.add(key);
    return [];
  });
}

const bounds: readonly (readonly [low: string, high: string])[] = [
  ['minimum', 'maximum'],
  ['exclusiveMinimum', 'exclusiveMaximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
];

function checkBounds(schema: JsonSchema, pointer: string): SchemaProblem[] {
  return bounds.flatMap(([low, high]): SchemaProblem[] => {
    const [least, most] = [schema[low], schema[high]];
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return [];
    const message = `\`${low}\` ${least} is above \`${high}\` ${most}: no value fits.`;
    const related = { pointer: appendPointer(pointer, high), message: 'the other bound' };
    return [{ pointer: appendPointer(pointer, low), code: 'schema/contradiction', message, related }];
  });
}

function checkPattern({ pattern }: JsonSchema, pointer: string): SchemaProblem[] {
  if (typeof pattern !== 'string') return [];
  try {
    new RegExp(pattern, 'u');
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    const message = `This is not a regular expression: ${reason}.`;
    return [{ pointer: appendPointer(pointer, 'pattern'), code: 'schema/bad-pattern', message }];
  }
}

function checkFormat({ format }: JsonSchema, pointer: string): SchemaProblem[] {
  if (typeof format !== 'string' || Object.hasOwn(formats, format)) return [];
  const names = Object.keys(formats);
  const near = suggest(format, names);
  const help = near.length > 0 ? `did you mean \`${near[0] ?? ''}\`?` : `formats are ${names.join(', ')}`;
  const message = `There is no format "${format}".`;
  return [{ pointer: appendPointer(pointer, 'format'), code: 'schema/unknown-format', message, help }];
}

/** Branches that are written out here and are all objects have to name themselves. */
function checkUnion(schema: JsonSchema, pointer: string): SchemaProblem[] {
  return ['anyOf', 'oneOf'].flatMap((keyword): SchemaProblem[] => {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) return [];
    const objects = branches.filter((branch) => isRecord(branch) && isRecord(branch['properties']));
    const tagged = discriminatorOf(objects as JsonSchema[]);
    const place = appendPointer(pointer, keyword);
    if (objects.length > 1 && tagged === undefined) {
      const message = `The branches of \`${keyword}\` cannot be told apart.`;
      const help = 'give each branch a required property of the same name with a `const` of its own';
      return [{ pointer: place, at: 'key', code: 'schema/no-discriminator', message, help }];
    }
    const shared = [...(tagged?.branches ?? [])].filter(([, owners]) => owners.length > 1);
    return shared.map(([tag]) => ({
      pointer: place,
      at: 'key',
      code: 'schema/overlapping-branches',
      message: `Two branches have \`${tagged?.property ?? ''}\`: ${tag}.`,
      help: 'give each branch a value of its own',
    }));
  });
}
