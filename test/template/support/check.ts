// A template and a schema in, what the checker says out, in a form that is short enough for tables. The place that a finding
// marks is written in the template itself: `Hello «titel»`.

import { closeObjects } from '../../../src/schema/close-objects.ts';
import type { JsonSchema } from '../../../src/schema/json-schema.ts';
import { checkTemplate } from '../../../src/template/check-template.ts';
import type { CheckedTemplate, CheckOptions } from '../../../src/template/check-template.ts';
import type { TemplateFinding } from '../../../src/template/finding.ts';
import { parseTemplate } from '../../../src/template/parse-template.ts';
import { sectionKinds } from '../../../src/template/section-kind.ts';
import type { Template, TemplateFix, TemplateProblem } from '../../../src/template/template.ts';

export interface Sample {
  /** Properties of the input; a name that ends in `?` is optional, all others are required unless they have a default. */
  readonly input?: { readonly [name: string]: JsonSchema };
  readonly partials?: { readonly [name: string]: string };
  readonly role?: string;
  readonly isOutputStructured?: boolean;
  readonly definitions?: { readonly [name: string]: JsonSchema };
}

export const text: JsonSchema = { type: 'string' };
export const someText: JsonSchema = { type: 'string', minLength: 1 };

export function list(items: JsonSchema, bounds: JsonSchema = {}): JsonSchema {
  return { type: 'array', items, ...bounds };
}

/** An object; `name?` is optional. */
export function object(properties: { readonly [name: string]: JsonSchema }): JsonSchema {
  const entries = Object.entries(properties).map(([name, schema]) => ({
    name: name.replace(/\?$/, ''),
    schema,
    isRequired: !name.endsWith('?') && schema['default'] === undefined,
  }));
  const required = entries.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 ? { required } : {}),
  };
}

export function schemaOf({ input = {}, definitions }: Sample): JsonSchema {
  return closeObjects({ ...object(input), ...(definitions === undefined ? {} : { $defs: definitions }) });
}

export function parsed(source: string): Template {
  const result = parseTemplate(source);
  if ('problem' in result) throw new Error(`does not parse: ${result.problem.message}`);
  return result.template;
}

/** Checks a template that parses. */
export function checked(source: string, sample: Sample = {}): CheckedTemplate {
  const partials = new Map(
    Object.entries(sample.partials ?? {}).map(([name, partial]) => [name, parsed(partial)]),
  );
  const options: CheckOptions = {
    schema: schemaOf(sample),
    partials,
    role: sample.role ?? 'user',
    isOutputStructured: sample.isOutputStructured ?? false,
  };
  return checkTemplate(parsed(source), options);
}

/** The text without its marks, and the places that they mark. */
export function unmarked(source: string): {
  readonly text: string;
  readonly places: readonly [number, number][];
} {
  const places: [number, number][] = [];
  let plain = '';
  for (const [index, part] of source.split(/[«»]/).entries()) {
    if (index % 2 === 1) places.push([plain.length, plain.length + part.length]);
    plain += part;
  }
  return { text: plain, places };
}

/** Everything that is said of a template, whether it parses or not, in the order of the text. */
export function saidOf(source: string, sample: Sample = {}): (TemplateFinding | TemplateProblem)[] {
  const result = parseTemplate(source, { sectionKind: sectionKinds(schemaOf(sample)) });
  const said =
    'problem' in result
      ? [...result.problems]
      : [...result.template.remarks, ...checked(source, sample).findings];
  return said.sort((left, right) => left.start - right.start);
}

/** The text after a fix. */
export function mended(source: string, fix: TemplateFix): string {
  return [fix, ...(fix.also ?? [])]
    .toSorted((left, right) => right.start - left.start)
    .reduce((at, { start, end, text }) => `${at.slice(0, start)}${text}${at.slice(end)}`, source);
}

export function codesOf(source: string, sample: Sample = {}): string[] {
  return saidOf(source, sample).map(({ code }) => code.replace('template/', ''));
}
