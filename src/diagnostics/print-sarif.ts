// Diagnostics in SARIF 2.1.0, the format that code scanning services read. Places count in UTF-16 units, as ours do.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

import { createHash } from 'node:crypto';
import type { Diagnostic, Fix, Severity, Source, SourceSpan } from './diagnostic.ts';
import { createLineIndexes, createPlaces } from './places.ts';

/** What is known of a code apart from any finding. */
export interface SarifRule {
  readonly code: string;
  readonly severity: Severity;
  /** One or two sentences. */
  readonly summary: string;
  /** The whole page, in Markdown. */
  readonly page: string;
}

export interface SarifOptions {
  readonly version: string;
  /** Of every code that occurs; a finding whose code has none is given without a rule. */
  readonly rules: readonly SarifRule[];
}

const schema = 'https://json.schemastore.org/sarif-2.1.0-rtm.5.json';

const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  error: 'error',
  deny: 'error',
  warning: 'warning',
  info: 'note',
};

/** One run with one result for each diagnostic, in their order. */
export function printSarif(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  { version, rules }: SarifOptions,
): string {
  const regionOf = createRegions(sources);
  const occurring = new Set(diagnostics.map(({ code }) => code));
  const listed = rules.filter(({ code }) => occurring.has(code));
  const indexes = new Map(listed.map(({ code }, index) => [code, index]));
  const fingerprintOf = createFingerprints(sources);
  const log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'capstan', version, rules: listed.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { PROJECT: { description: { text: 'The folder that holds capstan.yaml.' } } },
        results: diagnostics.map((diagnostic) =>
          resultOf(diagnostic, indexes.get(diagnostic.code), regionOf, fingerprintOf(diagnostic)),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ code, severity, summary, page }: SarifRule): object {
  return {
    id: code,
    shortDescription: { text: summary },
    help: { text: page, markdown: page },
    defaultConfiguration: { level: levels[severity] },
  };
}

function resultOf(
  diagnostic: Diagnostic,
  ruleIndex: number | undefined,
  regionOf: RegionOf,
  fingerprint: string,
): object {
  const { code, severity, span, labels = [], fixes = [], capability, pointer } = diagnostic;
  return {
    ruleId: code,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: levels[severity],
    message: { text: messageOf(diagnostic) },
    locations: [{ physicalLocation: regionOf(span) }],
    ...(labels.length > 0 && {
      relatedLocations: labels.map((label, id) => ({
        id,
        physicalLocation: regionOf(label.span),
        message: { text: label.message },
      })),
    }),
    partialFingerprints: { 'capstanFinding/v1': fingerprint },
    ...(fixes.length > 0 && { fixes: fixes.map((fix) => fixOf(fix, regionOf)) }),
    ...((capability ?? pointer) !== undefined && {
      properties: {
        ...(capability !== undefined && { capability }),
        ...(pointer !== undefined && { pointer }),
      },
    }),
  };
}

function messageOf({ message, notes = [], help = [] }: Diagnostic): string {
  return [message, ...notes.map((note) => `Note: ${note}`), ...help.map((text) => `Help: ${text}`)].join(
    '\n',
  );
}

function fixOf({ message, safety, edits }: Fix, regionOf: RegionOf): object {
  const paths = [...new Set(edits.map(({ span }) => span.path))];
  return {
    description: { text: safety === 'safe' ? message : `${message} (look at it first)` },
    artifactChanges: paths.map((path) => ({
      artifactLocation: artifact(path),
      replacements: edits
        .filter(({ span }) => span.path === path)
        .map(({ span, text }) => ({ deletedRegion: regionOf(span).region, insertedContent: { text } })),
    })),
  };
}

// -- places

type RegionOf = (span: SourceSpan) => { readonly artifactLocation: object; readonly region: object };

function createRegions(sources: readonly Source[]): RegionOf {
  const placeOf = createPlaces(sources);
  return (span) => {
    const { start, end } = placeOf(span);
    return {
      artifactLocation: artifact(span.path),
      region: {
        startLine: start.line,
        startColumn: start.column,
        endLine: end.line,
        endColumn: end.column,
      },
    };
  };
}

function artifact(path: string): object {
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'PROJECT' };
}

/**
 * What names a finding across commits: its code, its file and the words of its line, not its number; equal ones are
 * counted, so that two never share a name.
 */
function createFingerprints(sources: readonly Source[]): (diagnostic: Diagnostic) => string {
  const indexOf = createLineIndexes(sources);
  const seen = new Map<string, number>();
  return ({ code, span, message }) => {
    const index = indexOf(span.path);
    const line = index.lineText(index.positionOf(span.start).line).trim();
    const words = JSON.stringify([code, span.path, line, message]);
    const count = seen.get(words) ?? 0;
    seen.set(words, count + 1);
    return createHash('sha256').update(`${words}${count}`).digest('hex').slice(0, 32);
  };
}
