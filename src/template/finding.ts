// What the checker finds about a template and a schema together.

import type { Place, TemplateFix } from './template.ts';

/** Offsets count in the text of `partial`, or of the template itself. */
export interface TemplatePlace extends Place {
  readonly partial?: string;
}

/** Another place that explains the finding: in a template, or in the schema of the input (`/input/properties/note`). */
export type TemplateLabel = { readonly message: string } & (TemplatePlace | { readonly pointer: string });

export interface TemplateFinding extends TemplatePlace {
  readonly code: string;
  readonly severity: 'error' | 'deny' | 'warning' | 'info';
  readonly message: string;
  readonly label?: string;
  readonly labels?: readonly TemplateLabel[];
  readonly help?: string;
  readonly notes?: readonly string[];
  /** Counts in the same text as the finding. */
  readonly fix?: TemplateFix;
  /** The call in the template itself that led into the partial. */
  readonly calledAt?: Place;
}

/** The same thing said of the same place, because a partial was checked for two contexts. */
export function withoutRepetitions(findings: readonly TemplateFinding[]): TemplateFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, start, end, partial, message }) => {
    const key = `${code} ${start} ${end} ${partial ?? ''} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
