// Applies the edits that diagnostics offer. Pure: texts in, texts out; whether the result is better is for the compiler to
// say.

import type { Diagnostic, Fix, Source } from './diagnostic.ts';

export interface FixedSources {
  /** All sources, those without an edit unchanged. */
  readonly sources: readonly Source[];
  /** The fixes that were taken, in the order of the diagnostics. */
  readonly applied: readonly Fix[];
}

type Edit = Fix['edits'][number];

/**
 * Takes the first safe fix of each diagnostic, whole or not at all. A fix that touches a place which an earlier one has
 * already changed is left for another round, as is one for a file that is not among the sources.
 */
export function applyFixes(sources: readonly Source[], diagnostics: readonly Diagnostic[]): FixedSources {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const taken = new Map<string, Edit[]>();
  const applied: Fix[] = [];
  for (const { fixes } of diagnostics) {
    const fix = fixes?.find(({ safety }) => safety === 'safe');
    if (fix === undefined || !fix.edits.every((edit) => isFree(edit, taken, texts))) continue;
    applied.push(fix);
    for (const edit of fix.edits) taken.set(edit.span.path, [...(taken.get(edit.span.path) ?? []), edit]);
  }
  return {
    sources: sources.map((source) => {
      const edits = taken.get(source.path);
      return edits === undefined ? source : { ...source, text: editText(source.text, edits) };
    }),
    applied,
  };
}

function isFree(
  { span }: Edit,
  taken: ReadonlyMap<string, readonly Edit[]>,
  texts: ReadonlyMap<string, string>,
): boolean {
  const text = texts.get(span.path);
  if (text === undefined || span.end > text.length) return false;
  const others = taken.get(span.path) ?? [];
  // Two insertions at one place have no order of their own, so they clash as well.
  return others.every((other) => span.end < other.span.start || other.span.end < span.start);
}

/** Edits that do not touch one another, in any order. */
function editText(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((left, right) => right.span.start - left.span.start)
    .reduce((edited, { span, text: by }) => edited.slice(0, span.start) + by + edited.slice(span.end), text);
}
