// What a source, a span and a diagnostic are. Plain data: drawing them is print-*.ts, deciding them is the compiler.

/** One file of a project, already in memory. `path` is relative to the project root and always uses `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets in one source. An empty range (`start === end`) is a place between characters. */
export interface SourceSpan {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export type Severity = 'error' | 'deny' | 'warning' | 'info';

/** A secondary place that explains the primary one. */
export interface Label {
  readonly span: SourceSpan;
  readonly message: string;
}

/** A replacement of one span by text; `safe` edits keep the meaning that the author plainly had. */
export interface Fix {
  readonly message: string;
  readonly safety: 'safe' | 'maybe';
  readonly edits: readonly { readonly span: SourceSpan; readonly text: string }[];
}

/**
 * One thing an author should know. `code` is a name in a group (`template/unknown-property`), chosen once, never
 * reused. `message` is one full sentence in the present tense; `label` is the short text under the carets.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: SourceSpan;
  readonly label?: string;
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly help?: readonly string[];
  readonly fixes?: readonly Fix[];
  readonly capability?: string;
  readonly pointer?: string;
  /** True when the text at the span must not be shown, such as a key that stands where its name should. */
  readonly isSecret?: boolean;
}

/** How phases and rules tell what they found: they report, they never throw. */
export type Report = (diagnostic: Diagnostic) => void;
