// Sources with dots in place of everything that some finding says must not be shown: a line is drawn for many reasons, and
// none of them is a reason to show a key. Offsets stay as they are.

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
    return spans.length === 0 ? source : { ...source, text: spans.reduce(concealed, source.text) };
  });
}

function concealed(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return text.slice(0, start) + text.slice(start, end).replaceAll(/[^\r\n]/g, '•') + text.slice(end);
}
