// `check --fix`: takes the safe fixes of all findings, compiles again, and goes on until nothing changes. Pure: what comes
// out is written elsewhere. A fix after which more is wrong than before is taken back.

import type { Compilation } from '../compiler/compile.ts';
import { applyFixes } from '../diagnostics/apply-fixes.ts';
import type { Diagnostic, Fix, Source } from '../diagnostics/diagnostic.ts';
import { createLineIndex } from '../diagnostics/line-index.ts';

/** One fix may make room for the next; more rounds than these are a circle. */
const roundsMax = 10;

/** Each try compiles the project once. */
const triesMax = 200;

/** What one fix changed, where its finding was. */
export interface AppliedFix {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

export interface FixedProject {
  readonly sources: readonly Source[];
  readonly compilation: Compilation;
  readonly applied: readonly AppliedFix[];
}

export interface FixOptions {
  readonly compile: (sources: readonly Source[]) => Compilation;
  /** Which findings may be mended. */
  readonly isWanted: (diagnostic: Diagnostic) => boolean;
}

export function fixSources(
  sources: readonly Source[],
  compilation: Compilation,
  options: FixOptions,
): FixedProject {
  let state: FixedProject = { sources, compilation, applied: [] };
  const refused = new Set<string>();
  for (let round = 0; round < roundsMax; round += 1) {
    const offers = offersOf(state, options).filter((offer) => !refused.has(keyOf(offer)));
    if (offers.length === 0) break;
    const next = takeAll(state, offers, options) ?? takeOneByOne(state, offers, options, refused);
    if (next === state) break;
    state = next;
  }
  return state;
}

/** The findings that offer a safe fix. */
function offersOf({ compilation }: FixedProject, { isWanted }: FixOptions): Diagnostic[] {
  return compilation.diagnostics.filter(
    (diagnostic) => isWanted(diagnostic) && diagnostic.fixes?.some(({ safety }) => safety === 'safe'),
  );
}

/** The state after all of them together; undefined when that is worse, or the same. */
function takeAll(
  state: FixedProject,
  offers: readonly Diagnostic[],
  { compile }: FixOptions,
): FixedProject | undefined {
  const fixed = applyFixes(state.sources, offers);
  const taken = new Set<Fix>(fixed.applied);
  const isChanged = fixed.sources.some((source, index) => source.text !== state.sources[index]?.text);
  if (!isChanged) return undefined;
  const compilation = compile(fixed.sources);
  const applied = offers.filter(({ fixes }) => fixes?.some((fix) => taken.has(fix)));
  if (!helps(applied, state.compilation, compilation)) return undefined;
  return {
    sources: fixed.sources,
    compilation,
    applied: [...state.applied, ...applied.map((offer) => describe(offer, state.sources))],
  };
}

/** The first of them that makes nothing worse; those before it are not tried again. The same state when there is none. */
function takeOneByOne(
  state: FixedProject,
  offers: readonly Diagnostic[],
  options: FixOptions,
  refused: Set<string>,
): FixedProject {
  let current = state;
  for (const offer of offers.slice(0, triesMax)) {
    // Places have moved once a file has changed: its other fixes wait for the next round.
    if (current.applied.slice(state.applied.length).some(({ path }) => touches(offer, path))) continue;
    const next = takeAll(current, [offer], options);
    if (next === undefined) refused.add(keyOf(offer));
    else current = next;
  }
  return current;
}

function touches({ span, fixes }: Diagnostic, path: string): boolean {
  return (
    span.path === path || (fixes ?? []).some(({ edits }) => edits.some((edit) => edit.span.path === path))
  );
}

/** The same offer in the same place of the same file. */
function keyOf({ code, span, message }: Diagnostic): string {
  return `${code} ${span.path} ${span.start} ${message}`;
}

function describe({ code, span, fixes }: Diagnostic, sources: readonly Source[]): AppliedFix {
  const text = sources.find(({ path }) => path === span.path)?.text ?? '';
  const { line, column } = createLineIndex(text).positionOf(span.start);
  const message = fixes?.find(({ safety }) => safety === 'safe')?.message ?? '';
  return { path: span.path, line, column, code, message };
}

/** Errors of the syntax: the parser gives up at one of them, so what is behind it has not been read. */
const syntax =
  /^yaml\/(?:bad-escape|indentation|key-not-text|missing-.*|nothing-declared|reserved-start|root-.*|second-colon|several-.*|syntax|tab-indent|template-as-map|unclosed-.*|unexpected)$/;

/**
 * What is looked at first: while `kind` is not known nothing else is judged, while a schema is broken nothing in the
 * templates. So one less of these outweighs all that is found because of it.
 */
const phases: readonly RegExp[] = [
  /^yaml\//,
  /^declaration\/unknown-(?:kind|api-version)$/,
  /^declaration\//,
  /^schema\//,
  /^(?:template|trust|partial)\//,
  /./,
];

/** Whether every file in which something was mended is better than before. */
function helps(applied: readonly Diagnostic[], before: Compilation, after: Compilation): boolean {
  const codesByPath = new Map<string, Set<string>>();
  for (const { span, code } of applied) {
    codesByPath.set(span.path, (codesByPath.get(span.path) ?? new Set()).add(code));
  }
  return [...codesByPath].every(([path, codes]) => {
    const old = before.diagnostics.filter(({ span }) => span.path === path);
    const now = after.diagnostics.filter(({ span }) => span.path === path);
    const progress = firstSyntaxError(now) - firstSyntaxError(old);
    if (progress !== 0) return progress > 0;
    for (const phase of phases) {
      const difference = countErrors(now, phase) - countErrors(old, phase);
      if (difference !== 0) return difference < 0;
    }
    return countOf(now, codes) < countOf(old, codes);
  });
}

/** How far the parser came: the place of the first error, or a place behind every text. */
function firstSyntaxError(diagnostics: readonly Diagnostic[]): number {
  const places = diagnostics.filter(({ code }) => syntax.test(code)).map(({ span }) => span.start);
  return Math.min(...places, Number.MAX_SAFE_INTEGER);
}

function countErrors(diagnostics: readonly Diagnostic[], phase: RegExp): number {
  return diagnostics.filter(({ severity, code }) => severity === 'error' && phase.test(code)).length;
}

function countOf(diagnostics: readonly Diagnostic[], codes: ReadonlySet<string>): number {
  return diagnostics.filter(({ code }) => codes.has(code)).length;
}
