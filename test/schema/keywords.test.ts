// Every keyword of every dialect that people write: in the subset, or refused with a reason and a way out.
import { describe, expect, test } from 'vitest';
import type { SchemaProblem } from '../../src/schema/schema-problem.ts';
import { readSchema } from '../../src/schema/subset/read-schema.ts';

function problemsOf(schema: unknown): readonly SchemaProblem[] {
  return readSchema(schema).problems;
}

const dialects: readonly (readonly [dialect: string, keywords: string])[] = [
  [
    'JSON Schema 2020-12',
    `$id $schema $ref $anchor $dynamicRef $dynamicAnchor $vocabulary $comment $defs prefixItems items contains
     additionalProperties properties patternProperties dependentSchemas propertyNames if then else allOf anyOf oneOf not
     unevaluatedItems unevaluatedProperties type const enum multipleOf maximum exclusiveMaximum minimum exclusiveMinimum
     maxLength minLength pattern maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required
     dependentRequired title description default deprecated readOnly writeOnly examples format contentEncoding
     contentMediaType contentSchema`,
  ],
  ['draft 2019-09', '$recursiveRef $recursiveAnchor'],
  ['draft 7 and older', 'definitions dependencies additionalItems id divisibleBy extends disallow'],
  ['OpenAPI 3.0', 'nullable discriminator xml externalDocs example'],
  ['this subset', 'x-trust x-pii x-extensible-enum x-text'],
];

describe.each(dialects)('%s', (_dialect, keywords) => {
  test.each(keywords.trim().split(/\s+/))(
    '%s is allowed, or refused with a reason and a way out',
    (keyword) => {
      const told = problemsOf({ type: 'object', [keyword]: {} }).filter(
        ({ pointer }) => pointer === `/${keyword.replace('/', '~1')}`,
      );
      expect(told.map(({ code }) => code)).not.toContain('schema/unknown-keyword');
      for (const { code, at, notes, help } of told.filter(({ code }) =>
        /unsupported|old-keyword|openapi/.test(code),
      )) {
        expect([code, at, notes?.length, typeof help]).toEqual([code, 'key', 1, 'string']);
      }
    },
  );
});

const misspelt: readonly (readonly [written: string, meant: string])[] = [
  ['propertes', 'properties'],
  ['additionalproperties', 'additionalProperties'],
  ['additional_properties', 'additionalProperties'],
  ['requird', 'required'],
  ['minLenght', 'minLength'],
  ['max_length', 'maxLength'],
  ['maxItem', 'maxItems'],
  ['Enum', 'enum'],
  ['ref', '$ref'],
  ['defs', '$defs'],
  ['discription', 'description'],
  ['defualt', 'default'],
  ['xtrust', 'x-trust'],
  ['oneof', 'oneOf'],
];

test.each(misspelt)('%s is probably %s, and is renamed safely', (written, meant) => {
  const [problem] = problemsOf({ [written]: 1 });
  expect(problem).toMatchObject({ code: 'schema/unknown-keyword', help: `did you mean \`${meant}\`?` });
  const edits = [{ kind: 'rename-key', pointer: `/${written}`, name: meant }];
  expect(problem?.fixes).toMatchObject([{ safety: 'safe', edits }]);
});

test.each([
  ['min', 'string', 'minLength'],
  ['max', 'integer', 'maximum'],
  ['min', 'array', 'minItems'],
  ['length', 'string', 'maxLength'],
  ['size', 'array', 'maxItems'],
])('%s of type %s is %s', (written, type, meant) => {
  expect(problemsOf({ type, [written]: 3 })).toMatchObject([{ help: `did you mean \`${meant}\`?` }]);
});

test.each([
  ['desc', 'description'],
  ['regex', 'pattern'],
  ['values', 'enum'],
  ['fields', 'properties'],
])('%s is another word for %s, which nobody writes for the author', (written, meant) => {
  const [problem] = problemsOf({ type: 'string', [written]: 'x' });
  expect(problem?.help).toBe(`did you mean \`${meant}\`?`);
  expect(problem?.fixes?.map(({ safety }) => safety)).toEqual(['maybe']);
});

test('a misspelt keyword is not renamed onto one that is there', () => {
  expect(problemsOf({ type: 'string', maxLength: 3, maxLenght: 4 })[0]?.fixes).toBeUndefined();
});

test.each([
  ['text', 'string'],
  ['int', 'integer'],
  ['float', 'number'],
  ['bool', 'boolean'],
  ['list', 'array'],
  ['dict', 'object'],
  ['strng', 'string'],
  ['String', 'string'],
])('type %s is %s', (written, meant) => {
  const [problem] = problemsOf({ type: written });
  expect(problem).toMatchObject({ code: 'schema/unknown-type', fixes: [{ edits: [{ value: meant }] }] });
});

test('words that say one thing together are told once', () => {
  // oxlint-disable-next-line no-thenable -- it is a keyword of JSON Schema
  const schema = { type: 'object', if: {}, then: {}, else: {}, minContains: 1, contains: {}, maxContains: 2 };
  expect(problemsOf(schema).map(({ pointer }) => pointer)).toEqual(['/if', '/minContains']);
});

test('what is below a mistake is still looked at, what follows from it is not said', () => {
  const { problems, sound } = readSchema({
    type: 'object',
    propertes: {},
    properties: { a: { type: 'strng' }, b: { type: 'string', minimum: 1 } },
    $defs: { C: { type: 'string' } },
  });
  expect(problems.map(({ pointer }) => pointer)).toEqual([
    '/propertes',
    '/properties/a/type',
    '/properties/b/minimum',
  ]);
  expect(sound).toEqual({ $defs: { C: { type: 'string' } } });
});

test('names of prototypes are names like any other', () => {
  const properties = Object.fromEntries(
    ['constructor', 'toString', 'hasOwnProperty'].map((name) => [name, { type: 'string' }]),
  );
  expect(problemsOf({ type: 'object', properties, required: ['constructor'] })).toEqual([]);
  expect(problemsOf({ type: 'object', required: ['toString'] })).toMatchObject([
    { code: 'schema/required-unknown' },
  ]);
  expect(problemsOf({ constructor: 1 })).toMatchObject([{ code: 'schema/unknown-keyword' }]);
});
