// The relay's edits of a body: the value of a field changes, and not one other byte.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import { findFields, placeAfterOpening, splice } from '../../src/runtime/splice-body.ts';

test('in any object, any field is found where a parser finds it, and replacing it changes nothing else', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([name]) => name, minLength: 1 }),
      fc.nat(),
      fc.constantFrom('', ' ', '\n\t', '\r\n '),
      (fields, pick, space) => {
        const [name, value] = fields[pick % fields.length] ?? ['', null];
        const parts = fields.map(
          ([key, each]) => `${space}${JSON.stringify(key)}${space}:${space}${JSON.stringify(each)}${space}`,
        );
        const body = Buffer.from(`${space}{${parts.join(',')}}${space}`);
        const place = findFields(body, new Set([name]))?.get(name);
        expect(place).toBeDefined();
        if (place === undefined) return;
        expect(body.toString('utf8', place.start, place.end)).toBe(JSON.stringify(value));
        const edited = splice(body, [{ ...place, text: '"new"' }]).toString();
        expect(JSON.parse(edited)).toEqual(
          Object.fromEntries(
            fields.map(([key, each]) => [key, JSON.parse(JSON.stringify(key === name ? 'new' : each))]),
          ),
        );
        expect(edited.length - '"new"'.length).toBe(body.toString().length - JSON.stringify(value).length);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([['{"model":"a","model":"b"}'], ['{"model":"a","x":1,"\\u006dodel":"b"}']])(
  'a field that is named twice is refused: %s',
  (body) => {
    expect(() => findFields(Buffer.from(body), new Set(['model']))).toThrow(CapabilityError);
  },
);

test('fields of inner objects and of texts are not taken for fields of the body', () => {
  const body = Buffer.from('{"a":{"model":"x"},"b":"\\"model\\":\\"y\\"","model":"z"}');
  const place = findFields(body, new Set(['model']))?.get('model');
  expect(body.toString('utf8', place?.start, place?.end)).toBe('"z"');
});

test('a field can be put in front of the others', () => {
  const body = Buffer.from(' {"model":"x"}');
  expect(splice(body, [{ ...placeAfterOpening(body), text: '"a":1,' }]).toString()).toBe(
    ' {"a":1,"model":"x"}',
  );
});

test('a megabyte of escaped quotes is crossed in a moment', () => {
  const body = Buffer.from(JSON.stringify({ text: '\\"'.repeat(250_000), model: 'x' }));
  expect(findFields(body, new Set(['model']))?.has('model')).toBe(true);
});

test.each([
  '',
  '[]',
  '7',
  '{',
  '{"model"}',
  '{"model":}',
  '{"model":"x",}',
  '{"model":"x"',
  '{"model":"x"} {"model":"y"}',
  '{model:"x"}',
  '{"a":[1,2}',
  '{"model":"x" "y":1}',
])('what is no JSON object, as far as the scanner sees, is left to a parser: %s', (body) => {
  expect(findFields(Buffer.from(body), new Set(['model']))).toBeUndefined();
});

test('a body that nests deeper than is allowed is left to a parser', () => {
  const nested = (depth: number): Buffer => Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  expect(findFields(nested(7), new Set(), 8)).toBeDefined();
  expect(findFields(nested(8), new Set(), 8)).toBeUndefined();
});
