// Generated types against the validator, over a corpus of schemas: what fits type-checks, what breaks a type does not, and
// partials of a stream do. One run of tsc per setting for everything.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../codegen/index.ts';
import { pascalCase } from '../../codegen/identifier.ts';
import type { Source } from '../../src/diagnostics/diagnostic.ts';
import type { Json, JsonSchema } from '../../src/registry/snapshot.ts';
import { capabilityWith, readCodegenCases, schemaErrors, snapshotOf } from '../support/codegen-cases.ts';
import { readMarkdown, rewriteBlocks, updatesExpectations } from '../support/markdown.ts';
import {
  filled,
  fits,
  isMistyped,
  mistypedValues,
  partialValues,
  validValues,
} from '../support/sample-values.ts';
import { typeCheck } from '../support/type-check.ts';

const repository = resolve(import.meta.dirname, '../..');
const clientSource = readFileSync(join(repository, 'src/client/index.ts'), 'utf8');
const publicFolder = resolve(repository, '../shared/data/schemas');
const publicSchemas = readPublicSchemas();
const ownSchemas = parse(readFileSync(join(import.meta.dirname, 'corpus.yaml'), 'utf8')) as Record<
  string,
  JsonSchema
>;
const schemas = { ...ownSchemas, ...publicSchemas };
const inside = Object.entries(schemas).filter(([, schema]) => schemaErrors(schema).length === 0);

/** Seconds of work, on machines that do other work as well. */
const patienceMs = 120_000;
const complaintsShown = 20;

const files = new Map<string, string>();
const counts = { valid: 0, invalid: 0, partial: 0 };

beforeAll(async () => {
  const { capabilities, ...snapshot } = snapshotOf(
    inside.map(([name, schema]) => corpusCapability(name, schema)),
  );
  const options = { target: 'typescript', client: 'embedded', clientSource } as const;
  const [client] = await generate({ ...snapshot, capabilities }, options);
  files.set('client.ts', client?.text ?? '');
  for (const { name, input, output } of Object.values(capabilities)) {
    const lines = [
      ...samplesOf(`${pascalCase(name)}Input`, input, { publicValues: [], complete: (_, value) => value }),
      ...samplesOf(`${pascalCase(name)}Output`, output, {
        publicValues: readPublicValues(name),
        complete: filled,
      }),
    ];
    files.set(`values/${name}.ts`, `import type * as client from '../client.ts';\n${lines.join('')}`);
  }
  for (const [index, { sources }] of readCodegenCases(join(import.meta.dirname, 'typescript.md')).entries()) {
    const [file] = await generate(snapshotOf(sources), { target: 'typescript' });
    files.set(`cases/case-${index}.ts`, file?.text ?? '');
  }
}, patienceMs);

test.each([
  ['strict', {}],
  [
    'strict and all that may come on top',
    {
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      noImplicitOverride: true,
      noImplicitReturns: true,
      noPropertyAccessFromIndexSignature: true,
      isolatedModules: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
    },
  ],
])(
  'types and validator agree under tsc, %s',
  (_name, settings) => {
    const { complaints } = typeCheck(files, settings);
    expect(complaints.slice(0, complaintsShown)).toEqual([]);
  },
  patienceMs,
);

test('the corpus is large enough to mean something', () => {
  const outside = Object.keys(ownSchemas).filter((name) => !inside.some(([each]) => each === name));
  expect(outside, 'our own schemas keep to the subset').toEqual([]);
  expect(Object.keys(ownSchemas).length).toBeGreaterThanOrEqual(60);
  expect(counts.valid).toBeGreaterThan(300);
  expect(counts.invalid).toBeGreaterThan(1_000);
  expect(counts.partial).toBeGreaterThan(300);
});

