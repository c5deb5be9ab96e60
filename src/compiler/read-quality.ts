// Reads capabilities/quality.json: what `capstan eval` measured, committed and reviewed like code.

import type { Report, Source } from '../diagnostics/diagnostic.ts';
import { isSimulated } from '../registry/is-simulated.ts';
import type { Json, MeasuredQuality, Snapshot } from '../registry/snapshot.ts';
import { isRecord } from '../schema/json-schema.ts';
import { appendPointer } from '../schema/json-pointer.ts';
import type { SnapshotEntry } from './compile-cache.ts';
import { parse } from './parse.ts';
import type { SyntaxTree } from './syntax-tree.ts';

type Quality = Record<string, Record<string, MeasuredQuality>>;

/** The file as it was read. */
export interface QualityFile {
  readonly tree: SyntaxTree;
  readonly quality: Quality;
}

/** Undefined when the file is no such file; that was reported. */
export function readQuality(source: Source, report: Report): QualityFile | undefined {
  const tree = parse(source, report);
  if (tree === undefined || !tree.isSound) return undefined;
  const quality: Quality = {};
  const wrong = (pointer: string, wanted: string): undefined => {
    report({
      code: 'quality/not-readable',
      severity: 'error',
      message: `This is not what \`capstan eval\` writes: ${wanted}.`,
      span: tree.spanOf(pointer),
      help: ['let `capstan eval` write the file, or take the last good one from version control'],
      pointer,
    });
  };
  if (!isRecord(tree.value)) return wrong('', 'a map of capabilities is expected here');
  for (const [capability, models] of Object.entries(tree.value)) {
    const place = appendPointer('', capability);
    if (!isRecord(models)) return wrong(place, 'a map of models is expected here');
    const ofCapability: Record<string, MeasuredQuality> = {};
    for (const [model, entry] of Object.entries(models)) {
      const measured = measuredOf(entry);
      if (measured === undefined)
        return wrong(appendPointer(place, model), 'passes, n, date and revision are expected here');
      ofCapability[model] = measured;
    }
    quality[capability] = ofCapability;
  }
  return { tree, quality };
}

function measuredOf(entry: Json): MeasuredQuality | undefined {
  if (!isRecord(entry)) return undefined;
  const { passes, n: runs, date, revision } = entry;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  if (!isCount(passes) || !isCount(runs) || passes > runs) return undefined;
  if (typeof date !== 'string' || typeof revision !== 'string') return undefined;
  return { passes, runs, revision, date };
}

/** The same without the simulator's models: whatever a file says of them, nothing was measured. */
export function withoutSimulated(file: QualityFile, providers: Snapshot['providers']): QualityFile {
  const isMeasured = ([model]: readonly [string, MeasuredQuality]): boolean => !isSimulated(providers, model);
  const all = Object.entries(file.quality);
  if (all.every(([, models]) => Object.entries(models).every(isMeasured))) return file;
  const kept = all.map(([capability, models]) => {
    return [capability, Object.fromEntries(Object.entries(models).filter(isMeasured))] as const;
  });
  return { ...file, quality: Object.fromEntries(kept) };
}

/** Says which measurements are of a prompt that is no more. */
export function reportStale(
  { tree, quality }: QualityFile,
  entries: readonly SnapshotEntry[],
  report: Report,
): void {
  for (const { capability } of entries) {
    const models = Object.entries(
      Object.hasOwn(quality, capability.key) ? (quality[capability.key] ?? {}) : {},
    );
    const stale = models.filter(([, { revision }]) => revision !== capability.revision);
    if (stale.length === 0) continue;
    const pointer = appendPointer('', capability.key);
    const many = stale.length === 1 ? '1 model was' : `${stale.length} models were`;
    report({
      code: 'quality/stale',
      severity: 'info',
      message: `${many} measured at an older revision of ${capability.key}: these measurements count a quarter.`,
      span: tree.spanOf(pointer, 'key'),
      help: [`\`capstan eval ${capability.name}\` measures the present one`],
      capability: capability.name,
      pointer,
    });
  }
}
