// What findings must not say: secrets that stand where a name should, and the same secret twice.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { secretInText } from './rules/trust/secret-in-text.ts';
import { concealFound } from './rules/trust/secret-patterns.ts';

/**
 * Findings that quote no secret. One that did keeps neither help nor fixes: they may hold it in another spelling, and the
 * way out is to remove it.
 */
export function concealFindings(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return withoutRepeated(diagnostics).map(concealIn);
}

/** A place that a more exact finding calls a secret needs no finding that it looks like one. */
function withoutRepeated(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const exact = diagnostics.filter(({ code, isSecret }) => isSecret && code !== secretInText.code);
  return diagnostics.filter(
    ({ code, span }) =>
      code !== secretInText.code ||
      exact.every(
        (each) => each.span.path !== span.path || each.span.start > span.start || each.span.end < span.end,
      ),
  );
}

function concealIn(diagnostic: Diagnostic): Diagnostic {
  const { help, fixes, ...rest } = diagnostic;
  const { label, labels, notes, capability, pointer } = rest;
  const message = concealFound(rest.message);
  const isQuoting = message !== rest.message;
  const harmless = isQuoting
    ? []
    : fixes?.filter((fix) => [fix.message, ...fix.edits.map(({ text }) => text)].every(isHarmless));
  return {
    ...rest,
    message,
    ...(label !== undefined && { label: concealFound(label) }),
    ...(labels && { labels: labels.map((each) => ({ ...each, message: concealFound(each.message) })) }),
    ...(notes && { notes: notes.map(concealFound) }),
    ...(capability !== undefined && { capability: concealFound(capability) }),
    ...(pointer !== undefined && { pointer: concealFound(pointer) }),
    ...(help && !isQuoting && { help: help.map(concealFound) }),
    ...(harmless && harmless.length > 0 && { fixes: harmless }),
  };
}

function isHarmless(text: string): boolean {
  return concealFound(text) === text;
}
