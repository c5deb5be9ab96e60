// Markdown sections as compiler tests: the files of a small project and, in a `text` block, exactly what the compiler says
// about them. What a case does not show is completed, so that a sample holds only what it is about.
import { afterAll, expect, test } from 'vitest';
import { compareWithBaseline } from '../../src/cli/compare-with-baseline.ts';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { diagnoseCoverage, measureCoverage } from '../../src/cli/template-coverage.ts';
import type { Compilation } from '../../src/compiler/compile.ts';
import { acknowledgementsPath } from '../../src/compiler/compatibility/acknowledgements.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import type { Diagnostic, Source } from '../../src/diagnostics/diagnostic.ts';
import { printText } from '../../src/diagnostics/print-text.ts';
import type { BlockChange, MarkdownBlock, MarkdownSection } from './markdown.ts';
import { readMarkdown, rewriteBlocks, updatesExpectations } from './markdown.ts';

/** The files of one case; `tails` holds what was appended to those that the case shows in part. */
interface CaseSources {
  readonly sources: readonly Source[];
  readonly tails: ReadonlyMap<string, string>;
}

const capabilityPath = 'capabilities/sample.cap.yaml';
const projectPath = 'capstan.yaml';

/** It is always this day in a case. */
const today = '2026-07-01';

/** What completes a capability, in the order in which missing keys are appended. */
const capabilityParts: readonly (readonly [key: string, text: string])[] = [
  ['apiVersion', 'apiVersion: capstan/v1\n'],
  ['kind', 'kind: Capability\n'],
  [
    'metadata',
    'metadata: { name: sample, version: 1.0.0, owner: team, description: Shows one thing that the compiler says. }\n',
  ],
  ['input', 'input: { type: object, properties: {} }\n'],
  ['output', 'output: { type: string, description: The answer. }\n'],
  ['prompt', 'prompt: [{ role: user, content: "{{json this}}" }]\n'],
];

const projectParts: readonly (readonly [key: string, text: string])[] = [
  ['apiVersion', 'apiVersion: capstan/v1\n'],
  ['kind', 'kind: Project\n'],
  ['metadata', 'metadata: { name: sample }\n'],
  ['providers', 'providers: { simulator: { adapter: simulator } }\n'],
];

/**
 * The sections of a file that show sources. A block `yaml` is the capability `sample`; `yaml PATH` and `hbs PATH` are other
 * files. Top-level keys that a capability or capstan.yaml does not have are appended below it. Words after the path:
 * `exact` (nothing is appended), `escaped` (`\uXXXX` and `\t` stand for the characters), `times=N` (the last line stands
 * there N times), `alone` (there is no capstan.yaml), `tested` (with what `capstan test --coverage` finds).
 */
function casesOf(file: string): readonly MarkdownSection[] {
  return readMarkdown(file).filter((section) => section.blocks.some(isSource));
}

/** One test for each case of a file. Gives what each found, once the tests have run. */
export function testCases(file: string): ReadonlyMap<string, readonly Diagnostic[]> {
  const cases = casesOf(file);
  const found = new Map<string, readonly Diagnostic[]>();
  const changes: BlockChange[] = [];
  test.each(cases.map((section) => [section.heading, section] as const))('%s', (heading, section) => {
    const { sources, tails } = sourcesOf(section, isSource);
    const judge = judgeOf(section, sources);
    const { diagnostics, shown } = judge(sources);
    found.set(heading, diagnostics);
    const fixed = applyFixes(sources, diagnostics).sources;
    const suggested = applyFixes(sources, diagnostics.map(takenForSafe)).sources;
    const first = Number(/\bfirst=(?<count>\d+)/.exec(textLabel(section))?.groups?.['count'] ?? Infinity);
    changes.push(...compareBlock(section, 'text', printText(diagnostics.slice(0, first), shown)));
    for (const block of section.blocks.filter(({ label }) => isMended(label))) {
      const mended = /\bsuggested$/.test(block.label) ? suggested : fixed;
      changes.push(...compareText(block, shownPart(mended, pathOf(block), tails)));
    }
    expectFixesHelp(diagnostics, fixed, judge);
  });
  // All at once: a change moves the lines of what follows it.
  afterAll(() => {
    if (updatesExpectations) rewriteBlocks(file, changes);
  });
  return found;
}

/** What is said of sources, and the sources that it points into. */
type Judge = (sources: readonly Source[]) => {
  readonly diagnostics: readonly Diagnostic[];
  readonly shown: readonly Source[];
};

/** The compiler; or, where blocks show files as they were before, the comparison with those. */
function judgeOf(section: MarkdownSection, now: readonly Source[]): Judge {
  if (!section.blocks.some(isBefore)) {
    const isTested = hasWord(section, 'tested');
    return (sources) => {
      const compilation = compileSources(sources, { today });
      const found = isTested ? coverageFindings(compilation) : [];
      return { diagnostics: [...compilation.diagnostics, ...found], shown: compilation.shown };
    };
  }
  const before = sourcesOf(section, isBefore).sources.filter(({ path }) => path !== projectPath);
  const baseline = [...before, ...now.filter(({ path }) => before.every((each) => each.path !== path))];
  const old = compileSources(baseline);
  return (sources) => {
    const { snapshot, diagnostics, shown } = compileSources(sources);
    if (old.snapshot === undefined || snapshot === undefined) return { diagnostics, shown };
    const acknowledgements = sources.find(({ path }) => path === acknowledgementsPath)?.text;
    const compared = compareWithBaseline(
      { snapshot, sources, shown, ...(acknowledgements === undefined ? {} : { acknowledgements }) },
      {
        label: 'before',
        prefix: 'before/',
        snapshot: old.snapshot,
        sources: baseline,
        shown: old.shown,
        diagnostics: old.diagnostics,
      },
      today,
    );
    return compared;
  };
}

