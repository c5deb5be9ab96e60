// The theorem, for one pair of schema and template: what the checker says, what renderings of random valid inputs do, and
// whether the second contradicts the first.

import { checkTemplate } from '../../../src/template/check-template.ts';
import type { TemplateFinding } from '../../../src/template/finding.ts';
import { RenderLimitError, prepareTemplate, renderTemplate } from '../../../src/template/evaluate.ts';
import type { CompiledTemplate, Segment } from '../../../src/template/evaluate.ts';
import { parseTemplate } from '../../../src/template/parse-template.ts';
import type { Template, TemplateNode } from '../../../src/template/template.ts';
import type { Json } from '../../../src/schema/json-schema.ts';
import { endlessChoices } from './choices.ts';
import type { Pair } from './templates.ts';
import { callersMark, generateInput } from './values.ts';

export interface Trial {
  readonly template: Template;
  readonly partials: ReadonlyMap<string, Template>;
  readonly findings: readonly TemplateFinding[];
  readonly compiled: CompiledTemplate;
}

/** Findings that do not say that a rendering goes wrong. */
const advice: ReadonlySet<string> = new Set([
  'template/constant-condition',
  'template/zero-is-false',
  'template/fragile-parent',
  'template/map-order',
  'template/joined-lines',
  'template/empty-message',
  'template/zero-based-index',
  'template/unused-parameter',
]);

const trustCode = 'trust/untrusted-in-system';

/** Undefined when the template or a partial is outside the dialect. */
export function trial(pair: Pair): Trial | undefined {
  const parsed = parseTemplate(pair.template);
  if ('problem' in parsed) return undefined;
  const partials = new Map<string, Template>();
  for (const [name, text] of Object.entries(pair.partials)) {
    const partial = parseTemplate(text);
    if ('problem' in partial) return undefined;
    partials.set(name, partial.template);
  }
  const { template } = parsed;
  const { schema, role } = pair;
  const { findings } = checkTemplate(template, { schema, partials, role });
  return { template, partials, findings, compiled: prepareTemplate(template, partials, schema) };
}

export function isClean({ findings }: Trial): boolean {
  return findings.every(({ code }) => advice.has(code) || code === trustCode);
}

/** Rendering would only end at a limit. */
export function isEndless({ findings }: Trial): boolean {
  return findings.some(({ code }) => code === 'template/partial-cycle' || code === 'template/too-deep');
}

/** Templates with errors are never rendered, so nothing is claimed of them. */
export function isTrusted({ findings }: Trial): boolean {
  return findings.every(({ code, severity }) => code !== trustCode && severity !== 'error');
}

/** What goes wrong in one rendering; empty when nothing does. */
export function wrongsOf(pair: Pair, { compiled, template, partials }: Trial, input: Json): string[] {
  const wrongs: string[] = [];
  try {
    const segments = renderTemplate(compiled, input, {
      fenceSuffix: 'suffix',
      role: pair.role,
      onSurprise: (surprise) => wrongs.push(surprise),
    });
    return [...wrongs, ...badSegments(segments, input), ...lostText(template, partials, segments)];
  } catch (error) {
    if (!(error instanceof RenderLimitError)) throw error;
    return [...wrongs, 'rendering without end'];
  }
}

/** Bare text of a caller in a rendering. */
export function hasBareText(pair: Pair, { compiled }: Trial, input: Json): boolean {
  try {
    const segments = renderTemplate(compiled, input, { fenceSuffix: 'suffix', role: pair.role });
    return segments.some(({ text, fence }) => fence === undefined && text.includes(callersMark));
  } catch (error) {
    if (!(error instanceof RenderLimitError)) throw error;
    return false;
  }
}

function badSegments(segments: readonly Segment[], input: Json): string[] {
  return segments.flatMap(({ kind, text, source }) => {
    if (kind === 'literal') return [];
    if (text === 'undefined' || text === 'NaN') return [`${text} is printed`];
    if (!text.includes('[object Object]')) return [];
    return JSON.stringify(source === undefined ? input : valueAt(input, source)).includes('[object Object]')
      ? []
      : ['an object is printed'];
  });
}

function valueAt(input: Json, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, step) => (value as { readonly [name: string]: unknown } | undefined)?.[step],
      input,
    );
}

function lostText(
  template: Template,
  partials: ReadonlyMap<string, Template>,
  segments: readonly Segment[],
): string[] {
  const printed = segments.map(({ kind, text }) => (kind === 'literal' ? text : '')).join('');
  const wanted = unconditionalText(template.body, partials, 0);
  return wanted.filter((text) => !printed.includes(text)).map((text) => `lost: ${text}`);
}

const partialDepthMax = 6;

/** The numbered texts outside of every block, those of partials included. */
function unconditionalText(
  body: readonly TemplateNode[],
  partials: ReadonlyMap<string, Template>,
  depth: number,
): string[] {
  return body.flatMap((node) => {
    if (node.kind === 'text') return node.text.match(/«\d+»/g) ?? [];
    if (node.kind !== 'partial' || depth > partialDepthMax) return [];
    return unconditionalText(partials.get(node.name)?.body ?? [], partials, depth + 1);
  });
}

/** So many inputs of a seed. */
export function inputsOf(pair: Pair, seed: number, count: number): Json[] {
  const choices = endlessChoices(seed);
  return Array.from({ length: count }, () => generateInput(pair.schema, choices));
}
