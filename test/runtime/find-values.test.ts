// The ladder from a model's text to JSON: what it mends, what it refuses to guess, and that it ends in good time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findValues, REPAIR_CHARACTERS_MAX } from '../../src/runtime/find-values.ts';

const record = fc.dictionary(fc.string(), fc.jsonValue());

test('JSON is read as it is, always', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      if (typeof value === 'string') return;
      const text = JSON.stringify(value);
      expect(valuesIn(text)).toEqual([{ value: JSON.parse(text), repairs: [], closed: [] }]);
    }),
  );
});

test('an object inside a code fence is that object, always', () => {
  fc.assert(
    fc.property(record, fc.constantFrom('', 'json', 'JSON'), (value, language) => {
      const text = JSON.stringify(value, null, 2);
      if (text.includes('```')) return;
      const read = valuesIn(`Here you are:\n\`\`\`${language}\n${text}\n\`\`\`\nDone.`);
      expect(read).toMatchObject([{ value: JSON.parse(text) }]);
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\\'` \nab1-tfn<>/') }), (text) => {
      expect(typeof findValues(text).ok).toBe('boolean');
    }),
    { numRuns: 5_000 },
  );
});

function valuesIn(text: string): readonly unknown[] {
  const found = findValues(text);
  return found.ok ? found.values : [];
}

test.each([
  ['a list that is cut off', '{"a": [1, 2'],
  ['a text that is cut off', '{"a": "one tw'],
  ['two fenced answers', '```json\n{"a":1\n```\nor\n```json\n{"a":2\n```'],
  ['prose', 'I cannot help with that.'],
  ['nothing', ''],
])('%s is not guessed at', (_name, text) => {
  expect(valuesIn(text)).toEqual([]);
});

test.each<[string, string, string]>([
  ['100,000 opening brackets', '['.repeat(100_000), 'depth'],
  ['100,000 opening braces', '{"a":'.repeat(100_000), 'depth'],
  ['100,000 brackets that match', '['.repeat(100_000) + ']'.repeat(100_000), 'depth'],
  ['a megabyte of escaped quotes', `{"a":"${'\\"'.repeat(500_000)}`, 'cut-off'],
  ['100,000 backslashes in a text', `{"a":"${'\\'.repeat(100_000)}`, 'cut-off'],
  ['100,000 quotes in a text', `{"a":"${'"'.repeat(100_000)}`, 'syntax'],
  ['brackets in sentences', '{name} '.repeat(100_000), 'several'],
  ['values in sentences', '[1] '.repeat(100_000), 'several'],
  ['many reasoning tags', '<think>'.repeat(100_000), 'reasoning'],
  ['a comment without end', `{${'/* '.repeat(100_000)}`, 'cut-off'],
  ['too long to be repaired', `${' '.repeat(REPAIR_CHARACTERS_MAX)}{'a': 1}`, 'size'],
])('%s: the limit that it passes is named, and nothing overflows', (_name, text, reason) => {
  expect(findValues(text)).toMatchObject({ ok: false, reason });
});

test.each<[string, string]>([
  ['many fences', '```'.repeat(100_000)],
  ['100,000 backslashes', '\\'.repeat(100_000)],
  ['100,000 quotes', '"'.repeat(100_000)],
  ['many pairs of reasoning tags', '<think></think>'.repeat(100_000)],
])('%s hold no value', (_name, text) => {
  expect(findValues(text)).toMatchObject({ ok: true, values: [] });
});
