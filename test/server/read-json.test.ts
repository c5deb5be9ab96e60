// Bodies from bytes to values: what is refused, where, and in words that never repeat the body.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import { findJsonMistake } from '../../src/server/find-json-mistake.ts';
import { readJsonObject } from '../../src/server/read-json.ts';

const DEPTH = 16;

function refusalOf(...chunks: readonly Buffer[]): string {
  try {
    readJsonObject(chunks, DEPTH);
  } catch (error) {
    expect(error).toBeInstanceOf(CapabilityError);
    return (error as CapabilityError).message;
  }
  return 'accepted';
}

test.each([
  ['', 'The body is empty; it must be a JSON object.'],
  ['null', 'The body is null; it must be a JSON object.'],
  ['[]', 'The body is an array; it must be a JSON object.'],
  ['"text"', 'The body is a string; it must be a JSON object.'],
  ['{"a":1', 'line 1, column 7 (offset 6) "," or "}" was expected'],
  ['{"a":}', 'line 1, column 6 (offset 5) a value was expected'],
  ['{"a":1,}', 'line 1, column 8 (offset 7) a property name in double quotes was expected'],
  ["{'a':1}", 'line 1, column 2 (offset 1) a property name in double quotes was expected'],
  ['{"a" 1}', 'line 1, column 6 (offset 5) ":" was expected'],
  ['{\n  "a": tru\n}', 'line 2, column 8 (offset 9) a value was expected'],
  ['{"a":[1 2]}', 'line 1, column 9 (offset 8) "," or "]" was expected'],
  ['{"a":01}', 'line 1, column 7 (offset 6) "," or "}" was expected'],
  ['{"a":"x\n"}', 'line 1, column 8 (offset 7) an escape such as \\n'],
  ['{"a":"\\x"}', 'line 1, column 7 (offset 6) a valid escape was expected'],
  ['{"a":"b}', 'line 1, column 9 (offset 8) the closing quote of a string was expected'],
  ['{} {}', 'line 1, column 4 (offset 3) the end of the body was expected'],
  ['{"a":NaN}', 'line 1, column 6 (offset 5) a value was expected'],
  ['{"a":1} // note', 'line 1, column 9 (offset 8) the end of the body was expected'],
])('%j is refused with its place', (body, message) => {
  expect(refusalOf(Buffer.from(body))).toContain(message);
});

test('a body that was never sent is refused as empty', () => {
  expect(refusalOf()).toContain('empty');
});

test('bytes that are not UTF-8 are refused', () => {
  expect(refusalOf(Buffer.from([0x7b, 0xff, 0x7d]))).toBe('The body is not UTF-8 text.');
});

test('a byte order mark in front is no mistake', () => {
  expect(readJsonObject([Buffer.from('\ufeff{"a":"é"}')], DEPTH)).toEqual({ a: 'é' });
});

test('a byte order mark and a character that are cut are no mistakes', () => {
  const bytes = [...Buffer.from('\ufeff{"a":"é"}')].map((byte) => Buffer.from([byte]));
  expect(readJsonObject(bytes, DEPTH)).toEqual({ a: 'é' });
});

test('nesting is counted outside strings only, and refused at its limit', () => {
  const nested = (levels: number): Buffer =>
    Buffer.from(`{"a":${'['.repeat(levels - 1)}"[[[[[[[[[[[[[[[[[[[[\\"{{"${']'.repeat(levels - 1)}}`);
  expect(refusalOf(nested(DEPTH))).toBe('accepted');
  expect(refusalOf(nested(DEPTH + 1))).toContain(`more than ${DEPTH}`);
});

test('a megabyte of opening brackets is refused at once', () => {
  expect(refusalOf(Buffer.alloc(1_000_000, '['))).toContain('nests');
});

test('a megabyte of escaped quotes costs one pass', () => {
  const body = Buffer.from(`{"a":"${'\\"'.repeat(500_000)}"}`);
  expect(readJsonObject([body], DEPTH)['a']).toHaveLength(500_000);
});

test('__proto__ is an ordinary property of the body and changes no prototype', () => {
  const value = readJsonObject([Buffer.from('{"__proto__":{"polluted":true}}')], DEPTH);
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect('polluted' in {}).toBe(false);
});

test('what JSON.parse refuses has a mistake before or at its end, and no refusal repeats the body', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', 'canary', '\\', '\u0001'))
    .map(
      ([json, at, junk]) =>
        json.slice(0, at % (json.length + 1)) + junk + json.slice((at + 1) % (json.length + 1)),
    );
  fc.assert(
    fc.property(broken, (text) => {
      if (parses(text)) return;
      const { offset } = findJsonMistake(text);
      expect(offset).toBeLessThanOrEqual(text.length);
      expect(refusalOf(Buffer.from(text))).not.toContain('canary');
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('up to its mistake a text agrees with JSON: cutting there never makes the parser stop earlier', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(findJsonMistake(json)).toEqual({ offset: json.length, expected: 'the end of the body' });
    }),
    { seed: 7, numRuns: 300 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
