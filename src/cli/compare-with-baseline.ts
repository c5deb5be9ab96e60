// A project against its baseline: the comparison, and what to say of it, with places on both sides.

import type { Acknowledgements } from '../compiler/compatibility/acknowledgements.ts';
import { acknowledgementsPath, readAcknowledgements } from '../compiler/compatibility/acknowledgements.ts';
import { compareSnapshots } from '../compiler/compatibility/compare-snapshots.ts';
import type { Comparison } from '../compiler/compatibility/compare-snapshots.ts';
import { codes, isDiagnosticCode } from '../compiler/codes.ts';
import { lintLevelsOf } from '../compiler/compatibility/lint-levels-of.ts';
import { createLocator } from '../compiler/compatibility/locate.ts';
import type { Locator } from '../compiler/compatibility/locate.ts';
import { reportComparison } from '../compiler/compatibility/report-comparison.ts';
import { applyLintLevels } from '../compiler/lint-levels.ts';
import type { Diagnostic, Report, Source } from '../diagnostics/diagnostic.ts';
import { orderDiagnostics } from '../diagnostics/order-diagnostics.ts';
import type { Snapshot } from '../registry/snapshot.ts';

/** What a project is compared with. */
export interface Baseline {
  /** How it is called in sentences: `git:main`. */
  readonly label: string;
  /** Undefined when there was no project yet. */
  readonly snapshot?: Snapshot;
  /** Absent for a Snapshot file. */
  readonly sources?: readonly Source[];
  /** The same as people may see them. */
  readonly shown?: readonly Source[];
  /** Goes before the paths of the sources. */
  readonly prefix: string;
  /** What is wrong with the baseline itself. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The project as it is now. */
export interface Present {
  readonly snapshot: Snapshot;
  readonly sources: readonly Source[];
  /** The same as people may see them. */
  readonly shown: readonly Source[];
  /** The text of capstan.ack.yaml, when there is one. */
  readonly acknowledgements?: string;
}

export interface BaselineComparison {
  readonly comparison: Comparison;
  readonly diagnostics: readonly Diagnostic[];
  /** What the diagnostics point into, old and new. */
  readonly sources: readonly Source[];
  /** The same as people may see them. */
  readonly shown: readonly Source[];
}

/** `today` is `YYYY-MM-DD`. */
export function compareWithBaseline(present: Present, baseline: Baseline, today: string): BaselineComparison {
  const told: Diagnostic[] = [];
  const read = readAcknowledged(present, (diagnostic) => told.push(diagnostic));
  const locator = createLocator(present.sources);
  const old = baseline.sources && createLocator(baseline.sources, baseline.prefix);
  const notCompared = filesNotCompared(baseline);
  const whole = compareSnapshots(baseline.snapshot ?? emptied(present.snapshot), present.snapshot, {
    today,
    acknowledgements: read.acknowledgements?.entries ?? [],
  });
  const comparison = withoutFiles(whole, notCompared, locator);
  const reported = reportComparison(comparison, {
    sources: locator,
    ...(old === undefined ? {} : { baseline: old }),
    against: baseline.label,
    ...(read.acknowledgements === undefined ? {} : { acknowledgements: read.acknowledgements }),
  });
  const warnings = notCompared.map((path) => notComparedWarning(path, present, baseline));
  const found = [...reported, ...warnings];
  const levels = lintLevelsOf(present.sources);
  // A level is for a code as it is usually weighed; what was let off stays let off.
  const levelled = [
    ...applyLintLevels(found.filter(isUsual), levels),
    ...found.filter((each) => !isUsual(each) && levels[each.code] !== 'off'),
  ];
  return {
    comparison,
    diagnostics: orderDiagnostics([...told, ...levelled]),
    sources: [...locator.sources, ...read.sources, ...(old?.sources ?? [])],
    shown: [
      ...present.shown,
      ...read.sources,
      ...(baseline.shown ?? []).map((source) => ({ ...source, path: baseline.prefix + source.path })),
    ],
  };
}

function readAcknowledged(
  { acknowledgements: text }: Present,
  report: Report,
): { readonly acknowledgements?: Acknowledgements; readonly sources: readonly Source[] } {
  if (text === undefined) return { sources: [] };
  const source = { path: acknowledgementsPath, text };
  const acknowledgements = readAcknowledgements(source, report);
  return { sources: [source], ...(acknowledgements && { acknowledgements }) };
}

function isUsual({ code, severity }: Diagnostic): boolean {
  return isDiagnosticCode(code) && codes[code] === severity;
}

/** A baseline without a project: everything is new, and nothing is missing. */
function emptied(snapshot: Snapshot): Snapshot {
  return { ...snapshot, capabilities: {}, latest: {} };
}

/** Files of the baseline that do not compile with this version of Capstan. */
function filesNotCompared({ diagnostics }: Baseline): readonly string[] {
  const paths = diagnostics.filter(({ severity }) => severity === 'error').map(({ span }) => span.path);
  return [...new Set(paths)].filter((path) => path.endsWith('.cap.yaml')).sort();
}

/** A capability whose old file does not compile is not new. */
function withoutFiles(comparison: Comparison, paths: readonly string[], locator: Locator): Comparison {
  const place = { pointer: '/metadata/name', at: 'value' } as const;
  return {
    ...comparison,
    capabilities: comparison.capabilities.filter(
      ({ key, status }) =>
        status !== 'added' || !paths.includes(locator.inCapability(key, place)?.path ?? ''),
    ),
  };
}

function notComparedWarning(path: string, { sources }: Present, { label }: Baseline): Diagnostic {
  const isHere = sources.some((source) => source.path === path);
  return {
    code: 'compat/not-compared',
    severity: 'warning',
    message: `${path} of ${label} does not compile, so nothing can be said of its changes.`,
    span: { path: isHere ? path : 'capstan.yaml', start: 0, end: 0 },
  };
}
