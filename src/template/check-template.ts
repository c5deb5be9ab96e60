// Template × input schema → what is wrong with the template. One walk over the same nodes that the evaluator walks, with
// types in the place of values. Every type is a superset of what can be there, so a template that is called clean never
// prints an object or an absent value, never loops over what is no list, and never loses text.

import { checkEach, checkIf, checkWith } from './check-block.ts';
import { checkOutput } from './check-output.ts';
import { checkPartial } from './check-partial.ts';
import { reportEndlessCalls, reportUnusedParameters } from './check-partial-calls.ts';
import type { Check, Extent, Known, Scope } from './check-state.ts';
import { isFull, rootKey } from './check-state.ts';
import { checkListNumber, checkText } from './check-text.ts';
import { reportEmptyMessage } from './empty-message.ts';
import { withoutRepetitions } from './finding.ts';
import type { TemplateFinding } from './finding.ts';
import { joinedLines } from './joined-lines.ts';
import type { JsonSchema } from './json.ts';
import { noFacts } from './narrow.ts';
import { probeAt } from './probe.ts';
import type { Probe } from './probe.ts';
import type { Facts } from './narrow.ts';
import type { Template, TemplateNode } from './template.ts';
import { typeOfSchema } from './type-model.ts';

export interface CheckedTemplate {
  readonly findings: readonly TemplateFinding[];
  /** Top-level properties of the input that are used; `undefined` when all of them are, because the input is as a whole. */
  readonly used: ReadonlySet<string> | undefined;
  /** Keys of the branches that some input may take; see `branchesOf`. */
  readonly reachable: ReadonlySet<string>;
  /** The longest text that a valid input can make of it, in code points; absent when the schema sets no limit. */
  readonly lengthMax?: number;
}

export interface CheckOptions {
  /** Resolved and closed. */
  readonly schema: JsonSchema;
  readonly partials: ReadonlyMap<string, Template>;
  /** Text of the caller may not stand bare in messages of `system` and `developer`. */
  readonly role: string;
  /** The model is sent a schema of its answer, so that the prompt need not ask for JSON. */
  readonly isOutputStructured?: boolean;
  /** Characters of the suffix that rendering gives to the tags of fences. */
  readonly fenceSuffixLength?: number;
  readonly probe?: Probe;
}

export const defaultFenceSuffixLength = 8;

export function checkTemplate(template: Template, options: CheckOptions): CheckedTemplate {
  const check = createCheck(template, options);
  const extent = checkBody(check, template.body, { context: check.root }, noFacts);
  reportEndlessCalls(check);
  check.findings.push(...joinedLines(template));
  if (!check.findings.some(({ severity }) => severity === 'error')) {
    reportUnusedParameters(check);
    if (extent.canBeSilent) reportEmptyMessage(check);
  }
  return {
    findings: withoutRepetitions(check.findings),
    used: check.used.has('') || isFull(check) ? undefined : check.used,
    reachable: check.reachable,
    ...(Number.isFinite(extent.lengthMax) ? { lengthMax: extent.lengthMax } : {}),
  };
}

function createCheck(template: Template, options: CheckOptions): Check {
  const root: Known = { type: typeOfSchema(options.schema), key: rootKey, pointer: '/input' };
  return {
    template,
    partials: options.partials,
    probe: options.probe,
    isPrivileged: options.role === 'system' || options.role === 'developer',
    isOutputStructured: options.isOutputStructured ?? false,
    loopDepthMax: Math.max(0, ...[...options.partials.values()].map(loopDepthOf)),
    fenceSuffixLength: options.fenceSuffixLength ?? defaultFenceSuffixLength,
    root,
    findings: [],
    errors: 0,
    used: new Set(),
    checked: new Map(),
    partialCalls: [],
    overlays: new Map(),
    calls: [],
    reachable: new Set(),
    frames: 0,
    walk: checkBody,
  };
}

/** How far the loop variables of a template climb; counted in the text, so rather too far than too little. */
function loopDepthOf({ text }: Template): number {
  const climbs = Array.from(text.matchAll(/@(?:\.\.\/)+/g), ([climb]) => (climb.length - 1) / '../'.length);
  return Math.max(0, ...climbs);
}

function checkBody(check: Check, body: readonly TemplateNode[], scope: Scope, facts: Facts): Extent {
  let canBeSilent = true;
  let lengthMax = 0;
  for (const [index, node] of body.entries()) {
    if (isFull(check)) return { canBeSilent, lengthMax: Infinity };
    const extent = checkNode(check, node, scope, facts);
    if (node.kind === 'output') checkListNumber(check, node, body[index - 1], body[index + 1], scope, facts);
    canBeSilent &&= extent.canBeSilent;
    lengthMax += extent.lengthMax;
  }
  return { canBeSilent, lengthMax };
}

function checkNode(check: Check, node: TemplateNode, scope: Scope, facts: Facts): Extent {
  switch (node.kind) {
    case 'text':
      checkText(check, node, scope);
      return { canBeSilent: node.text.trim() === '', lengthMax: [...node.text].length };
    case 'output':
      probeAt(check, node, scope, facts);
      return checkOutput(check, node.expression, scope, facts);
    case 'if':
      return checkIf(check, node, scope, facts);
    case 'with':
      return checkWith(check, node, scope, facts);
    case 'each':
      return checkEach(check, node, scope, facts);
    case 'partial':
      return checkPartial(check, node, scope, facts);
  }
}
