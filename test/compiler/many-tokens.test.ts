// A file of nothing but tokens is answered, however many there are: nothing an author writes makes the compiler throw.
import { expect, test } from 'vitest';
import { parse } from '../../src/compiler/parse.ts';

test.each([
  ['texts beside one another', `a: [${'"b" '.repeat(200_000)}]\n`],
  ['comments', `a: 1\n${'#\n'.repeat(400_000)}`],
])('very many %s are no reason to throw', (_what, text) => {
  expect(() => parse({ path: 'capabilities/many.cap.yaml', text }, () => undefined)).not.toThrow();
});
