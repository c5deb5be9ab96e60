// What is in the dialect and what is not, and that every node knows its place in the text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTemplate } from '../../src/template/parse-template.ts';
import type { Expression, TemplateNode } from '../../src/template/template.ts';
import { choicesOf, someBytes } from './support/choices.ts';
import { parsed } from './support/check.ts';
import { generatePair } from './support/templates.ts';

test.each<[template: string, code: string, place: string]>([
  ['{{#> layout}}a{{/layout}}', 'unsupported-feature', '{{#> layout}}'],
  ['{{#*inline "x"}}a{{/inline}}', 'unsupported-feature', '{{#*inline "x"}}'],
  ['{{* decorate}}', 'unsupported-feature', '{{* decorate}}'],
  ['{{> (lookup . "name")}}', 'unsupported-feature', '(lookup . "name")'],
  ['{{{{raw}}}}a{{{{/raw}}}}', 'unsupported-feature', '{{{{raw}}}}'],
  ['{{#eq a b}}c{{/eq}}', 'unsupported-feature', 'eq'],
  ['{{^if a}}b{{/if}}', 'unsupported-feature', '{{^if a}}'],
  ['{{lookup a b}}', 'unknown-helper', 'lookup'],
  ['{{#repeat 3}}a{{/repeat}}', 'unknown-helper', 'repeat'],
  ['{{if a}}', 'unknown-helper', 'if'],
  ['{{#if a b}}c{{/if}}', 'wrong-arguments', 'b'],
  ['{{#if}}c{{/if}}', 'wrong-arguments', 'if'],
  ['{{#each a as |x y z|}}c{{/each}}', 'wrong-arguments', 'z'],
  ['{{#with a as |x y|}}c{{/with}}', 'wrong-arguments', 'y'],
  ['{{#if a as |x|}}c{{/if}}', 'wrong-arguments', 'x'],
  ['{{#each a as |x x|}}c{{/each}}', 'wrong-arguments', 'x'],
  ['{{#if a includeZero=b}}c{{/if}}', 'wrong-arguments', 'b'],
  ['{{#each a limit=3}}c{{/each}}', 'unknown-option', 'limit'],
  ['{{upper a a=1 a=2}}', 'wrong-arguments', 'a'],
  ['{{> p a b}}', 'wrong-arguments', 'b'],
  ['{{"text"}}', 'syntax-error', '"text"'],
  ['{{a b.0}}', 'numeric-path', '0'],
  ['{{/if}}', 'wrong-close', '{{/if}}'],
  ['{{else}}', 'misplaced-else', '{{else}}'],
  ['{{#if a}}{{#each b}}{{/if}}', 'wrong-close', '{{/if}}'],
  ['{{#if a}}{{else}}{{else}}{{/if}}', 'misplaced-else', '{{else}}'],
  ['{{a', 'syntax-error', '{{'],
  ['{{a "b}}', 'syntax-error', '"'],
  ['{{a ! b}}', 'syntax-error', '!'],
  ['{{@rot.a}}', 'unknown-data-variable', '@rot'],
  ['{{upper (fence a tag="t")}}', 'wrong-arguments', 'fence'],
  ['{{> p a=(fence a tag="t")}}', 'wrong-arguments', 'fence'],
  ['{{#if (fence a tag="t")}}b{{/if}}', 'wrong-arguments', 'fence'],
])('%s is refused: %s', (template, code, place) => {
  const result = parseTemplate(template);
  if (!('problem' in result)) throw new Error('it parses');
  expect(result.problem.code).toBe(`template/${code}`);
  expect(template.slice(result.problem.start, result.problem.end)).toBe(place);
});

test('everything that is outside the dialect is said at once', () => {
  const result = parseTemplate('{{lookup a b}}{{#items}}{{@user}}{{/items}}{{> p a b}}');
  if (!('problem' in result)) throw new Error('it parses');
  expect(result.problems.map(({ code }) => code)).toEqual([
    'template/unknown-helper',
    'template/section-without-kind',
    'template/unknown-data-variable',
    'template/wrong-arguments',
  ]);
});

