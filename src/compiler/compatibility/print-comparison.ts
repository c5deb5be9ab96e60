// A comparison as data for other programs. `formatVersion` changes only when a field changes its meaning or goes.

import type { Diagnostic, Source, SourceSpan } from '../../diagnostics/diagnostic.ts';
import type { Position } from '../../diagnostics/line-index.ts';
import { createPlaces } from '../../diagnostics/places.ts';
import type { Change } from './change.ts';
import type { CapabilityComparison, Comparison } from './compare-snapshots.ts';
import { countByGrade } from './count-changes.ts';
import { printPayload } from './print-payload.ts';

export interface ComparisonReport {
  readonly against: string;
  readonly today: string;
  readonly failed: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** What the spans of the diagnostics lie in. */
  readonly sources: readonly Source[];
}

/** Payloads whose JSON is longer are given cut, as a text. */
const payloadLengthMax = 10_000;

export function printComparison(comparison: Comparison, report: ComparisonReport): string {
  const { against, today, failed, diagnostics, sources } = report;
  const placeOf = createPlaces(sources);
  const place = (span: SourceSpan): { readonly path: string } & Position => ({
    path: span.path,
    ...placeOf(span).start,
  });
  const all = [...comparison.capabilities.flatMap(({ changes }) => changes), ...comparison.project];
  return `${JSON.stringify(
    {
      formatVersion: 1,
      against,
      today,
      failed,
      counts: countByGrade(all),
      capabilities: comparison.capabilities.map(describeCapability),
      project: comparison.project.map(describeChange),
      findings: diagnostics.map(({ code, severity, message, span, labels, help, capability }) => ({
        code,
        severity,
        message,
        ...(capability === undefined ? {} : { capability }),
        place: place(span),
        ...(labels?.[0] === undefined ? {} : { oldPlace: place(labels[0].span) }),
        ...(help === undefined ? {} : { help }),
      })),
    },
    null,
    2,
  )}\n`;
}

function describeCapability({ key, status, old, new: next, version, changes }: CapabilityComparison): object {
  return {
    key,
    status,
    ...(old === undefined ? {} : { old: { version: old.version, lifecycle: old.lifecycle } }),
    ...(next === undefined ? {} : { new: { version: next.version, lifecycle: next.lifecycle } }),
    ...(version === undefined ? {} : { requiredVersion: version.required, versionIs: version.state }),
    changes: changes.map(describeChange),
  };
}

function describeChange(change: Change): object {
  const { id, area, subject, text, grade, verdict, relief, doubt, witness, addsSurface, fingerprint } =
    change;
  const payload = witness === undefined ? undefined : JSON.stringify(witness.payload);
  return {
    id,
    area,
    subject,
    text,
    grade,
    verdict,
    ...(relief === undefined ? {} : { relief }),
    ...(doubt === undefined ? {} : { doubt }),
    ...(witness === undefined || payload === undefined
      ? {}
      : payload.length <= payloadLengthMax
        ? { payload: witness.payload }
        : { cutPayload: printPayload(witness.payload) }),
    addsSurface,
    fingerprint,
    pointer: change.new.pointer,
    oldPointer: change.old.pointer,
    ...(change.alsoAt.length === 0 ? {} : { alsoAt: change.alsoAt }),
  };
}
