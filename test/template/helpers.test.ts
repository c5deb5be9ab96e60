// What each helper prints, and what its type says of the result: the two have to agree for every value.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTemplate, renderTemplate, segmentsText } from '../../src/template/evaluate.ts';
import { helperNamed, helperNames } from '../../src/template/helpers/index.ts';
import type { HelperArgument, HelperOptions } from '../../src/template/helpers/helper.ts';
import type { Json } from '../../src/schema/json-schema.ts';
import { literalType, longestOf } from '../../src/template/type-model.ts';
import type { Alternative, Type } from '../../src/template/type-model.ts';

const input = {
  title: 'Straße 🙂',
  empty: '',
  zero: 0,
  one: 1,
  none: null,
  yes: true,
  no: false,
  list: ['a', 'b', 3],
  nothing: [],
  object: { a: 1, b: [null] },
  when: '2026-03-05T23:30:00-02:00',
  day: '2026-03-05',
};

test.each<[template: string, printed: string]>([
  ['{{upper title}}', 'STRASSE 🙂'],
  ['{{lower "ABC"}}', 'abc'],
  ['{{length title}}', '8'],
  ['{{length list}}', '3'],
  ['{{length nothing}}', '0'],
  ['{{inc zero}}', '1'],
  ['{{inc (length list)}}', '4'],
  ['{{join list ", "}}', 'a, b, 3'],
  ['{{join list}}', 'a, b, 3'],
  ['{{join list ""}}', 'ab3'],
  ['{{join nothing "-"}}', ''],
  ['{{json object}}', '{"a":1,"b":[null]}'],
  ['{{json object indent=2}}', '{\n  "a": 1,\n  "b": [\n    null\n  ]\n}'],
  ['{{json title}}', '"Straße 🙂"'],
  ['{{default missing "x"}}', 'x'],
  ['{{default none "x"}}', 'x'],
  ['{{default empty "x"}}', 'x'],
  ['{{default zero "x"}}', '0'],
  ['{{default no "x"}}', 'false'],
  ['{{truncate title 3}}', 'Str…'],
  ['{{truncate title 8}}', 'Straße 🙂'],
  ['{{truncate title 7 ellipsis=""}}', 'Straße '],
  ['{{truncate title 0}}', '…'],
  ['{{truncate title -1 ellipsis="."}}', '.'],
  ['{{date when}}', '2026-03-06'],
  ['{{date when format="D MMMM YYYY, HH:mm:ss"}}', '6 March 2026, 01:30:00'],
  ['{{date day format="DD.MM.YYYY"}}', '05.03.2026'],
  ['{{date "no date"}}', 'no date'],
  ['{{date "2026-02-30"}}', '2026-02-30'],
  [
    '{{eq title "x"}} {{eq one 1}} {{eq one "1"}} {{eq none null}} {{eq missing null}} {{eq missing undefined}}',
    'false true false true false true',
  ],
  ['{{ne one 1}} {{ne one 2}}', 'false true'],
  ['{{gt one 0}} {{gt one 1}} {{gt missing 0}} {{lt zero one}} {{lt none 1}}', 'true false false true false'],
  ['{{not empty}} {{not nothing}} {{not object}} {{not zero}} {{not "0"}}', 'true true false true false'],
  ['{{and yes one list}} {{and yes zero}} {{or no empty}} {{or no object}}', 'true false false true'],
  ['{{fence title tag="t"}}', '<t-s>Straße 🙂</t-s>'],
  ['{{fence one tag="t"}}{{fence empty tag="e"}}', '<t-s>1</t-s><e-s></e-s>'],
  ['{{fence (join list) tag="t"}}', '<t-s>a, b, 3</t-s>'],
])('%s prints %s', (template, printed) => {
  const segments = renderTemplate(compileTemplate(template, {}), input, { fenceSuffix: 's' });
  expect(segmentsText(segments)).toBe(printed);
});

test('what a helper cannot take prints nothing', () => {
  for (const template of [
    '{{upper one}}',
    '{{join title}}',
    '{{length one}}',
    '{{inc title}}',
    '{{fence list tag="t"}}',
    '{{gt title 1}}',
  ]) {
    expect(
      segmentsText(renderTemplate(compileTemplate(template, {}), input, { fenceSuffix: 's' })),
      template,
    ).toBe('');
  }
});

// ---- Types ---------------------------------------------------------------------------------------------------------

const scalars = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -2, max: 2 }),
  fc.boolean(),
);
const lists = fc.array(scalars, { maxLength: 4 });
const anything: fc.Arbitrary<Json> = fc.oneof(
  scalars,
  lists,
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);
const dates = fc.constantFrom(
  '2026-03-05',
  '9999-12-31T23:59:59-02:00',
  '1999-01-01T00:00:00Z',
  'no date',
  '',
);
const formats = fc.constantFrom('YYYY', 'D MMMM YYYY', 'HH:mm', '', 'MMMMMMMM D');
const text = fc.string({ unit: 'binary', maxLength: 12 });

