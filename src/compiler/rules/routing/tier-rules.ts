// Rules over the input that raise a call to a higher tier: each looks at something that the input can hold, asks what can be
// asked of it, and may hold.

import type { JsonSchema } from '../../../registry/snapshot.ts';
import { pointerKeys } from '../../json-pointer.ts';
import type { CapabilityDeclaration } from '../../declaration.gen.ts';
import type { CapabilityUnit } from '../../program.ts';
import { listWords } from '../../../diagnostics/words.ts';
import { typeInWords } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { ContractRule, Finding } from '../rule.ts';
import { findPath, schemasAt } from '../test/find-path.ts';

type Rule = NonNullable<NonNullable<CapabilityDeclaration['routing']>['when']>[number];

export const tierRules: ContractRule = {
  code: 'routing/rule-path',
  severity: 'error',
  check({ unit, report }) {
    const { input, declaration } = unit;
    if (input === undefined) return;
    for (const [index, rule] of (declaration.routing?.when ?? []).entries()) {
      const place = `/routing/when/${index}`;
      const finding =
        pathFinding(unit, input, rule, place) ??
        typeFinding(unit, schemasAt(input, pointerKeys(rule.input)), rule, place);
      if (finding !== undefined) report(finding);
    }
  },
};

function pathFinding(
  { tree }: CapabilityUnit,
  input: JsonSchema,
  rule: Rule,
  place: string,
): Finding | undefined {
  const lost = findPath(input, pointerKeys(rule.input));
  if (lost === undefined) return undefined;
  const pointer = `${place}/input`;
  const span = tree.spanOf(pointer);
  const key = pointerKeys(rule.input)[lost.at] ?? '';
  return {
    message: `${rule.input} is not in the input schema${lost.isList ? ': a list has items, by their numbers' : `: there is no "${key}"`}.`,
    span,
    label: 'leads nowhere',
    help: nearName(key, lost.names, 'properties there', span).help,
    pointer,
  };
}

/** What can be measured against a bound, and in which unit. */
const measured: Record<string, { readonly unit: string; readonly most: string; readonly least: string }> = {
  array: { unit: 'items', most: 'maxItems', least: 'minItems' },
  string: { unit: 'characters', most: 'maxLength', least: 'minLength' },
  integer: { unit: '', most: 'maximum', least: 'minimum' },
  number: { unit: '', most: 'maximum', least: 'minimum' },
};

function typeFinding(
  unit: CapabilityUnit,
  schemas: readonly JsonSchema[],
  rule: Rule,
  place: string,
): Finding | undefined {
  const { tree } = unit;
  const asks = (['moreThan', 'lessThan', 'is'] as const).filter((key) => rule[key] !== undefined);
  if (asks.length === 0) {
    return {
      code: 'routing/rule-type',
      message: 'This rule has no condition.',
      span: tree.spanOf(`${place}/input`),
      help: ['add `moreThan`, `lessThan` or `is`'],
      pointer: `${place}/input`,
    };
  }
  const types = [...new Set(schemas.flatMap(({ type }) => (typeof type === 'string' ? [type] : [])))];
  const bound = asks.find((key) => key !== 'is');
  if (bound !== undefined && !types.some((type) => Object.hasOwn(measured, type))) {
    const pointer = `${place}/${bound}`;
    return {
      code: 'routing/rule-type',
      message: `${rule.input} is ${listWords(types.map(typeInWords), 'or')}, which has no size to compare with ${rule[bound]}.`,
      span: tree.spanOf(pointer),
      help: ['bounds are for lists (items), texts (characters) and numbers'],
      pointer,
    };
  }
  return valueFinding(unit, schemas, rule, place) ?? neverFinding(unit, schemas, rule, place);
}

/** A value in `is` that the input can never have there. */
function valueFinding(
  { tree }: CapabilityUnit,
  schemas: readonly JsonSchema[],
  { is = [], input }: Rule,
  place: string,
): Finding | undefined {
  for (const [index, value] of is.entries()) {
    if (schemas.some((schema) => admits(schema, value))) continue;
    const pointer = `${place}/is/${index}`;
    const span = tree.spanOf(pointer);
    const known = schemas.flatMap(({ enum: values }) => (Array.isArray(values) ? values.map(String) : []));
    return {
      code: 'routing/rule-type',
      message: `${input} can never be ${JSON.stringify(value)}.`,
      span,
      help: nearName(String(value), known, 'values', span).help,
      pointer,
    };
  }
  return undefined;
}

function admits({ type, enum: values, const: only }: JsonSchema, value: unknown): boolean {
  if (only !== undefined) return only === value;
  if (Array.isArray(values)) return values.includes(value);
  const kind = value === null ? 'null' : typeof value;
  return (
    type === kind ||
    (kind === 'number' && (type === 'number' || (type === 'integer' && Number.isInteger(value))))
  );
}

/** A bound that no input reaches. */
function neverFinding(
  { tree }: CapabilityUnit,
  schemas: readonly JsonSchema[],
  { moreThan, lessThan, input }: Rule,
  place: string,
): Finding | undefined {
  const sizes = schemas.flatMap((schema) => {
    const kind = typeof schema['type'] === 'string' ? measured[schema['type']] : undefined;
    if (kind === undefined) return [];
    const most = schema[kind.most];
    const least = schema[kind.least];
    return [
      {
        unit: kind.unit,
        most: typeof most === 'number' ? most : Infinity,
        least: typeof least === 'number' ? least : kind.unit === '' ? -Infinity : 0,
      },
    ];
  });
  const most = Math.max(...sizes.map((size) => size.most));
  const least = Math.min(...sizes.map((size) => size.least));
  const unit = sizes[0]?.unit ?? '';
  const report = (key: 'moreThan' | 'lessThan', bound: number, words: string): Finding => ({
    code: 'routing/rule-never',
    severity: 'warning',
    message: `This rule never holds: ${input} has ${words} ${bound}${unit === '' ? '' : ` ${unit}`}.`,
    span: tree.spanOf(`${place}/${key}`),
    help: ['choose a bound that inputs can reach, or remove the rule'],
    pointer: `${place}/${key}`,
  });
  if (moreThan !== undefined && moreThan >= most) return report('moreThan', most, 'at most');
  if (lessThan !== undefined && lessThan <= least) return report('lessThan', least, 'at least');
  return undefined;
}
