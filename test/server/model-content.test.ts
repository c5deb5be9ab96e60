// What of a model's text a streamed chat shows: never anything that is not the output in the end.
import { expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import type { Capability, JsonSchema } from '../../src/registry/snapshot.ts';
import { createModelContent } from '../../src/server/model-content.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

function capabilityWith(output: JsonSchema): Capability {
  const sample = sampleSnapshot().capabilities['summarize@1'];
  if (sample === undefined) throw new Error('the sample has summarize');
  return { ...sample, output };
}

const closed = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text: JsonSchema = { type: 'string' };
const plain = closed({ a: text, list: { type: 'array', items: closed({ b: text }) } });

test('an object of required properties goes out as it is written', () => {
  const content = createModelContent(capabilityWith(plain));
  expect(content.take('```json\n{"a": "x",')).toBe('{"a": "x",');
  expect(content.take(' "list": []}\n```')).toBe(' "list": []}');
  expect(content.rest({ a: 'x', list: [] })).toBe('');
});

test.each<[string, JsonSchema]>([
  ['an optional property', closed({ a: text, b: text }, ['a'])],
  ['an optional property deep inside', closed({ a: { type: 'array', items: closed({ b: text }, []) } })],
  ['an optional property in a branch', closed({ a: { anyOf: [text, closed({ b: text }, [])] } })],
  [
    'an optional property in a definition',
    { ...closed({ a: { $ref: '#/$defs/B' } }), $defs: { B: closed({ b: text }, []) } },
  ],
  ['a default', closed({ a: { type: 'string', default: 'x' } })],
  ['a list at the root', { type: 'array', items: text }],
  ['a number at the root', { type: 'number' }],
])('with %s it goes out in one piece, once it is validated', (_name, output) => {
  const content = createModelContent(capabilityWith(output));
  expect(content.take('{"a":null}')).toBe('');
  expect(content.rest({ a: 'x' })).toBe('{"a":"x"}');
});

test('a text without any object still ends in the output', () => {
  const content = createModelContent(capabilityWith(plain));
  expect(content.take('a: x')).toBe('');
  expect(content.rest({ a: 'x', list: [] })).toBe('{"a":"x","list":[]}');
});

test('a text that was repaired after it went out is an error', () => {
  const content = createModelContent(capabilityWith(plain));
  content.take("{'a': 'x', 'list': []}");
  expect(() => content.rest({ a: 'x', list: [] })).toThrow(CapabilityError);
});

test('plain text goes out as it comes', () => {
  const sample = sampleSnapshot().capabilities['title@2'];
  if (sample === undefined) throw new Error('the sample has a title');
  const content = createModelContent(sample);
  expect(content.take(' {"a" ')).toBe(' {"a" ');
  expect(content.rest('{"a"')).toBe('');
});
