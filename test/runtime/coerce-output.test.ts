// Which spellings are taken for the contract's own, and which are not: nothing is guessed, dropped or rounded.
import { expect, test } from 'vitest';
import { coerceOutput } from '../../src/runtime/coerce-output.ts';
import type { Json, JsonSchema } from '../../src/schema/json-schema.ts';

const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: 'object', properties });
const number = { type: 'number' };
const text = { type: 'string' };
const state = { type: 'string', enum: ['open', 'In progress', 'closed'] };

test.each<[string, JsonSchema, Json, Json, string[]]>([
  ['a number in quotes', number, '5', 5, ['text-to-number ']],
  ['a negative fraction in quotes', number, ' -2.50 ', -2.5, ['text-to-number ']],
  ['a truth in quotes', { type: 'boolean' }, 'True', true, ['text-to-boolean ']],
  ['an enum in another case', state, ' OPEN', 'open', ['match-enum ']],
  ['one item for a list', list(text), 'one', ['one'], ['wrap-in-list ']],
  [
    'one object for a list',
    list(object({ a: number })),
    { a: '1' },
    [{ a: 1 }],
    ['wrap-in-list ', 'text-to-number /0/a'],
  ],
  [
    'inside objects and lists',
    object({ a: list(object({ b: number })) }),
    { a: [{ b: '1' }, { b: 2 }] },
    { a: [{ b: 1 }, { b: 2 }] },
    ['text-to-number /a/0/b'],
  ],
  ['a nullable number', { anyOf: [number, { type: 'null' }] }, '7', 7, ['text-to-number ']],
  ['a reference', { $ref: '#/$defs/N', $defs: { N: number } }, '7', 7, ['text-to-number ']],
])('%s', (_name, schema, value, wanted, receipts) => {
  const { value: coerced, repairs } = coerceOutput(schema, value);
  expect(coerced).toEqual(wanted);
  expect(repairs.map(({ step, pointer }) => `${step} ${pointer}`)).toEqual(receipts);
});

test.each<[string, JsonSchema, Json]>([
  ['words that hold a number', number, '5 euros'],
  ['a number with a decimal comma', number, '1,5'],
  ['more digits than a number can hold', number, '12345678901234567890'],
  ['hexadecimal', number, '0x10'],
  ['an empty text', number, ''],
  ['yes', { type: 'boolean' }, 'yes'],
  ['a word near to an enum', state, 'opened'],
  ['an enum that two words match', { enum: ['A', 'a'] }, ' a'],
  ['null for a list', list(text), null],
  ['a number for a text', text, 5],
  ['a list for one item', text, ['one']],
  ['a union that leaves it open', { anyOf: [number, { type: 'boolean' }] }, 'true'],
])('%s is left as it is', (_name, schema, value) => {
  expect(coerceOutput(schema, value)).toEqual({ value, repairs: [] });
});

test('names such as __proto__ are names', () => {
  const value = JSON.parse('{"__proto__":{"a":"1"},"constructor":"2"}') as Json;
  const { value: coerced } = coerceOutput(object({ constructor: number }), value);
  expect(JSON.stringify(coerced)).toBe('{"__proto__":{"a":"1"},"constructor":2}');
});
