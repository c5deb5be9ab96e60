// SARIF: valid by its published schema, stable fingerprints, places and fixes that name what they should.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { readRules } from '../../src/cli/code-pages.ts';
import type { Diagnostic, Source } from '../../src/diagnostics/diagnostic.ts';
import { printSarif } from '../../src/diagnostics/print-sarif.ts';
import { runCli } from '../cli/run-cli.ts';
import { sampleProject } from '../cli/sample-project.ts';

const schemaFile = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
);

/** The published schema is draft 4; what it uses of that means the same today once its name is gone. */
function readSchema(): Record<string, unknown> {
  const {
    $schema: _draft,
    id: _id,
    ...schema
  } = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
  return schema;
}

const validate = new Ajv2020({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  readSchema(),
);

function expectValid(text: string): Log {
  const log: unknown = JSON.parse(text);
  validate(log);
  expect(validate.errors).toBeNull();
  return log as Log;
}

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex?: number;
        readonly level: string;
        readonly partialFingerprints: Record<string, string>;
        readonly locations: readonly {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string };
            readonly region: Record<string, number>;
          };
        }[];
        readonly fixes?: readonly unknown[];
      }[];
    },
  ];
}

const source: Source = { path: 'capabilities/größe 1.cap.yaml', text: 'a: 1\r\n"😀": twoo\n' };

const finding: Diagnostic = {
  code: 'schema/unknown-keyword',
  severity: 'deny',
  message: 'This is wrong.',
  span: { path: source.path, start: 12, end: 16 },
  label: 'here',
  labels: [{ span: { path: source.path, start: 0, end: 1 }, message: 'the first' }],
  notes: ['a note'],
  help: ['write two'],
  fixes: [
    {
      message: 'Replace it.',
      safety: 'safe',
      edits: [{ span: { path: source.path, start: 12, end: 16 }, text: 'two' }],
    },
  ],
  capability: 'größe',
  pointer: '/a',
};

const print = (diagnostics: readonly Diagnostic[], sources: readonly Source[] = [source]): string =>
  printSarif(diagnostics, sources, { version: '1.2.3', rules: readRules(diagnostics) });

test('nothing found is a run without results', () => {
  expect(expectValid(print([])).runs[0].results).toEqual([]);
});

test('a finding has rule, place, related places, message and fix', () => {
  const [run] = expectValid(print([finding])).runs;
  expect(run.tool.driver.rules).toMatchObject([{ id: 'schema/unknown-keyword' }]);
  expect(run.results).toMatchObject([
    {
      ruleId: 'schema/unknown-keyword',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'This is wrong.\nNote: a note\nHelp: write two' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'capabilities/gr%C3%B6%C3%9Fe%201.cap.yaml', uriBaseId: 'PROJECT' },
            region: { startLine: 2, startColumn: 7, endLine: 2, endColumn: 11 },
          },
        },
      ],
      relatedLocations: [{ message: { text: 'the first' } }],
      fixes: [
        {
          description: { text: 'Replace it.' },
          artifactChanges: [{ replacements: [{ insertedContent: { text: 'two' } }] }],
        },
      ],
      properties: { capability: 'größe', pointer: '/a' },
    },
  ]);
});

test('a finding keeps its fingerprint when lines are added above it, and two of them never share one', () => {
  const moved = { ...source, text: `# new\n${source.text}` };
  const shift = (diagnostic: Diagnostic): Diagnostic => ({
    ...diagnostic,
    span: { ...diagnostic.span, start: diagnostic.span.start + 6, end: diagnostic.span.end + 6 },
  });
  const prints = (text: string): (string | undefined)[] =>
    expectValid(text).runs[0].results.map((result) => result.partialFingerprints['capstanFinding/v1']);
  const before = prints(print([finding, finding]));
  expect(prints(print([finding, finding].map(shift), [moved]))).toEqual(before);
  expect(new Set(before).size).toBe(2);
});

test('`check --format sarif` prints nothing else, for a project with mistakes and for one without', async () => {
  const project = sampleProject();
  const clean = await runCli(['check', '--format', 'sarif'], { in: project.root });
  expect(clean).toMatchObject({ code: 0, err: '' });
  expect(expectValid(clean.out).runs[0].results).toEqual([]);
  project.edit('capabilities/greet.cap.yaml', 'maxLength: 80', 'maxLenght: 80');
  const broken = await runCli(['check', '--format', 'sarif'], { in: project.root });
  expect(broken.code).toBe(1);
  expect(expectValid(broken.out).runs[0].results.map(({ ruleId }) => ruleId)).toContain(
    'schema/unknown-keyword',
  );
});
