// A value in a capability file against one side of the contract: every way in which it does not fit, at the value, with the
// line of the schema that asks for something else.

import type { Fix, Label, SourceSpan } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { copyJson } from '../schema/copy-json.ts';
import { explain } from '../schema/explain.ts';
import type { Finding as Violation } from '../schema/explain.ts';
import { fillDefaults } from '../schema/fill-defaults.ts';
import { replacement } from './decode/place-words.ts';
import { lastKey, parentPointer, pointerKeys, pointerTo, valueAt } from './json-pointer.ts';
import type { CapabilityUnit } from './program.ts';
import type { Finding } from './rules/rule.ts';
import { governing, keywordPlace } from './schema-places.ts';
import type { ContractSide } from './schema-places.ts';
import { firstLineOf } from './syntax-tree.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** So many violations of one value are told. */
const violationsMax = 10;

/**
 * What is wrong with the value at `base`; `owner` is who has it, as in "the input of this test". Nothing when the schema
 * itself has errors. Defaults are filled, as they are in a call.
 */
export function valueFindings(
  unit: CapabilityUnit,
  side: ContractSide,
  base: string,
  owner: string,
): Finding[] {
  const value = valueAt(unit.tree.value, base);
  return violationsOf(unit, side, value)
    .slice(0, violationsMax)
    .map((violation) => findingOn(violation, unit, side, { value, base, owner }));
}

function violationsOf(unit: CapabilityUnit, side: ContractSide, value: unknown): readonly Violation[] {
  const schema = unit[side];
  if (schema === undefined) return [];
  const copied = copyJson(value);
  if ('fault' in copied) return [copied.fault];
  fillDefaults(schema, copied.value);
  return explain(schema, copied.value);
}

interface Subject {
  readonly value: unknown;
  readonly base: string;
  readonly owner: string;
}

function findingOn(
  violation: Violation,
  unit: CapabilityUnit,
  side: ContractSide,
  { value, base, owner }: Subject,
): Finding {
  const { tree } = unit;
  const isMissing = violation.keyword === 'required';
  const isExtra = violation.keyword === 'additionalProperties';
  const pointer = `${base}${isMissing ? parentPointer(violation.pointer) : violation.pointer}`;
  const span = tree.spanOf(pointer, isMissing || isExtra ? 'key' : 'value');
  const place = schemaPlace(violation, unit, side, value);
  const labels: Label[] = place === undefined ? [] : [place];
  const fixes = isExtra ? renames(violation, tree, pointer, value) : [];
  return {
    message: `${owner} does not fit the schema: ${sentenceOf(violation, side)}`,
    span: firstLineOf(tree, span),
    ...(isMissing && { label: `\`${lastKey(violation.pointer)}\` is missing` }),
    ...(labels.length > 0 && { labels }),
    ...(fixes.length > 0 && { fixes }),
    pointer,
  };
}

/** The sentences of the schema room speak of "this"; here the place is named. */
function sentenceOf({ pointer, keyword, message }: Violation, side: ContractSide): string {
  const nameOf = (place: string): string => (place === '' ? `the ${side}` : place);
  if (keyword === 'required') {
    const rest = message.replace(/^"(?:[^"\\]|\\.)*" is required/, '');
    return `${nameOf(parentPointer(pointer))} misses "${lastKey(pointer)}"${rest}`;
  }
  if (keyword === 'additionalProperties') {
    const owner = parentPointer(pointer);
    const where = owner === '' ? `the ${side}` : owner;
    return message.replace(/^There is no property (?<name>.*?) here\./, `${where} has no property $<name>.`);
  }
  return message.replace(/^This\b/, nameOf(pointer));
}

function schemaPlace(
  { pointer, keyword }: Violation,
  unit: CapabilityUnit,
  side: ContractSide,
  value: unknown,
): Label | undefined {
  const isOfParent = keyword === 'required' || keyword === 'additionalProperties';
  const keys = pointerKeys(isOfParent ? parentPointer(pointer) : pointer);
  const governed = governing(unit, side, value, keys);
  if (governed === undefined || !governed.isExact) return undefined;
  const place = keywordPlace(governed.placed, keyword === 'additionalProperties' ? 'properties' : keyword);
  if (place === undefined) return undefined;
  const { tree } = place;
  const label = (span: SourceSpan, message: string): Label => ({ span: firstLineOf(tree, span), message });
  if (keyword === 'additionalProperties')
    return label(tree.spanOf(place.pointer, 'key'), 'these are the properties');
  if (keyword !== 'required') return label(tree.spanOf(place.pointer), 'the schema');
  const required = valueAt(tree.value, place.pointer);
  const index = Array.isArray(required) ? required.indexOf(lastKey(pointer)) : -1;
  return label(tree.spanOf(index < 0 ? place.pointer : pointerTo(place.pointer, index)), 'required here');
}

/** A misspelt property is renamed when one name is near and not in use. */
function renames(violation: Violation, tree: SyntaxTree, pointer: string, value: unknown): Fix[] {
  const present = valueAt(value, parentPointer(violation.pointer)) as Record<string, unknown>;
  const near = suggest(lastKey(violation.pointer), violation.allowed ?? []);
  const [only, ...others] = near.filter((name) => !Object.hasOwn(present, name));
  if (only === undefined || others.length > 0) return [];
  const span = tree.spanOf(pointer, 'key');
  return [replacement(span, only)];
}