test('tsc is asked: a wrong value among the valid ones is found', () => {
  const broken = new Map([['client.ts', files.get('client.ts') ?? '']]).set(
    'values/text.ts',
    `import type * as client from '../client.ts';\nexport const wrong: client.TextInput = { value: 1 };\n` +
      `// @ts-expect-error\nexport const right: client.TextInput = { value: "a" };\n`,
  );
  const codes = typeCheck(broken).complaints.map((line) => /TS\d+/.exec(line)?.[0]);
  expect(codes).toEqual(['TS2322', 'TS2578']);
});

test.skipIf(publicSchemas === undefined)(
  'public schemas are generated, or refused for the reason listed',
  () => {
    const path = join(import.meta.dirname, 'public-schemas.md');
    const [block] = readMarkdown(path).flatMap(({ blocks }) => blocks);
    if (block === undefined) throw new Error('public-schemas.md has no list');
    const lines = Object.entries(publicSchemas ?? {}).map(([name, schema]) => {
      const codes = [...new Set(schemaErrors(schema).map(({ code }) => code))].toSorted();
      return `${name}: ${codes.length === 0 ? 'generated' : codes.join(', ')}\n`;
    });
    if (updatesExpectations) rewriteBlocks(path, [{ kind: 'replace', block, text: lines.join('') }]);
    else expect(lines.join('')).toBe(block.text);
  },
);

/** The schema is its output and, when it is an object, its input; else the input's one property. */
function corpusCapability(name: string, output: JsonSchema): Source {
  // The root of an input is closed; an open one is tried below it.
  const isClosed = (output['additionalProperties'] ?? false) === false;
  if (output['type'] === 'object' && isClosed) return capabilityWith(name, { input: output, output });
  const { $defs, ...schema } = output;
  const input = {
    type: 'object',
    required: ['value'],
    properties: { value: schema },
    ...($defs === undefined ? {} : { $defs }),
  };
  return capabilityWith(name, { input, output });
}

interface SampleOptions {
  /** Values that came with the schema; the validator says which fit. */
  readonly publicValues: readonly Json[];
  /** Gives the form of a valid value that the type is of. */
  readonly complete: (schema: JsonSchema, value: Json) => Json;
}

/** Lines of TypeScript. */
function samplesOf(
  typeName: string,
  schema: JsonSchema,
  { publicValues, complete }: SampleOptions,
): readonly string[] {
  const fitting = [...validValues(schema), ...publicValues.filter((value) => fits(schema, value))];
  const values = fitting.map((value) => complete(schema, value));
  expect(values.length, `${typeName} has a valid value`).toBeGreaterThan(0);
  const mistyped = [
    ...values.flatMap((value) => mistypedValues(schema, value)),
    ...publicValues.filter((value) => isMistyped(schema, value)),
  ];
  const partials = values.flatMap(partialValues);
  counts.valid += values.length;
  counts.invalid += mistyped.length;
  counts.partial += partials.length;
  let count = 0;
  const line = (type: string, value: Json) =>
    `export const ${typeName}_${(count += 1)}: ${type} = ${JSON.stringify(value)};\n`;
  return [
    ...values.map((value) => line(`client.${typeName}`, value)),
    ...mistyped.map((value) => `// @ts-expect-error\n${line(`client.${typeName}`, value)}`),
    ...partials.map((value) => line(`client.DeepPartial<client.${typeName}>`, value)),
  ];
}

function readPublicSchemas(): Readonly<Record<string, JsonSchema>> | undefined {
  if (!existsSync(publicFolder)) return undefined;
  const names = readdirSync(publicFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Object.fromEntries(
    names
      .map(({ name }) => name)
      .toSorted()
      .map((name) => [
        name,
        JSON.parse(readFileSync(join(publicFolder, name, 'schema.json'), 'utf8')) as JsonSchema,
      ]),
  );
}

/** The instances that came with a public schema: none for the others. */
function readPublicValues(name: string): readonly Json[] {
  const folder = join(publicFolder, name);
  if (publicSchemas === undefined || !Object.hasOwn(publicSchemas, name)) return [];
  return readdirSync(folder)
    .filter((file) => /^(in)?valid-\d+\.json$/.test(file))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json);
}
