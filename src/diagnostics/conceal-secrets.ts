// Sources with dots in place of everything that some finding says must not be shown: a line is drawn for many reasons, and
// none of them is a reason to show a key. Give it every finding there is, not only those that are drawn. Offsets stay as
// they are.

import type { Diagnostic, Source } from './diagnostic.ts';

export function concealSecrets(
  sources: readonly Source[],
  diagnostics: readonly Diagnostic[],
): readonly Source[] {
  const secrets = Map.groupBy(
    diagnostics.filter(({ isSecret }) => isSecret),
    ({ span }) => span.path,
  );
  if (secrets.size === 0) return sources;
  return sources.map((source) => {
    const spans = secrets.get(source.path)?.map(({ span }) => span) ?? [];
    return spans.length === 0 ? source : { ...source, text: concealSpans(source.text, spans) };
  });
}

/** The text with dots in place of what the spans hold; line ends stay. Spans may overlap. */
export function concealSpans(
  text: string,
  spans: readonly { readonly start: number; readonly end: number }[],
): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of [...spans].sort((left, right) => left.start - right.start)) {
    if (end <= done) continue;
    const from = Math.max(start, done);
    parts.push(text.slice(done, from), text.slice(from, end).replaceAll(/[^\r\n]/g, '•'));
    done = end;
  }
  return parts.join('') + text.slice(done);
}