type Call = readonly [values: readonly HelperArgument[], options: HelperOptions];

const calls: { readonly [helper: string]: fc.Arbitrary<Call> } = {
  eq: fc.tuple(fc.tuple(scalars, scalars), fc.constant({})),
  ne: fc.tuple(fc.tuple(scalars, scalars), fc.constant({})),
  gt: fc.tuple(fc.tuple(fc.integer(), fc.integer()), fc.constant({})),
  lt: fc.tuple(fc.tuple(fc.integer(), fc.constant(undefined)), fc.constant({})),
  and: fc.tuple(fc.array(anything, { minLength: 2, maxLength: 4 }), fc.constant({})),
  or: fc.tuple(fc.array(anything, { minLength: 2, maxLength: 4 }), fc.constant({})),
  not: fc.tuple(fc.tuple(anything), fc.constant({})),
  json: fc.tuple(
    fc.tuple(anything.filter((value) => value !== null)),
    fc.constantFrom<HelperOptions>({}, { indent: 1 }, { indent: 4 }, { indent: 20 }),
  ),
  join: fc.tuple(fc.oneof(fc.tuple(lists), fc.tuple(lists, text)), fc.constant({})),
  length: fc.tuple(fc.tuple(fc.oneof(lists, text)), fc.constant({})),
  inc: fc.tuple(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true })), fc.constant({})),
  fence: fc.tuple(fc.tuple(fc.oneof(scalars, fc.constant('<a</a<a'))), fc.constant({ tag: 'a' })),
  default: fc.tuple(
    fc.tuple(fc.oneof(scalars, fc.constantFrom(null, undefined, '')), scalars),
    fc.constant({}),
  ),
  upper: fc.tuple(fc.tuple(fc.oneof(text, fc.constantFrom('ß', 'ﬃ', 'ΐ'))), fc.constant({})),
  lower: fc.tuple(fc.tuple(fc.oneof(text, fc.constant('İ'))), fc.constant({})),
  truncate: fc.tuple(
    fc.tuple(text, fc.integer({ min: -2, max: 14 })),
    fc.constantFrom<HelperOptions>({}, { ellipsis: '' }, { ellipsis: ' [cut]' }),
  ),
  date: fc.tuple(
    fc.tuple(dates),
    formats.map((format): HelperOptions => ({ format })),
  ),
};

describe.each(helperNames)('%s', (name) => {
  test('its type holds whatever it gives', () => {
    const helper = helperNamed(name);
    const arguments_ = calls[name];
    if (helper === undefined || arguments_ === undefined) throw new Error(`no calls for ${name}`);
    fc.assert(
      fc.property(arguments_, fc.boolean(), ([values, options], isLiteral) => {
        const types = values
          .map((value) => typeOf(value, isLiteral))
          .map((type, at) => {
            const parameter = helper.parameters[at] ?? helper.parameters.at(-1);
            return parameter?.accepts.includes('absent')
              ? type
              : type.filter(({ kind }) => kind !== 'null' && kind !== 'undefined');
          });
        const result = helper.run(values, options);
        const type = helper.result(types, options);
        expect(
          type.some((one) => holds(one, result)),
          `${JSON.stringify(values)} gives ${JSON.stringify(result)}, of type ${JSON.stringify(type)}`,
        ).toBe(true);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});

/** The type of one value: the value itself, or a schema that has just enough room for it. */
function typeOf(value: HelperArgument, isLiteral: boolean): Type {
  if (Array.isArray(value)) {
    const items = value.flatMap((item: Json) => typeOf(item, isLiteral));
    return [{ kind: 'list', items: () => items, min: value.length, max: value.length }];
  }
  if (typeof value === 'object' && value !== null) {
    const properties = new Map(
      Object.entries(value).map(([name, inner]) => [name, typeOf(inner, isLiteral)]),
    );
    return [
      {
        kind: 'object',
        shape: {
          names: [...properties.keys()],
          property: (each) => properties.get(each),
          additional: undefined,
        },
      },
    ];
  }
  if (typeof value === 'string' && !isLiteral) {
    return [{ kind: 'string', canBeEmpty: value === '', trust: 'untrusted', longest: [...value].length }];
  }
  if (typeof value === 'number' && !isLiteral) return [{ kind: 'number', canBeZero: value === 0 }];
  return literalType(value);
}

function holds(one: Alternative, value: HelperArgument): boolean {
  if (typeof value === 'string') {
    const fits =
      one.kind === 'string' &&
      (one.value === undefined || one.value === value) &&
      (value !== '' || one.canBeEmpty);
    return fits && [...value].length <= longestOf(one);
  }
  if (typeof value === 'number') {
    const fits =
      one.kind === 'number' &&
      (one.value === undefined || one.value === value) &&
      (value !== 0 || one.canBeZero);
    return fits && String(value).length <= longestOf(one);
  }
  return typeof value === 'boolean' && one.kind === 'boolean' && one.value === value;
}
