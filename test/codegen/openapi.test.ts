// The OpenAPI document under the tools of others: two validators, a linter, and a generator of types whose output compiles.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../codegen/index.ts';
import { compileSources } from '../../src/cli/compile-sources.ts';
import type { JsonSchema, Snapshot } from '../../src/registry/snapshot.ts';
import { readSources } from '../../src/workspace/read-sources.ts';
import { capabilityWith, readCodegenCases, snapshotOf } from '../support/codegen-cases.ts';
import { rewriteBlocks, updatesExpectations } from '../support/markdown.ts';
import type { BlockChange } from '../support/markdown.ts';
import { typeCheck } from '../support/type-check.ts';

const repository = resolve(import.meta.dirname, '../..');

interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly post: Record<string, unknown> }>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

let folder: string;
/** Of this repository's own capabilities, of the corpus of schemas, and of every case of typescript.md. */
const texts = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-openapi-'));
  const { snapshot } = compileSources(await readSources(repository));
  if (snapshot === undefined) throw new Error('this repository does not compile');
  texts.set('own', await textOf(snapshot));
  texts.set('corpus', await textOf(corpusSnapshot()));
  for (const [index, { sources }] of readCodegenCases(join(import.meta.dirname, 'typescript.md')).entries()) {
    texts.set(`case-${index}`, await textOf(snapshotOf(sources)));
  }
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function textOf(snapshot: Snapshot): Promise<string> {
  const [file] = await generate(snapshot, { target: 'openapi' });
  return file?.text ?? '';
}

function corpusSnapshot(): Snapshot {
  const corpus = readFileSync(join(import.meta.dirname, 'corpus.yaml'), 'utf8');
  const schemas = parse(corpus) as Record<string, JsonSchema>;
  return snapshotOf(Object.entries(schemas).map(([name, output]) => capabilityWith(name, { output })));
}

function documentOf(name: string): ApiDocument {
  return JSON.parse(texts.get(name) ?? '') as ApiDocument;
}

test('every document is valid OpenAPI 3.1, says its validator', async () => {
  expect(texts.size).toBeGreaterThan(20);
  const problems: unknown[] = [];
  const validator = new Validator();
  for (const [name, text] of texts) {
    const { valid, errors } = await validator.validate(JSON.parse(text) as Record<string, unknown>);
    if (!valid) problems.push({ name, errors });
  }
  expect(problems).toEqual([]);
}, 60_000);

test('the linter has nothing to say but that nobody knows the license', () => {
  const files = [...texts].map(([name, text]) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, text);
    return file;
  });
  const redocly = join(repository, 'node_modules/@redocly/cli/bin/cli.js');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [redocly, 'lint', '--format', 'json', '--max-problems', '1000', ...files],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  const lints = readLints(stdout, stderr);
  const problems = lints.flatMap((lint) => lint.problems);
  expect(lints.length).toBe(files.length);
  expect(problems.filter(({ ruleId }) => ruleId !== 'info-license')).toEqual([]);
  expect(problems.length, 'the linter looked').toBe(files.length);
}, 60_000);

interface Lint {
  readonly problems: readonly { readonly ruleId: string; readonly message: string }[];
}

/** One JSON text for each file, one after the other. */
function readLints(stdout: string, stderr: string): readonly Lint[] {
  try {
    return stdout.split(/(?<=^\})(?=\{)/m).map((text) => JSON.parse(text) as Lint);
  } catch {
    throw new Error(`the linter did not run: ${stderr}`);
  }
}

test('types that others generate from it compile, and say what ours say', () => {
  const script = join(repository, 'test/support/print-openapi-types.ts');
  const files = new Map<string, string>();
  for (const name of ['own', 'corpus']) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
      input: texts.get(name) ?? '',
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    files.set(`${name}.ts`, stdout);
  }
  files.set(
    'use.ts',
    `import type { operations } from './own.ts';
type Call = operations['summarize'];
type Body = Call['requestBody']['content']['application/json'];
export const body: Body['tier'] = 'economy';
// @ts-expect-error
export const wrong: Body['tier'] = 'platinum';
export function read(result: Call['responses'][200]['content']['application/json']): string {
  return result.output.summary + result.invocation.model;
}
`,
  );
  const { complaints } = typeCheck(files, { exactOptionalPropertyTypes: true });
  // A schema that contains itself and is no object is a type that TypeScript cannot have as a property of an interface, which
  // is where that generator puts all of them.
  const isSelfReference = (line: string): boolean => /corpus\.ts.*TS2502: '(?:Json|Value)'/.test(line);
  expect(complaints.filter((line) => !isSelfReference(line))).toEqual([]);
  expect(complaints.length).toBe(2);
}, 60_000);

