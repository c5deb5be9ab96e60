// Values that a schema carries: defaults, which become part of what callers send, and examples, which people copy. Each
// must fit its own schema, once the defaults inside it are filled; and a default must stand where it counts.

import { copyJson } from '../copy-json.ts';
import { definitionName, findDefinition } from '../dereference.ts';
import { explain } from '../explain.ts';
import type { Finding } from '../explain.ts';
import { fillDefaults } from '../fill-defaults.ts';
import { appendPointer, readPointer } from '../json-pointer.ts';
import { isRecord, ownProperty } from '../json-schema.ts';
import type { Json, JsonSchema } from '../json-schema.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { typesOf } from '../select-branch.ts';
import type { ContractNode } from './check-contract.ts';
import { withoutSlowPatterns } from './slow-patterns.ts';

export function checkPresets(node: ContractNode): SchemaProblem[] {
  return [...checkDefault(node), ...checkExamples(node), ...checkOptionalParents(node)];
}

// -- defaults

function checkDefault(node: ContractNode): SchemaProblem[] {
  const { schema, pointer } = node;
  if (schema['default'] === undefined) return [];
  const place = appendPointer(pointer, 'default');
  if (node.position.kind !== 'property') return [withoutEffect(node, place)];
  return misfits(node, schema['default'], place, 'default');
}

const otherPlaces: { readonly [kind in ContractNode['position']['kind']]?: string } = {
  root: 'the whole of an input or output is never absent',
  definition: 'a definition is a shape; what is absent is a property',
  item: 'an item of a list is never absent',
  branch: 'a branch of a union is a shape; what is absent is a property',
  additional: 'a map has only the entries that it is given',
  name: 'a name is never absent',
};

function withoutEffect({ position }: ContractNode, pointer: string): SchemaProblem {
  return {
    pointer,
    at: 'key',
    severity: 'warning',
    code: 'schema/default-without-effect',
    message: 'A default counts on a property only; here nothing is ever filled in.',
    notes: [otherPlaces[position.kind] ?? ''],
    help:
      position.kind === 'definition'
        ? 'write it beside the `$ref` of each property that should have it'
        : 'move it to the property',
  };
}

// -- examples

function checkExamples(node: ContractNode): SchemaProblem[] {
  const { examples } = node.schema;
  if (!Array.isArray(examples)) return [];
  const place = appendPointer(node.pointer, 'examples');
  return examples.flatMap((value: unknown, index) =>
    misfits(node, value, appendPointer(place, index), 'example'),
  );
}

// -- values against their schema

type Preset = 'default' | 'example';

/** Every way in which a value does not fit the schema that carries it, placed inside the value. */
function misfits(node: ContractNode, value: unknown, place: string, preset: Preset): SchemaProblem[] {
  const copied = copyJson(value);
  if ('fault' in copied) return [];
  const filled = copied.value;
  const schema = withoutSlowPatterns(node.schema);
  fillDefaults(schema, filled, node.safeRoot);
  const seen = new Set<string>();
  return explain(schema, filled, node.safeRoot).flatMap((finding): SchemaProblem[] => {
    const inner = existingPart(value, finding.pointer);
    const related = inner === '' && finding.pointer === '' ? ruleOf(node, finding.keyword) : [];
    const problem = { ...misfit(finding, inner, place, preset), ...(related.length > 0 && { related }) };
    const key = `${problem.pointer} ${problem.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [problem];
  });
}

function misfit(finding: Finding, inner: string, place: string, preset: Preset): SchemaProblem {
  const isKey = finding.keyword === 'additionalProperties';
  const [sentence = '', near] = finding.message.split(' Did you mean ');
  return {
    pointer: `${place}${inner}`,
    at: isKey ? 'key' : 'value',
    code: preset === 'default' ? 'schema/default-mismatch' : 'schema/example-mismatch',
    message: messageOf(sentence, inner, preset),
    ...(preset === 'default' && {
      notes: ['it is filled in before the value is checked, so every value without it would be refused'],
    }),
    ...(near !== undefined && { help: `did you mean ${near}` }),
  };
}

/** Where the rule stands when a reference leads to it; a rule beside the value needs no pointing at. */
function ruleOf({ schema, root }: ContractNode, keyword: string): { pointer: string; message: string }[] {
  const seen = new Set<string>();
  let current = schema;
  for (;;) {
    const name = definitionName(current['$ref']);
    const definition = findDefinition(root, current['$ref']);
    if (current[keyword] !== undefined || name === undefined || definition === undefined || seen.has(name))
      return [];
    if (definition[keyword] !== undefined)
      return [{ pointer: appendPointer('', '$defs', name, keyword), message: 'the schema' }];
    seen.add(name);
    current = definition;
  }
}

/** The violation's own sentence, about this value. */
function messageOf(message: string, inner: string, preset: Preset): string {
  const subject = inner === '' ? `This ${preset}` : `This part of the ${preset}`;
  if (message.startsWith('This ')) return `${subject}${message.slice(4)}`;
  return `The ${preset} does not fit: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** The pointer as far as the value that was written has it: what is missing is shown where it is missing. */
function existingPart(value: unknown, pointer: string): string {
  let part = pointer;
  while (part !== '' && readPointer(value, part) === undefined) part = part.slice(0, part.lastIndexOf('/'));
  return part;
}

// -- defaults inside an object that may be absent

function checkOptionalParents(node: ContractNode): SchemaProblem[] {
  const { schema, pointer, root } = node;
  const { properties, required } = schema;
  if (!isRecord(properties) || typesOf(schema)?.has('object') !== true) return [];
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties).flatMap(([name, property]): SchemaProblem[] => {
    if (!isRecord(property) || property['default'] !== undefined || names.includes(name)) return [];
    const inner = ownDefault(property);
    if (inner === undefined) return [];
    const place = appendPointer(pointer, 'properties', name);
    return [defaultUnderOptional(name, property, place, inner, fitsEmpty(property, root))];
  });
}

/** The first property of an object, written out here, that has a default. */
function ownDefault(schema: JsonSchema): string | undefined {
  const { properties } = schema;
  if (!isRecord(properties)) return undefined;
  return Object.keys(properties).find((name) => {
    const property = ownProperty(properties, name);
    return isRecord(property) && property['default'] !== undefined;
  });
}

function fitsEmpty(schema: JsonSchema, root: JsonSchema): boolean {
  const empty = {};
  fillDefaults(schema, empty, root);
  return explain(withoutSlowPatterns(schema), empty, withoutSlowPatterns(root)).length === 0;
}

function defaultUnderOptional(
  name: string,
  schema: JsonSchema,
  pointer: string,
  inner: string,
  isMended: boolean,
): SchemaProblem {
  const empty: Json = {};
  return {
    pointer: appendPointer(pointer, 'properties', inner, 'default'),
    severity: 'warning',
    code: 'schema/default-under-optional',
    message: `This default only applies when \`${name}\` is present.`,
    related: [{ pointer, at: 'key', message: 'may be absent' }],
    help: isMended
      ? `give \`${name}\` a default of its own: \`default: {}\``
      : `make \`${name}\` required, or give it a default of its own`,
    ...(isMended && {
      fixes: [
        {
          message: `Give \`${name}\` an empty default.`,
          safety: 'maybe',
          edits: [
            { kind: 'insert-key', pointer, name: 'default', value: empty, ...beforeProperties(schema) },
          ],
        },
      ],
    }),
  };
}

function beforeProperties(schema: JsonSchema): { readonly before?: string } {
  return schema['properties'] === undefined ? {} : { before: 'properties' };
}