test('depth has a limit, in blocks and in calls', () => {
  const blocks = `${'{{#if a}}'.repeat(200)}${'{{/if}}'.repeat(200)}`;
  const chain = `{{#if a}}${'{{else if a}}'.repeat(200)}{{/if}}`;
  const calls = `{{not ${'(not '.repeat(60)}a${')'.repeat(60)}}}`;
  for (const template of [blocks, chain, calls]) {
    expect(parseTemplate(template)).toMatchObject({ problem: { code: 'template/too-deep' } });
  }
});

test.each<[template: string, words: readonly string[]]>([
  ['{{a.b}}', ['a.b']],
  ['x {{ a.[odd key].c }} y', ['a.[odd key].c']],
  ['{{#if (eq a "b")}}{{c}}{{else if d}}{{e}}{{/if}}', ['(eq a "b")', 'a', '"b"', 'c', 'd', 'e']],
  ['{{#each a as |x i|}}{{x}}{{/each}}', ['a', 'x', 'i', 'x']],
  ['{{> p a k=b}}', ['p', 'a', 'k=b', 'b']],
  ['{{~fence a tag="t"~}}', ['a', 'tag="t"', '"t"']],
  ['zwei\r\nZeilen {{a}}\u2028{{b}}', ['a', 'b']],
])('the parts of %j stand where they say', (template, words) => {
  expect(
    parsed(template)
      .body.flatMap(placesIn)
      .map(([start, end]) => template.slice(start, end)),
  ).toEqual(words);
});

type Span = readonly [number, number];

function placesIn(node: TemplateNode): Span[] {
  switch (node.kind) {
    case 'text':
      return [];
    case 'output':
      return node.expression.kind === 'call' ? inside(node.expression) : places(node.expression);
    case 'if':
      return [...places(node.condition), ...[...node.body, ...node.otherwise].flatMap(placesIn)];
    case 'partial':
      return [
        [node.namePlace.start, node.namePlace.end],
        ...(node.context === undefined ? [] : places(node.context)),
        ...node.options.flatMap((option): Span[] => [[option.start, option.end], ...places(option.value)]),
      ];
    default:
      return [
        ...places(node.subject),
        ...node.parameters.map(({ start, end }): Span => [start, end]),
        ...[...node.body, ...node.otherwise].flatMap(placesIn),
      ];
  }
}

function places(expression: Expression): Span[] {
  return [[expression.start, expression.end], ...(expression.kind === 'call' ? inside(expression) : [])];
}

function inside(call: Extract<Expression, { kind: 'call' }>): Span[] {
  return [
    ...call.parameters.flatMap(places),
    ...call.options.flatMap((option): Span[] => [[option.start, option.end], ...places(option.value)]),
  ];
}

test('text nodes are slices of the template, and no node stands outside of it', () => {
  fc.assert(
    fc.property(someBytes, (bytes) => {
      const { template } = generatePair(choicesOf(bytes));
      const visit = (nodes: readonly TemplateNode[]): void => {
        for (const node of nodes) {
          expect(node.start).toBeLessThanOrEqual(node.end);
          expect(node.end).toBeLessThanOrEqual(template.length);
          if (node.kind === 'text') expect(node.text).toBe(template.slice(node.start, node.end));
          if ('body' in node) visit([...node.body, ...node.otherwise]);
        }
      };
      visit(parsed(template).body);
    }),
    { numRuns: 500, seed: 3 },
  );
});

test('no text makes the parser throw, and every problem has a place in the text', () => {
  const pieces = fc.constantFrom(
    '{{',
    '}}',
    '{{{',
    '}}}',
    '#if ',
    '/if',
    'else',
    'a',
    '.',
    '../',
    '@index',
    '(',
    ')',
    '"',
    '|',
    ' as |',
    '=',
    '~',
    '!--',
    '--',
    '>',
    '&',
    '^',
    '\\',
    '\n',
    '[',
    ']',
    '0',
    '\0',
    '\u2028',
    '🙂',
    'fence a tag=',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const result = parseTemplate(text);
      const problems = 'problem' in result ? result.problems : result.template.remarks;
      for (const { start, end, message } of problems) {
        expect(message).not.toBe('');
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 5_000, seed: 9 },
  );
});
