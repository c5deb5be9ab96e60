// Schemas that people published, where they are present: each is either in the subset, and then it compiles and accepts
// what its own instances say, or it is refused with a reason for every word that is not.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closeObjects } from '../../src/schema/close-objects.ts';
import { compileValidator } from '../../src/schema/compile-validator.ts';
import { checkContract } from '../../src/schema/contract/check-contract.ts';
import { readPointer } from '../../src/schema/json-pointer.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';
import { resolveSchema } from '../../src/schema/resolve-schema.ts';
import type { SchemaProblem } from '../../src/schema/schema-problem.ts';
import { readSchema } from '../../src/schema/subset/read-schema.ts';

const folder = resolve(import.meta.dirname, '../../../shared/data/schemas');

/** What is said of each, by code and how often; nothing is said of a schema that is in the subset. */
const expected: readonly (readonly [name: string, ...codes: string[]])[] = [
  ['bfcl-simple-166'],
  ['bfcl-simple-337'],
  ['glaiveai2k-calculate-area-38196395', '1 schema/old-keyword'],
  ['glaiveai2k-create-calendar-event-de7b3d04'],
  ['glaiveai2k-generate-invoice-bf2487f2'],
  ['glaiveai2k-search-hotels-348c46f6'],
  ['glaiveai2k-track-calories-ecbd9766'],
  ['mcp-booleanschema'],
  ['mcp-completeresult'],
  ['mcp-elicitrequestformparams', '1 schema/overlapping-branches'],
  ['mcp-getpromptresult', '1 schema/no-discriminator', '3 schema/unknown-format'],
  ['mcp-listtoolsresult'],
  ['mcp-resource'],
  ['mcp-root'],
  [
    'openai-createchatcompletionresponse',
    '1 schema/default-without-effect',
    '2 schema/default-under-optional',
    '2 schema/other-type',
    '4 schema/required-default',
  ],
  ['openai-createembeddingrequest', '2 schema/default-without-effect', '2 schema/no-discriminator'],
  ['openai-createmoderationresponse'],
  ['openai-imagesresponse', '1 schema/other-type'],
  ['openai-openaifile', '1 schema/missing-type', '2 schema/other-type'],
  ['schemastore-appveyor', '1 schema/old-keyword', '1 schema/other-dialect', '2 schema/unsupported-keyword'],
  [
    'schemastore-azure-iot-edge-deployment-2-0',
    '1 schema/other-dialect',
    '2 schema/old-keyword',
    '4 schema/unsupported-keyword',
  ],
  ['schemastore-chart', '1 schema/other-dialect', '2 schema/unsupported-keyword'],
  [
    'schemastore-codex-hooks',
    '1 schema/old-keyword',
    '1 schema/other-dialect',
    '1 schema/unsupported-keyword',
  ],
  [
    'schemastore-commitlintrc',
    '1 schema/missing-type',
    '1 schema/old-keyword',
    '1 schema/other-dialect',
    '1 schema/unsupported-keyword',
  ],
  ['schemastore-feed-1', '1 schema/other-dialect', '2 schema/old-keyword', '7 schema/unsupported-keyword'],
  [
    'schemastore-intlayer',
    '1 schema/beside-ref',
    '1 schema/old-keyword',
    '1 schema/other-dialect',
    '1 schema/unsupported-keyword',
  ],
  [
    'schemastore-knowledge-unit',
    '1 schema/other-dialect',
    '1 schema/required-default',
    '1 schema/unsupported-keyword',
  ],
  [
    'schemastore-madge',
    '1 schema/old-keyword',
    '1 schema/other-dialect',
    '1 schema/unknown-format',
    '1 schema/unsupported-keyword',
  ],
  [
    'schemastore-minecraft-dimension',
    '1 schema/old-keyword',
    '1 schema/other-dialect',
    '2 schema/unsupported-keyword',
  ],
  ['schemastore-openweather-current', '1 schema/other-dialect', '1 schema/unsupported-keyword'],
  ['schemastore-sigmacv', '1 schema/other-dialect', '1 schema/several-types', '1 schema/unsupported-keyword'],
  [
    'schemastore-xs-app',
    '1 schema/old-keyword',
    '1 schema/other-dialect',
    '1 schema/several-types',
    '1 schema/unsupported-keyword',
    '10 schema/unknown-format',
    '5 schema/other-type',
  ],
];

describe.runIf(existsSync(folder))('published schemas', () => {
  test('the table names every schema', () => {
    const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'schema.json')));
    expect(expected.map(([name]) => name)).toEqual(names.toSorted());
  });

  test.each(expected.map(([name, ...codes]) => [name, codes] as const))('%s', (name, codes) => {
    const schema = readJson(join(folder, name, 'schema.json'));
    const { problems, resolved } = look(schema);
    expect(countCodes(problems)).toEqual(codes);
    for (const problem of problems) expectToBeUseful(problem, schema);
    if (problems.every(({ severity }) => severity === 'warning')) expectToWork(name, resolved);
  });
});

function look(schema: unknown): {
  readonly problems: readonly SchemaProblem[];
  readonly resolved: JsonSchema;
} {
  const { problems, sound } = readSchema(schema);
  const resolved = resolveSchema(sound, () => undefined);
  const all = [...problems, ...resolved.problems, ...checkContract(resolved.schema)];
  return { problems: all, resolved: resolved.schema };
}

/** A sentence, a way out, and a place that is there. */
function expectToBeUseful(problem: SchemaProblem, schema: unknown): void {
  expect(problem.message).toMatch(/^[^a-z].*\.$/);
  expect(problem.help ?? problem.notes?.[0], problem.message).toBeTruthy();
  expect(readPointer(schema, problem.pointer), problem.pointer).toBeDefined();
}

/** Instances that the schema's owner calls valid fit, unless a property is not declared: objects are closed here. */
function expectToWork(name: string, resolved: JsonSchema): void {
  const validate = compileValidator(closeObjects(resolved));
  const files = readdirSync(join(folder, name)).filter((file) => file.startsWith('valid-'));
  for (const file of files) {
    const checked = validate(readJson(join(folder, name, file)));
    const keywords = checked.ok ? [] : checked.violations.map(({ keyword }) => keyword);
    expect(
      keywords.filter((keyword) => keyword !== 'additionalProperties'),
      file,
    ).toEqual([]);
  }
}

function countCodes(problems: readonly SchemaProblem[]): string[] {
  const counts = new Map<string, number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).toSorted();
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
