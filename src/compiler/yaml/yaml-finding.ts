// What the YAML phase finds in one file, before it is a diagnostic.

import type { Diagnostic, Fix } from '../../diagnostics/diagnostic.ts';

/** Places are offsets into the file. An error unless it says otherwise. */
export type YamlFinding = Omit<Diagnostic, 'severity' | 'span' | 'labels'> & {
  readonly severity?: Diagnostic['severity'];
  readonly start: number;
  readonly end: number;
  readonly labels?: readonly { readonly start: number; readonly end: number; readonly message: string }[];
};

/** A fix of one edit. */
export function fixOf(
  message: string,
  safety: Fix['safety'],
  path: string,
  [start, end]: readonly [number, number],
  text: string,
): Fix {
  return { message, safety, edits: [{ span: { path, start, end }, text }] };
}

const excerptMax = 40;

export function shorten(text: string): string {
  return text.length > excerptMax ? `${text.slice(0, excerptMax)}…` : text;
}

export function inQuotes(text: string): string {
  return `"${shorten(text)}"`;
}
