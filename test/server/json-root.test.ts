// Where the first JSON value of a streamed text ends, however the text is cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonRoot } from '../../src/server/json-root.ts';

test.each([
  ['{"a":[1,{"b":"}"}]}', '{"a":[1,{"b":"}"}]}'],
  ['{"a":1}\n```\n', '{"a":1}'],
  ['[1] [2]', '[1]'],
  ['{"a":"\\"}"} done', '{"a":"\\"}"}'],
  ['{"a":', '{"a":'],
  ['```json\n{"a":1}\n```', '{"a":1}'],
  ['Here it is: {"a":1}', '{"a":1}'],
  ['<think>Maybe {"a":2}? No: [3].</think>\n\n{"a":1}', '{"a":1}'],
  [' \n<reasoning>{</think></reasoning>[1]', '[1]'],
  ['<b>{"a":1}</b>', '{"a":1}'],
  ['<think>never closed {"a":2}', ''],
  ['just words', ''],
  ['', ''],
])('%j holds %j', (text, root) => {
  const whole = createJsonRoot();
  expect(whole.take(text)).toBe(root);
  const single = createJsonRoot();
  for (const character of text) single.take(character);
  expect(single.text).toBe(root);
});

test('any object comes through whole in pieces of any size, and what follows it does not', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 1, max: 9 }), (value, size) => {
      const json = JSON.stringify(value);
      const text = `<think>{"no": [</think>Here:\n\`\`\`json\n${json}\n\`\`\`\nI hope this helps {}!`;
      const root = createJsonRoot();
      for (let at = 0; at < text.length; at += size) root.take(text.slice(at, at + size));
      expect(root.text).toBe(json);
    }),
    { seed: 3 },
  );
});