test('each major is an operation, with the name of its method and with what others may do about it', () => {
  const { paths } = documentOf('own');
  expect(Object.keys(paths)).toContain('/v1/capabilities/support-reply@2');
  const operation = paths['/v1/capabilities/support-reply@2']?.post;
  expect(operation).toMatchObject({ operationId: 'supportReplyV2', 'x-capstan': { owner: 'team-support' } });
  expect(Object.keys(operation?.['responses'] as object)).toEqual(
    expect.arrayContaining(['200', '400', '401', '404', '409', '422', '429', '502', '503', '504']),
  );
});

test('a deprecated capability says so, with what to use instead and until when', async () => {
  const sources = readCodegenCases(join(import.meta.dirname, 'typescript.md')).flatMap((each) =>
    each.sources.some(({ text }) => text.includes('sunset')) ? [each.sources] : [],
  );
  const [first] = sources;
  if (first === undefined) throw new Error('no case of typescript.md is deprecated');
  const { paths } = JSON.parse(await textOf(snapshotOf(first))) as ApiDocument;
  const deprecated = Object.values(paths).filter(({ post }) => post['deprecated'] === true);
  expect(deprecated.length).toBeGreaterThan(0);
  for (const { post } of deprecated) {
    expect(post['description']).toMatch(/Deprecated since .*; use `.*It ends on \d{4}-\d\d-\d\d\./);
    expect(post['x-sunset']).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});

test('every example fits the schema beside it', () => {
  const problems: string[] = [];
  let examples = 0;
  for (const name of texts.keys()) {
    const document = documentOf(name);
    const validatorAt = validatorsOf(document);
    for (const [path, { post }] of Object.entries(document.paths)) {
      for (const way of ['/requestBody', '/responses/200']) {
        const at = `/paths/${escapeToken(path)}/post${way}/content/application~1json`;
        const found = valueAt(post, `${way}/content/application~1json`) as {
          examples?: Record<string, { value: unknown }>;
        };
        for (const { value } of Object.values(found.examples ?? {})) {
          examples += 1;
          const validate = validatorAt(`${at}/schema`);
          if (!validate(value)) problems.push(`${name} ${at}: ${JSON.stringify(validate.errors)}`);
        }
      }
    }
  }
  expect(examples).toBeGreaterThan(20);
  expect(problems).toEqual([]);
});

function validatorsOf(document: ApiDocument) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'api');
  return (pointer: string) => {
    const validate = ajv.getSchema(`api#${pointer.split('/').map(encodeURIComponent).join('/')}`);
    if (validate === undefined) throw new Error(`nothing stands at ${pointer}`);
    return validate;
  };
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function valueAt(value: unknown, pointer: string): unknown {
  const [, ...tokens] = pointer.split('/');
  return tokens.reduce<unknown>(
    (inner, token) =>
      (inner as Record<string, unknown> | undefined)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')],
    value,
  );
}

const page = join(import.meta.dirname, 'openapi.md');
const changes: BlockChange[] = [];

afterAll(() => rewriteBlocks(page, changes));

test.each(readCodegenCases(page).map((each) => [each.heading, each] as const))(
  '%s',
  async (_heading, { sources, expected }) => {
    const document = JSON.parse(await textOf(snapshotOf(sources))) as unknown;
    expect(expected.length, 'a case shows what is generated').toBeGreaterThan(0);
    for (const block of expected) {
      const found = valueAt(document, block.label);
      if (found === undefined) throw new Error(`Nothing stands at ${block.label}.`);
      const actual = `${JSON.stringify(found, null, 2)}\n`;
      if (updatesExpectations) changes.push({ kind: 'replace', block, text: actual });
      else expect(actual).toBe(block.text);
    }
  },
);

test('its first line says that nobody wrote it, and equal Snapshots give equal bytes', async () => {
  const [first] = (texts.get('own') ?? '').split('\n');
  expect(first).toMatch(/Code generated .* DO NOT EDIT\./);
  expect(await textOf(corpusSnapshot())).toBe(texts.get('corpus'));
  for (const text of texts.values()) expect(text.endsWith('}\n') && !text.includes('\r')).toBe(true);
});