function coverageFindings({ snapshot, tests, sources }: Compilation): readonly Diagnostic[] {
  return snapshot === undefined ? [] : diagnoseCoverage(measureCoverage(snapshot, tests), sources);
}

/** Every safe fix removes what it is offered for, and brings no new error. */
function expectFixesHelp(before: readonly Diagnostic[], fixed: readonly Source[], judge: Judge): void {
  const mended = before.filter(({ fixes }) => fixes?.some(({ safety }) => safety === 'safe'));
  if (mended.length === 0) return;
  const after = judge(fixed).diagnostics;
  const [first] = mended;
  expect(
    countOf(after, first?.code),
    `the fix of ${first?.code} leaves it:\n${printText(after, fixed)}`,
  ).toBeLessThan(countOf(before, first?.code));
}

function textLabel({ blocks }: MarkdownSection): string {
  return blocks.find(({ language }) => language === 'text')?.label ?? '';
}

function countOf(diagnostics: readonly Diagnostic[], code: string | undefined): number {
  return diagnostics.filter((diagnostic) => diagnostic.code === code).length;
}

function compareBlock(section: MarkdownSection, language: string, actual: string): BlockChange[] {
  const block = section.blocks.find((each) => each.language === language);
  if (block !== undefined) return compareText(block, actual);
  const last = section.blocks.findLast(isSource);
  if (updatesExpectations && actual !== '' && last !== undefined)
    return [{ kind: 'insert', after: last, info: language, text: actual }];
  expect(actual).toBe('');
  return [];
}

function compareText(block: MarkdownBlock, actual: string): BlockChange[] {
  if (!updatesExpectations) expect(actual).toBe(block.text);
  if (updatesExpectations && actual === '' && block.language === 'text') return [{ kind: 'remove', block }];
  return [{ kind: 'replace', block, text: actual }];
}

// -- sources

function sourcesOf(section: MarkdownSection, isWanted: (block: MarkdownBlock) => boolean): CaseSources {
  const tails = new Map<string, string>();
  const sources = section.blocks.filter(isWanted).map((block): Source => {
    const words = block.label.split(/\s+/);
    const path = pathOf(block);
    const written = words.includes('escaped') ? unescaped(block.text) : block.text;
    const text = repeated(
      written,
      words.find((word) => word.startsWith('times=')),
    );
    const tail = words.includes('exact') ? '' : tailOf(path, text);
    tails.set(path, tail);
    return { path, text: text + tail };
  });
  const hasProject = sources.some(({ path }) => path === projectPath);
  const project = { path: projectPath, text: tailOf(projectPath, '') };
  return { sources: hasProject || hasWord(section, 'alone') ? sources : [...sources, project], tails };
}

function hasWord({ blocks }: MarkdownSection, word: string): boolean {
  return blocks.some(({ label }) => label.split(/\s+/).includes(word));
}

function isSource({ language, label }: MarkdownBlock): boolean {
  return isFile({ language }) && !isMended(label) && !isBefore({ language, label });
}

/** A file as it was in the baseline; what is not shown so was as it is. */
function isBefore({ language, label }: Pick<MarkdownBlock, 'language' | 'label'>): boolean {
  return isFile({ language }) && /\bbefore$/.test(label);
}

function isFile({ language }: Pick<MarkdownBlock, 'language'>): boolean {
  return language === 'yaml' || language === 'hbs';
}

/** The file after the safe fixes, or after the first fix of each finding, safe or not. */
function isMended(label: string): boolean {
  return /\b(?:fixed|suggested)$/.test(label);
}

function takenForSafe(diagnostic: Diagnostic): Diagnostic {
  const { fixes } = diagnostic;
  return fixes === undefined
    ? diagnostic
    : { ...diagnostic, fixes: fixes.map((fix) => ({ ...fix, safety: 'safe' })) };
}

function pathOf({ label }: MarkdownBlock): string {
  const [path = ''] = label.split(/\s+/);
  return /[./]/.test(path) ? path : capabilityPath;
}

/** The top-level keys that are not there. */
function tailOf(path: string, text: string): string {
  const parts = path === projectPath ? projectParts : path.endsWith('.cap.yaml') ? capabilityParts : [];
  return parts
    .filter(([key]) => !new RegExp(`^["']?${key}["']?\\s*:`, 'm').test(text))
    .map(([, part]) =>
      path === capabilityPath ? part : part.replace('name: sample', `name: ${stemOf(path)}`),
    )
    .join('');
}

function stemOf(path: string): string {
  return path === projectPath ? 'sample' : path.slice(path.lastIndexOf('/') + 1).replace(/\.cap\.yaml$/, '');
}

function shownPart(sources: readonly Source[], path: string, tails: ReadonlyMap<string, string>): string {
  const text = sources.find((source) => source.path === path)?.text ?? '';
  const tail = tails.get(path) ?? '';
  return text.endsWith(tail) ? text.slice(0, text.length - tail.length) : text;
}

function repeated(text: string, word: string | undefined): string {
  const times = Number(word?.slice('times='.length) ?? 1);
  const last = text.lastIndexOf('\n', text.length - 2) + 1;
  return text.slice(0, last) + text.slice(last).repeat(times);
}

function unescaped(text: string): string {
  return text
    .replaceAll(/\\u(?<code>[0-9A-F]{4})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll('\\t', '\t');
}
