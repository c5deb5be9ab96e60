// The relay's edits of a body: the value of a field changes, and not one other byte.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import { readText } from '../../src/runtime/byte-list.ts';
import { findFields, placeAfterOpening, splice } from '../../src/runtime/splice-body.ts';
import type { FieldPlaces } from '../../src/runtime/splice-body.ts';
import { pieces } from '../support/pieces.ts';

test('in any object, any field is found where a parser finds it, and replacing it changes nothing else', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([name]) => name, minLength: 1 }),
      fc.nat(),
      fc.constantFrom('', ' ', '\n\t', '\r\n '),
      fc.nat(),
      (fields, pick, space, seed) => {
        const [name, value] = fields[pick % fields.length] ?? ['', null];
        const parts = fields.map(
          ([key, each]) => `${space}${JSON.stringify(key)}${space}:${space}${JSON.stringify(each)}${space}`,
        );
        const whole = Buffer.from(`${space}{${parts.join(',')}}${space}`);
        const body = pieces(whole, seed);
        const place = findFields(body, new Set([name]))?.get(name);
        expect(place).toBeDefined();
        if (place === undefined) return;
        expect(readText(body, place.start, place.end, 'utf8')).toBe(JSON.stringify(value));
        const edited = Buffer.concat(splice(body, [{ ...place, text: '"new"' }])).toString();
        expect(JSON.parse(edited)).toEqual(
          Object.fromEntries(
            fields.map(([key, each]) => [key, JSON.parse(JSON.stringify(key === name ? 'new' : each))]),
          ),
        );
        expect(edited.length - '"new"'.length).toBe(whole.toString().length - JSON.stringify(value).length);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([['{"model":"a","model":"b"}'], ['{"model":"a","x":1,"\\u006dodel":"b"}']])(
  'a field that is named twice is refused: %s',
  (body) => {
    expect(() => findFields([Buffer.from(body)], new Set(['model']))).toThrow(CapabilityError);
  },
);

test('fields of inner objects and of texts are not taken for fields of the body', () => {
  const body = [Buffer.from('{"a":{"model":"x"},"b":"\\"model\\":\\"y\\"","model":"z"}')];
  const place = findFields(body, new Set(['model']))?.get('model');
  expect(place && readText(body, place.start, place.end, 'utf8')).toBe('"z"');
});

test('a field can be put in front of the others', () => {
  const body = [Buffer.from(' {"model":"x"}')];
  const edited = splice(body, [{ ...placeAfterOpening(body), text: '"a":1,' }]);
  expect(Buffer.concat(edited).toString()).toBe(' {"a":1,"model":"x"}');
});

test('a megabyte of escaped quotes is crossed in a moment', () => {
  const body = Buffer.from(JSON.stringify({ text: '\\"'.repeat(250_000), model: 'x' }));
  expect(findFields([body], new Set(['model']))?.has('model')).toBe(true);
});

test.each([
  '',
  '[]',
  '7',
  '{',
  '{"model"}',
  '{"model":}',
  '{"model": }',
  '{"a": ,"model":"x"}',
  '{"a":1"x"}',
  '{"model":"x",}',
  '{"model":"x"',
  '{"model":"x"} {"model":"y"}',
  '{model:"x"}',
  '{"a":[1,2}',
  '{"model":"x" "y":1}',
])('what is no JSON object, as far as the scanner sees, is left to a parser: %s', (body) => {
  expect(findFields([Buffer.from(body)], new Set(['model']))).toBeUndefined();
});

test('a body that nests deeper than is allowed is left to a parser', () => {
  const nested = (depth: number): Buffer => Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  expect(findFields([nested(7)], new Set(), 8)).toBeDefined();
  expect(findFields([nested(8)], new Set(), 8)).toBeUndefined();
});

/** Bodies, and what a few changed bytes make of them. */
const damagedBody = fc
  .tuple(
    fc.uniqueArray(
      fc.tuple(fc.constantFrom('"model"', '"m\\u006fdel"', '"a\\\\"', '"é"', '""'), fc.json({ maxDepth: 3 })),
      { selector: ([name]) => name },
    ),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('"', '\\', '{', '}', '[', ',', ' ', '\\"')), {
      maxLength: 2,
    }),
  )
  .map(([fields, damages]) => {
    const text = ` { ${fields.map(([name, value]) => `${name} : ${value} `).join(',')}} `;
    return damages.reduce((damaged, [at, by]) => {
      const place = at % damaged.length;
      return damaged.slice(0, place) + by + damaged.slice(place + 1);
    }, text);
  });

test('wherever a body is cut, it is read like the whole', () => {
  const read = (chunks: readonly Buffer[]): FieldPlaces | string | undefined => {
    try {
      return findFields(chunks, new Set(['model', 'a\\', 'é', '']), 4);
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(damagedBody, fc.nat(), (text, seed) => {
      const whole = Buffer.from(text);
      const chunks = pieces(whole, seed);
      expect(read(chunks)).toEqual(read([whole]));
      expect(placeAfterOpening(chunks)).toEqual(placeAfterOpening([whole]));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['behind a backslash of a long text', `{"a":"${'x'.repeat(40)}\\`, '"","model":"x"}'],
  ['behind two', `{"a":"${'x'.repeat(40)}\\\\`, '","model":"x"}'],
  ['behind a backslash of a short text', '{"a":"\\', '"","model":"x"}'],
  ['inside a name', '{"mod', 'el":"x"}'],
  ['inside a number', '{"a":1', '2,"model":"x"}'],
  ['between the values', '{"a":1,', '"model":"x"}'],
])('a cut %s hides nothing', (_where, before, after) => {
  const body = [Buffer.from(before), Buffer.from(after)];
  const place = findFields(body, new Set(['model']))?.get('model');
  expect(place && readText(body, place.start, place.end, 'utf8')).toBe('"x"');
});
