// Against the stock runtime: the same text everywhere, except for the differences that are meant, each of which has a test of
// its own below. The stock runtime is used in tests only.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileTemplate, renderTemplate, segmentsText } from '../../src/template/evaluate.ts';
import type { Json } from '../../src/schema/json-schema.ts';
import { choicesOf, seedOf, someBytes } from './support/choices.ts';
import { compileStock } from './support/stock.ts';
import { generatePair } from './support/templates.ts';
import type { Pair } from './support/templates.ts';
import { inputsOf, trial } from './support/theorem.ts';
import type { Trial } from './support/theorem.ts';

const fenceSuffix = 'suffix';
const pairs = 800;
const inputsPerPair = 3;

test(
  'templates without errors render as the stock runtime renders them (800 pairs)',
  { timeout: 300_000 },
  () => {
    const count = { compared: 0, different: 0 };
    fc.assert(
      fc.property(someBytes, (bytes) => {
        // Values that stand side by side are a difference of their own, so text stands between them here.
        const pair = generatePair(choicesOf(bytes), { textFirst: true });
        const tried = trial(pair);
        if (tried === undefined || tried.findings.some(({ severity }) => severity === 'error')) return;
        compare(pair, tried, inputsOf(pair, seedOf(bytes), inputsPerPair), count);
      }),
      { numRuns: pairs, seed: 42 },
    );
    expect(count.compared).toBeGreaterThan(pairs);
    expect(count.different, 'renderings in which a named difference shows').toBeLessThan(count.compared / 10);
  },
);

function compare(
  pair: Pair,
  { compiled }: Trial,
  inputs: readonly Json[],
  count: { compared: number; different: number },
): void {
  const stock = compileStock(pair.template, pair.partials, { fenceSuffix });
  for (const input of inputs) {
    const surprises: string[] = [];
    const onSurprise = (surprise: string): number => surprises.push(surprise);
    const ours = segmentsText(renderTemplate(compiled, input, { fenceSuffix, onSurprise }));
    const theirs = stock(input);
    const isPrintedOtherwise = surprises.some((each) => each === 'object printed' || each === 'list printed');
    if (theirs.differences.size > 0 || isPrintedOtherwise) {
      count.different += 1;
      continue;
    }
    count.compared += 1;
    expect(ours, `${pair.template}\n${JSON.stringify(pair.partials)}\n${JSON.stringify(input)}`).toBe(
      theirs.text,
    );
  }
}

// ---- The named differences -----------------------------------------------------------------------------------------

interface Both {
  readonly ours: string;
  readonly stock: string;
}

function both(
  template: string,
  input: Json,
  partials: { readonly [name: string]: string } = {},
  indentsPartials = false,
): Both {
  const compiled = compileTemplate(template, partials);
  return {
    ours: segmentsText(renderTemplate(compiled, input, { fenceSuffix })),
    stock: compileStock(template, partials, { fenceSuffix, indentsPartials })(input).text,
  };
}

test('F1: numbers side by side are not added', () => {
  expect(both('{{year}}{{month}} report', { year: 2024, month: 12 })).toEqual({
    ours: '202412 report',
    stock: '2036 report',
  });
});

test('F1: nor are booleans and null', () => {
  expect(both('{{a}}{{b}}', { a: true, b: true })).toEqual({ ours: 'truetrue', stock: '2' });
});

test('F2: a caller cannot silence an instruction with a text that is loosely equal to its surroundings', () => {
  expect(
    both('{{#each items}}{{../title}}: {{this}};{{/each}}', { title: 'T', items: ['a', '[object Object]'] }),
  ).toEqual({
    ours: 'T: a;T: [object Object];',
    stock: 'T: a;: [object Object];',
  });
});

test('F2: entering the same value again is a scope of its own', () => {
  const input = { note: 'outer', a: { note: 'a' } };
  expect(both('{{#with a}}{{#with this}}{{../note}} {{../../note}}{{/with}}{{/with}}', input)).toEqual({
    ours: 'a outer',
    stock: 'outer ',
  });
});

test('F2: equal scalars in nested loops do not shift `../`', () => {
  const input = { title: 'T', rows: [1], columns: [1] };
  const template = '{{#each rows}}{{#each ../columns}}{{../../title}}{{/each}}{{/each}}';
  expect(both(template, input)).toEqual({ ours: 'T', stock: '' });
});

test('F3: null in a list stays null under nested blocks', () => {
  expect(
    both('{{#each items}}{{#if ../show}}({{this}}){{/if}}{{/each}}', { show: true, items: [null] }),
  ).toEqual({
    ours: '()',
    stock: '([object Object])',
  });
});

test('F3: and so does an absent context of a partial', () => {
  expect(
    both('{{> p note}}', {}, { p: '{{#if this}}there{{else}}{{#if @root}}none{{/if}}{{/if}}' }).ours,
  ).toBe('none');
  expect(
    both('{{> p note}}', {}, { p: '{{#unless this}}{{#if this}}there{{else}}none{{/if}}{{/unless}}' }),
  ).toEqual({
    ours: 'none',
    stock: 'there',
  });
});

test('an object is printed as JSON, which says what it is', () => {
  expect(both('{{a}}', { a: { b: 1 } })).toEqual({ ours: '{"b":1}', stock: '[object Object]' });
});

test('a list is printed as JSON', () => {
  expect(both('{{a}}', { a: ['x', null, ['y']] })).toEqual({ ours: '["x",null,["y"]]', stock: 'x,,y' });
});

test('a partial alone on a line does not indent its text, nor that of the caller', () => {
  const partials = { p: 'one\n{{text}}\n' };
  expect(both('- list\n  {{> p}}\nend', { text: 'a\nb' }, partials, true)).toEqual({
    ours: '- list\none\na\nb\nend',
    stock: '- list\n  one\n  a\n  b\nend',
  });
});

test('a name that is also a helper means the property', () => {
  expect(both('{{json}}', { json: 'text' }).ours).toBe('text');
  expect(both('{{this.json}}', { json: 'text' })).toEqual({ ours: 'text', stock: 'text' });
});

test('a context that is text is not spread into characters below `key=value`', () => {
  expect(both('{{> p title k=1}}', { title: 'ab' }, { p: '{{json this}}' })).toEqual({
    ours: '{"k":1}',
    stock: '{"0":"a","1":"b","k":1}',
  });
});

test('text has a length and no other properties', () => {
  expect(both('{{title.length}} {{title.[0]}}', { title: 'ab' })).toEqual({ ours: '2 ', stock: '2 a' });
});

test('an absent `key=value` is not there', () => {
  expect(both('{{> p k=none}}', {}, { p: '{{#each this}}{{@key}}{{/each}}' })).toEqual({
    ours: '',
    stock: 'k',
  });
});

test('text is never read as a template, here as there', () => {
  expect(both('{{a}} \\{{b}}', { a: '{{b}}', b: 'no' })).toEqual({
    ours: '{{b}} {{b}}',
    stock: '{{b}} {{b}}',
  });
});

test('names of the prototype are not there, here as there', () => {
  const input = JSON.parse('{"__proto__":{"x":1}}') as Json;
  expect(both('{{toString}}{{constructor.name}}{{items.push}}', { items: [] })).toEqual({
    ours: '',
    stock: '',
  });
  expect(both('{{__proto__.x}}', input).ours).toBe('1');
});
