// Whether a schema that an author wrote keeps to the subset, keyword by keyword: what compatibility cannot decide and
// providers cannot enforce does not belong in a contract. References are not followed here; resolve-schema.ts does that,
// and check-contract.ts looks at what the keywords mean together.

import { appendPointer } from '../json-pointer.ts';
import { isRecord, setOwnProperty } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { createSuggester } from '../suggester.ts';
import type { Suggester } from '../suggester.ts';
import { schemaKeywords, schemaListKeywords, schemaMapKeywords } from '../subschemas.ts';
import {
  foreignProblem,
  misplacedProblem,
  notASchema,
  otherTypeProblem,
  unknownProblem,
} from './keyword-problems.ts';
import { isHarmless, keywordNamed } from './keywords.ts';
import { nodeChecks } from './node-checks.ts';
import { foreignKeywords } from './foreign-keywords.ts';
import { wrongValueProblem } from './value-problems.ts';
import { typesOf } from '../select-branch.ts';

/** Schemas that nest deeper are read by nobody, and taken by no provider. */
const schemaDepthMax = 32;

export interface SchemaReading {
  /** Everything that is wrong, in the order in which it is written. */
  readonly problems: readonly SchemaProblem[];
  /**
   * The schema without what could not be understood: a schema inside that says something unknown admits anything here, so
   * that what is said about the rest does not follow from a mistake that is told already.
   */
  readonly sound: JsonSchema;
}

/** Reads a schema as written. Accepts any JSON. */
export function readSchema(schema: unknown): SchemaReading {
  const problems: SchemaProblem[] = [];
  const sound = readNode({ schema, pointer: '', depth: 0 }, { problems, nearest: createSuggester() });
  return { problems, sound };
}

/** One schema inside the whole, with what its checks need to know of its surroundings. */
export interface SchemaNode {
  readonly schema: JsonSchema;
  readonly pointer: string;
  readonly depth: number;
  /** Whether it is the rule for the names of an object, which are always text. */
  readonly isForNames?: boolean;
  /** The object that has this schema as a property. */
  readonly owner?: { readonly schema: JsonSchema; readonly pointer: string; readonly name: string };
}

export interface Reading {
  readonly problems: SchemaProblem[];
  readonly nearest: Suggester;
}

type UnreadNode = Omit<SchemaNode, 'schema'> & { readonly schema: unknown };

function readNode(node: UnreadNode, reading: Reading): JsonSchema {
  const { schema, pointer, depth } = node;
  if (!isRecord(schema)) {
    reading.problems.push(notASchema(schema, pointer, reading));
    return {};
  }
  if (depth > schemaDepthMax) {
    const message = `Schemas nest at most ${schemaDepthMax} deep.`;
    const help = 'give the inner part a name under `$defs`, and refer to it';
    reading.problems.push({ pointer, code: 'schema/too-deep', message, help });
    return {};
  }
  return readKeywords({ ...node, schema }, reading);
}

function readKeywords(node: SchemaNode, reading: Reading): JsonSchema {
  const understood = {};
  const told = new Set<string>();
  let isUnderstood = true;
  for (const [name, value] of Object.entries(node.schema)) {
    const before = reading.problems.length;
    if (checkKeyword(name, value, node, reading, told)) {
      setOwnProperty(understood, name, readInside(name, value, node, reading));
    } else isUnderstood &&= reading.problems.length === before || isHarmless(name);
  }
  for (const check of nodeChecks) reading.problems.push(...check({ ...node, schema: understood }, reading));
  const { $defs } = understood as JsonSchema;
  return isUnderstood ? withoutUnknownNames(understood) : isRecord($defs) ? { $defs } : {};
}

/** A closed object that requires what it does not declare would fit no value. */
function withoutUnknownNames(schema: JsonSchema): JsonSchema {
  const { required, properties, additionalProperties = false } = schema;
  if (!Array.isArray(required) || additionalProperties !== false) return schema;
  const known = required.filter((name) => isRecord(properties) && Object.hasOwn(properties, String(name)));
  return known.length === required.length ? schema : { ...schema, required: known };
}

/** Whether the keyword is one of the subset, holds what it should and says something here. */
function checkKeyword(
  name: string,
  value: unknown,
  node: SchemaNode,
  reading: Reading,
  told: Set<string>,
): boolean {
  const keyword = keywordNamed(name);
  if (keyword === undefined) {
    reading.problems.push(...strangeKeyword(name, node, reading, told));
    return false;
  }
  const types = typesOf(node.schema);
  const problem = !keyword.holds(value)
    ? wrongValueProblem(name, value, keyword.wanted, node, reading)
    : keyword.type !== undefined && types !== undefined && !types.has(keyword.type)
      ? otherTypeProblem(name, keyword.type, types, node)
      : misplacedProblem(name, value, node);
  if (problem === undefined) return true;
  reading.problems.push(problem);
  return false;
}

/** Nothing, when a word that says one thing with this one is told already. */
function strangeKeyword(
  name: string,
  node: SchemaNode,
  reading: Reading,
  told: Set<string>,
): SchemaProblem[] {
  const foreign = Object.hasOwn(foreignKeywords, name) ? foreignKeywords[name] : undefined;
  if (foreign === undefined) return [unknownProblem(name, node, reading)];
  if (told.has(foreign.group)) return [];
  told.add(foreign.group);
  return [foreignProblem(name, foreign, node)];
}

/** The schemas that a keyword holds, read; any other value as it is. */
function readInside(keyword: string, value: unknown, node: SchemaNode, reading: Reading): unknown {
  const place = appendPointer(node.pointer, keyword);
  const depth = node.depth + 1;
  if (schemaKeywords.has(keyword)) {
    const isForNames = keyword === 'propertyNames';
    return typeof value === 'boolean'
      ? value
      : readNode({ schema: value, pointer: place, depth, isForNames }, reading);
  }
  if (schemaListKeywords.has(keyword) && Array.isArray(value)) {
    return value.map((schema: unknown, index) =>
      readNode({ schema, pointer: appendPointer(place, index), depth }, reading),
    );
  }
  if (!schemaMapKeywords.has(keyword) || !isRecord(value)) return value;
  const read = {};
  for (const [name, schema] of Object.entries(value)) {
    const owner = { schema: node.schema, pointer: node.pointer, name };
    const inner = { schema, pointer: appendPointer(place, name), depth };
    setOwnProperty(read, name, readNode(keyword === 'properties' ? { ...inner, owner } : inner, reading));
  }
  return read;
}
