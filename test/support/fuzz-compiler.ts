// The compiler over spoilt sources: it never throws, every place that it names is in one of the files, and everything that it
// finds can be printed and, where it offers to, mended.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { createCompileCache } from '../../src/compiler/compile.ts';
import type { CompileCache } from '../../src/compiler/compile.ts';
import { formatSource } from '../../src/compiler/format-source.ts';
import { openTemplates } from '../../src/compiler/open-templates.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import type { Diagnostic, Source, SourceSpan } from '../../src/diagnostics/diagnostic.ts';
import { printCompact } from '../../src/diagnostics/print-compact.ts';
import { printGithub } from '../../src/diagnostics/print-github.ts';
import { printJson } from '../../src/diagnostics/print-json.ts';
import { printSarif } from '../../src/diagnostics/print-sarif.ts';
import { printText } from '../../src/diagnostics/print-text.ts';
import { createSourceReader } from '../../src/workspace/read-sources.ts';
import { mutateSources, noiseSource } from './mutate-sources.ts';
import { createRandom } from './random.ts';

const root = resolve(import.meta.dirname, '../..');

export interface FuzzFailure {
  /** The number of the run, which with the seed gives the sources again. */
  readonly run: number;
  readonly what: string;
  readonly sources: readonly Source[];
}

export interface FuzzCounts {
  runs: number;
  findings: number;
  readonly codes: Set<string>;
}

const paths = [
  'capabilities/noise.cap.yaml',
  'schemas/noise.schema.yaml',
  'partials/noise.hbs',
  'capstan.yaml',
];

/** Runs `from` to `to` of a seed; gives what went wrong, and adds to `counts` what was seen. */
export function fuzzCompiler(seed: number, from: number, to: number, counts: FuzzCounts): FuzzFailure[] {
  const all = createSourceReader(root).read().sources;
  const sound = new Set(all);
  const foreign = foreignTexts();
  const cache = createCompileCache();
  const failures: FuzzFailure[] = [];
  for (let run = from; run < to; run += 1) {
    const random = createRandom(seed * 1_000_003 + run);
    const sources = projectOf(all, run);
    const spoilt =
      run % 10 === 0
        ? [...sources, noiseSource(paths[(run / 10) % paths.length] ?? '', random)].filter(isFirstOfItsPath)
        : mutateSources(sources, foreign, random);
    const what = tryOne(spoilt, sound, cache, counts, run);
    counts.runs += 1;
    if (what !== undefined) failures.push({ run, what, sources: spoilt.filter((each) => !sound.has(each)) });
  }
  return failures;
}

/** What is shared and two capabilities, others every fifty runs: a change of what is shared costs no more than it must. */
function projectOf(all: readonly Source[], run: number): readonly Source[] {
  const capabilities = all.filter(({ path }) => path.endsWith('.cap.yaml'));
  const first = Math.floor(run / 50);
  const chosen = [first, first + 1].map((index) => capabilities[index % capabilities.length]);
  return all.filter((source) => !capabilities.includes(source) || chosen.includes(source));
}

/** A file that comes later takes the place of one with the same path. */
function isFirstOfItsPath({ path }: Source, index: number, all: readonly Source[]): boolean {
  return all.findLastIndex((each) => each.path === path) === index;
}

function tryOne(
  sources: readonly Source[],
  sound: ReadonlySet<Source>,
  cache: CompileCache,
  counts: FuzzCounts,
  run: number,
): string | undefined {
  try {
    const { diagnostics, library } = compileSources(sources, { cache });
    counts.findings += diagnostics.length;
    for (const { code } of diagnostics) counts.codes.add(code);
    const misplaced = misplacedIn(diagnostics, sources);
    if (misplaced !== undefined) return misplaced;
    printAll(diagnostics, sources);
    const changed = sources.filter((source) => !sound.has(source));
    if (run % 4 === 0) for (const source of changed) openTemplates(source, library);
    if (run % 4 === 1) compileSources(applyFixes(sources, diagnostics).sources, { cache });
    if (run % 4 === 2) for (const source of changed) formatSource(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function printAll(diagnostics: readonly Diagnostic[], sources: readonly Source[]): void {
  printText(diagnostics, sources, { color: true, contextLines: 1 });
  printCompact(diagnostics, sources);
  JSON.parse(printJson(diagnostics, sources));
  JSON.parse(printSarif(diagnostics, sources, { version: '0.0.0', rules: [] }));
  printGithub(diagnostics, sources);
}

function misplacedIn(diagnostics: readonly Diagnostic[], sources: readonly Source[]): string | undefined {
  const lengths = new Map(sources.map(({ path, text }) => [path, text.length]));
  const isInside = ({ path, start, end }: SourceSpan): boolean => {
    // What is missing is missing in a file that is not there.
    const length = lengths.get(path) ?? 0;
    return Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= length;
  };
  for (const diagnostic of diagnostics) {
    const spans = [
      diagnostic.span,
      ...(diagnostic.labels ?? []).map(({ span }) => span),
      ...(diagnostic.fixes ?? []).flatMap(({ edits }) => edits.map(({ span }) => span)),
    ];
    const wrong = spans.find((span) => !isInside(span));
    if (wrong !== undefined) return `${diagnostic.code} names ${JSON.stringify(wrong)}`;
  }
  return undefined;
}

/** Files that are something else altogether: this repository's own code and prose. */
function foreignTexts(): string[] {
  return ['src/compiler', 'src/template', 'schemas', '.']
    .flatMap((folder) =>
      readdirSync(resolve(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(?:ts|json|md)$/.test(entry.name))
        .map(({ name }) => resolve(root, folder, name)),
    )
    .toSorted()
    .map((path) => readFileSync(path, 'utf8').slice(0, 20_000));
}
