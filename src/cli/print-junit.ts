// Results as JUnit XML, which every CI reads: a suite for each capability, a case for each test. Capabilities that do not
// compile are suites with one erroneous case, so that they do not look like capabilities without tests.

import type { Source } from '../diagnostics/diagnostic.ts';
import { createPlaces } from '../diagnostics/places.ts';
import type { TestResult } from './capability-tests.ts';
import { countBranches, untakenOf } from './print-coverage.ts';
import type { TestReport } from './print-tests-as-json.ts';
import type { TemplateCoverage } from './template-coverage.ts';

export interface JunitReport extends TestReport {
  readonly project: string;
}

/** JUnit knows no coverage: the figures are properties of the suite, and its output says which branches are not taken. */
export function printJunit({ project, results, errors, sources, coverage = [] }: JunitReport): string {
  const placeOf = createPlaces(sources);
  const suites = [
    ...[...Map.groupBy(results, ({ capability }) => capability)].map(([capability, own]) =>
      suiteOf(
        capability,
        own.map((result) => caseOf(result, placeOf(result.span).start.line)),
        coverage.find(({ kind, name }) => kind === 'capability' && name === capability),
      ),
    ),
    ...[...Map.groupBy(errors, ({ span }) => span.path)].map(([path, own]) =>
      suiteOf(path, [
        brokenCase(
          path,
          own.map((error) => `${path}:${placeOf(error.span).start.line}: ${error.code}: ${error.message}`),
        ),
      ]),
    ),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const lines = suites.flatMap(({ name, cases, templates }) => [
    `  <testsuite${attributes({ name, ...countsOf(cases) })}>`,
    ...(templates === undefined ? [] : [propertiesOf(templates)]),
    ...cases.map(({ xml }) => xml),
    ...(templates === undefined ? [] : untakenLines(templates, sources)),
    '  </testsuite>',
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: project, ...countsOf(all) })}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly xml: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly templates?: TemplateCoverage;
}

function suiteOf(name: string, cases: readonly Case[], templates?: TemplateCoverage): Suite {
  return { name, cases, ...(templates && { templates }) };
}

function propertiesOf(templates: TemplateCoverage): string {
  const { branches, taken } = countBranches(templates);
  const property = (name: string, value: number): string => `      <property${attributes({ name, value })}/>`;
  return [
    '    <properties>',
    property('templateBranches', branches),
    property('templateBranchesTaken', taken),
    '    </properties>',
  ].join('\n');
}

function untakenLines(templates: TemplateCoverage, sources: readonly Source[]): string[] {
  const lines = untakenOf([templates], sources).map(
    ({ path, line, column, says }) => `${path}:${line}:${column}: no render test ${says}`,
  );
  return lines.length === 0 ? [] : [`    <system-out>${escapeXml(lines.join('\n'))}</system-out>`];
}

function caseOf({ capability, test, outcome, failures, span }: TestResult, line: number): Case {
  const head = attributes({ name: test, classname: capability, file: span.path, line });
  if (outcome === 'passed') return { kind: 'passed', xml: `    <testcase${head}/>` };
  const inner =
    outcome === 'failed'
      ? element('failure', failures[0] ?? '', failures.join('\n\n'))
      : `      <skipped${attributes({ message: 'needs a live model' })}/>`;
  const kind = outcome === 'failed' ? 'failure' : 'skipped';
  return { kind, xml: `    <testcase${head}>\n${inner}\n    </testcase>` };
}

function brokenCase(path: string, messages: readonly string[]): Case {
  const head = attributes({ name: 'compiles', classname: path, file: path });
  const inner = element('error', messages[0] ?? '', messages.join('\n'));
  return { kind: 'error', xml: `    <testcase${head}>\n${inner}\n    </testcase>` };
}

/** The first line as its message, the whole as its text. */
function element(name: string, message: string, text: string): string {
  const [first = ''] = message.split('\n');
  return `      <${name}${attributes({ message: first })}>${escapeXml(text)}</${name}>`;
}

function countsOf(cases: readonly Case[]): Record<string, number> {
  const count = (kind: Case['kind']): number => cases.filter((each) => each.kind === kind).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function attributes(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeXml(String(value)).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;')}"`,
    )
    .join('');
}

/** XML has no way to write control characters; where they stand is shown by U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
