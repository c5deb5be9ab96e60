// The longest text that a template can become: never exceeded by a rendering, and absent when the schema sets no limit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultFenceSuffixLength } from '../../src/template/check-template.ts';
import { prepareTemplate, renderTemplate, segmentsText } from '../../src/template/evaluate.ts';
import { checked, list, object } from './support/check.ts';
import type { Sample } from './support/check.ts';
import { renderedLengthMax } from '../../src/template/rendered-length.ts';
import { choicesOf, seedOf, someBytes } from './support/choices.ts';
import { generatePair } from './support/templates.ts';
import { inputsOf, trial } from './support/theorem.ts';

const short = { type: 'string', maxLength: 10 };
const node = object({ label: short, 'child?': { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } });

test.each<[template: string, sample: Sample, longest: number | undefined]>([
  ['Hello.', {}, 6],
  ['🙂', {}, 1],
  ['{{a}}{{b}}', { input: { a: short, b: short } }, 20],
  ['{{a}}', { input: { a: { type: 'string' } } }, undefined],
  ['{{a}}', { input: { a: { enum: ['x', 'four', ''] } } }, 4],
  ['{{a}}', { input: { a: { type: 'integer', minimum: -10, maximum: 5 } } }, 3],
  ['{{a}}', { input: { a: { type: 'number' } } }, 25],
  ['{{a}}', { input: { a: { type: 'boolean' } } }, 5],
  ['{{#if a}}{{a}}!{{else}}nothing at all{{/if}}', { input: { 'a?': short } }, 14],
  ['{{#each a}}- {{this}}\n{{/each}}', { input: { a: list(short, { maxItems: 3 }) } }, 39],
  ['{{#each a}}- {{this}}\n{{/each}}', { input: { a: list(short) } }, undefined],
  ['{{#each a}}x{{else}}none{{/each}}', { input: { a: list(short, { maxItems: 2 }) } }, 4],
  [
    '{{#each a}}{{#each this}}{{this}}{{/each}}{{/each}}',
    { input: { a: list(list(short, { maxItems: 2 }), { maxItems: 3 }) } },
    60,
  ],
  ['{{#each a}}{{@key}}{{/each}}', { input: { a: object({ one: short, three: short }) } }, 10],
  ['{{join a ", "}}', { input: { a: list(short, { maxItems: 3 }) } }, 36],
  ['{{json a}}', { input: { a: object({ b: { type: 'boolean' } }) } }, 12],
  ['{{json a}}', { input: { a: list(short, { maxItems: 2 }) } }, 2 + 2 * (62 + 1)],
  ['{{upper a}}', { input: { a: short } }, 30],
  ['{{truncate a 3}}', { input: { a: { type: 'string' } } }, 4],
  ['{{truncate a 30}}', { input: { a: short } }, 10],
  ['{{default a "a fallback of some length"}}', { input: { 'a?': short } }, 25],
  ['{{fence a tag="t"}}', { input: { a: short } }, 40 + 2 * (2 + defaultFenceSuffixLength) + 5],
  [
    '{{> p a=b}}{{> p a=c}}',
    { input: { b: short, c: { type: 'string', maxLength: 3 } }, partials: { p: '[{{a}}]' } },
    17,
  ],
  [
    '{{> node}}',
    {
      input: { label: short, 'child?': { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } },
      definitions: { Node: node },
      partials: { node: '{{label}}{{#if child}}{{> node child}}{{/if}}' },
    },
    undefined,
  ],
])('%s', (template, sample, longest) => {
  expect(checked(template, sample).lengthMax).toBe(longest);
});

test('no rendering of a template without errors is longer (600 pairs)', () => {
  let bounded = 0;
  fc.assert(
    fc.property(someBytes, (bytes) => {
      const pair = generatePair(choicesOf(bytes));
      const tried = trial(pair);
      if (tried === undefined || tried.findings.some(({ severity }) => severity === 'error')) return;
      const { schema } = pair;

      const { template, partials } = tried;
      const lengthMax = renderedLengthMax(template, { schema, partials });
      if (lengthMax === undefined) return;
      bounded += 1;
      const compiled = prepareTemplate(template, partials, schema);
      for (const input of inputsOf(pair, seedOf(bytes), 4)) {
        const text = segmentsText(
          renderTemplate(compiled, input, { fenceSuffix: 'x'.repeat(defaultFenceSuffixLength) }),
        );
        expect([...text].length, `${pair.template}\n${JSON.stringify(input)}`).toBeLessThanOrEqual(lengthMax);
      }
    }),
    { numRuns: 600, seed: 8 },
  );
  expect(bounded).toBeGreaterThan(50);
});
