// What a condition says about the values inside of its block, and what it does not say. Each template is clean, or has exactly
// the findings that are listed.
import { describe, expect, test } from 'vitest';
import { codesOf, list, object, someText, text } from './support/check.ts';
import type { Sample } from './support/check.ts';

const shape = {
  oneOf: [
    object({ kind: { const: 'circle' }, radius: { type: 'number' } }),
    object({ kind: { const: 'square' }, width: { type: 'number' } }),
    object({ kind: { const: 'line' }, width: { type: 'number' }, 'label?': text }),
  ],
};
const customer = object({ name: text, 'plan?': text });
const node = object({
  label: text,
  'child?': { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] },
  parts: list({ $ref: '#/$defs/Node' }),
});

const input: Sample['input'] = {
  title: text,
  'note?': text,
  'other?': text,
  count: { type: 'integer' },
  'size?': { type: 'integer' },
  tone: { enum: ['formal', 'brief', 'warm'] },
  status: { type: ['string', 'null'] },
  flag: { type: 'boolean' },
  shape,
  'customer?': customer,
  maybe: { anyOf: [customer, { type: 'null' }] },
  either: { anyOf: [customer, text] },
  tags: list(text),
  three: list(text, { minItems: 3 }),
  rows: list(object({ id: someText, 'note?': text })),
  'words?': list(text),
  tree: { $ref: '#/$defs/Node' },
  filled: { type: 'string', default: 'x' },
};
const sample: Sample = { input, definitions: { Node: node } };

describe.each<[about: string, cases: readonly (readonly [template: string, ...codes: string[]])[]]>([
  [
    'if and unless',
    [
      ['{{#if note}}{{note}}{{/if}}'],
      ['{{note}}', 'maybe-absent'],
      ['{{#if note}}a{{else}}{{note}}{{/if}}', 'maybe-absent'],
      ['{{#unless note}}a{{else}}{{note}}{{/unless}}'],
      ['{{#unless note}}{{note}}{{/unless}}', 'maybe-absent'],
      ['{{#if other}}{{note}}{{/if}}', 'maybe-absent'],
      ['{{#if note}}a{{else if other}}{{other}}{{else}}b{{/if}}'],
      ['{{#if note}}a{{else if other}}{{note}}{{/if}}', 'maybe-absent'],
      ['{{#if size includeZero=true}}{{size}}{{/if}}'],
      ['{{#if size}}{{size}}{{/if}}', 'zero-is-false'],
      ['{{#if customer}}{{customer.name}}{{/if}}'],
      ['{{customer.name}}', 'maybe-absent'],
      ['{{#if customer.plan}}{{customer.plan}} of {{customer.name}}{{/if}}'],
      ['{{#if customer}}{{customer.plan}}{{/if}}', 'maybe-absent'],
      ['{{filled}}'],
    ],
  ],
  [
    'and, or, not',
    [
      ['{{#if (and note other)}}{{note}}{{other}}{{/if}}'],
      ['{{#if (or note other)}}{{note}}{{/if}}', 'maybe-absent'],
      ['{{#if (not note)}}a{{else}}{{note}}{{/if}}'],
      ['{{#if (not (not note))}}{{note}}{{/if}}'],
      ['{{#if (or (not note) (not other))}}a{{else}}{{note}}{{other}}{{/if}}'],
      ['{{#if (and note other)}}a{{else}}{{note}}{{/if}}', 'maybe-absent'],
      ['{{#if (or (and note flag) (and note title))}}{{note}}{{/if}}'],
      ['{{#if (and note (or flag other))}}{{note}}{{other}}{{/if}}', 'maybe-absent'],
      ['{{#unless (or (not note) (not other))}}{{note}}{{other}}{{/unless}}'],
    ],
  ],
  [
    'eq, ne, gt, lt',
    [
      ['{{#if (eq note "x")}}{{note}}{{/if}}'],
      ['{{#if (eq "x" note)}}{{note}}{{/if}}'],
      ['{{#if (ne note "x")}}{{note}}{{/if}}', 'maybe-absent'],
      ['{{#if (ne note "x")}}a{{else}}{{note}}{{/if}}'],
      ['{{#if (ne note undefined)}}{{note}}{{/if}}'],
      ['{{#if (ne status null)}}{{status}}{{/if}}'],
      ['{{#if (eq status null)}}a{{else}}{{status}}{{/if}}'],
      ['{{#if (gt size 0)}}{{size}}{{/if}}'],
      ['{{#if (lt size 9)}}{{size}}{{else}}{{size}}{{/if}}', 'maybe-absent'],
      ['{{#if (eq note other)}}{{note}}{{/if}}', 'maybe-absent'],
      [
        '{{#if (eq tone "formal")}}a{{else if (eq tone "brief")}}b{{else if (eq tone "warm")}}c{{/if}}',
        'constant-condition',
      ],
      ['{{#if (eq tone "loud")}}a{{/if}}', 'constant-condition'],
      ['{{#if (ne tone "loud")}}a{{/if}}', 'constant-condition'],
      ['{{#if (eq tone "formal")}}{{#if (eq tone "brief")}}a{{/if}}{{/if}}', 'constant-condition'],
      ['{{#if (eq count "1")}}a{{/if}}', 'constant-condition'],
    ],
  ],
  [
    'unions with a tag',
    [
      ['{{#if (eq shape.kind "circle")}}{{shape.radius}}{{/if}}'],
      ['{{#if (eq shape.kind "circle")}}{{shape.width}}{{/if}}', 'impossible-here'],
      ['{{#if (eq shape.kind "circle")}}{{shape.radius}}{{else}}{{shape.width}}{{/if}}'],
      ['{{#unless (eq shape.kind "circle")}}{{shape.width}}{{/unless}}'],
      ['{{#if (ne shape.kind "circle")}}{{shape.width}}{{/if}}'],
      ['{{#if (or (eq shape.kind "square") (eq shape.kind "line"))}}{{shape.width}}{{/if}}'],
      ['{{#if (or (eq shape.kind "square") flag)}}{{shape.width}}{{/if}}', 'property-of-some'],
      ['{{shape.width}}', 'property-of-some'],
      ['{{shape.height}}', 'unknown-property'],
      ['{{#with shape}}{{#if (eq kind "circle")}}{{radius}}{{/if}}{{/with}}'],
      ['{{#with shape as |s|}}{{#if (eq s.kind "circle")}}{{s.radius}}{{radius}}{{/if}}{{/with}}'],
      ['{{#if (eq shape.kind "circle")}}{{#with shape}}{{radius}}{{/with}}{{/if}}'],
      ['{{#if (and (eq shape.kind "line") shape.label)}}{{shape.label}}{{/if}}'],
      ['{{#if shape.radius includeZero=true}}{{shape.radius}}{{/if}}'],
      ['{{#if shape.radius includeZero=true}}{{shape.width}}{{/if}}', 'impossible-here'],
      ['{{#if either.name}}{{either.name}}{{/if}}'],
      ['{{either.name}}', 'property-of-some'],
    ],
  ],
  [
    'with and each',
    [
      ['{{#with customer}}{{name}}{{/with}}'],
      ['{{#with customer}}{{plan}}{{/with}}', 'maybe-absent'],
      ['{{#with customer as |c|}}{{c.name}}{{else}}none{{/with}}'],
      ['{{#with maybe}}{{name}}{{else}}{{maybe.name}}{{/with}}', 'maybe-absent'],
      ['{{#each words}}{{this}}{{/each}}'],
      ['{{#each words}}{{this}}{{../words.[0]}}{{/each}}', 'fragile-parent'],
      ['{{#each rows}}{{#if note}}{{id}}{{note}}{{/if}}{{/each}}'],
      ['{{#each rows}}{{#if @root.note}}{{@root.note}}{{note}}{{/if}}{{/each}}', 'maybe-absent'],
      ['{{#each rows as |row|}}{{#if row.note}}{{row.note}}{{note}}{{/if}}{{/each}}'],
      ['{{#if note}}{{#each rows}}{{../note}}{{/each}}{{/if}}'],
      ['{{three.[2]}}'],
      ['{{three.[3]}}', 'maybe-absent'],
      ['{{#if tags}}{{tags.[0]}}{{/if}}'],
      ['{{tags.[0]}}', 'maybe-absent'],
    ],
  ],
])('%s', (_about, cases) => {
  test.each(cases)('%s', (template, ...codes) => {
    // Text around the block, so that nothing is said of a message that can be empty.
    expect(codesOf(`text ${template}`, sample)).toEqual(codes);
  });
});

describe('partials', () => {
  test.each<[template: string, partials: { readonly [name: string]: string }, ...codes: string[]]>([
    ['{{#if note}}{{> p}}{{/if}}', { p: '{{note}}' }],
    ['{{> p}}{{#if note}}{{> p}}{{/if}}', { p: '{{note}}' }, 'maybe-absent'],
    ['{{#if note}}{{> p}}{{/if}}{{> p}}', { p: '{{note}}' }, 'maybe-absent'],
    ['{{#if customer.plan}}{{> p customer}}{{/if}}', { p: '{{plan}}' }],
    [
      '{{#if customer.plan}}{{> p customer}}{{/if}}{{#if customer}}{{> p customer}}{{/if}}',
      { p: '{{plan}}' },
      'maybe-absent',
    ],
    ['{{#if note}}{{> p text=note}}{{/if}}', { p: '{{text}}' }],
    ['{{> p text=note}}', { p: '{{text}}' }, 'maybe-absent'],
    ['{{#if note}}{{#with customer}}{{> p}}{{/with}}{{/if}}', { p: '{{@root.note}}{{name}}' }],
    ['{{#with customer}}{{> p}}{{/with}}', { p: '{{@root.note}}{{name}}' }, 'maybe-absent'],
    ['{{#if note}}{{> p note=other}}{{/if}}', { p: '{{note}}' }, 'maybe-absent'],
    ['{{#each tags}}{{> p}}{{/each}}', { p: '{{@index}} {{this}}' }],
    ['{{> p tags}}', { p: '{{@index}}' }, 'outside-loop'],
    [
      '{{#each rows}}{{#each @root.tags}}{{> p}}{{/each}}{{/each}}{{#each tags}}{{> p}}{{/each}}',
      { p: '{{@../index}}' },
      'outside-loop',
    ],
    ['{{> p tree}}', { p: '{{label}}{{#if child}}{{> p child}}{{/if}}{{#each parts}}{{> p}}{{/each}}' }],
    ['{{> p tree}}', { p: '{{label}}{{#with child}}{{> p}}{{/with}}' }],
    ['{{> p tree depth=1}}', { p: '{{depth}}{{#each parts}}{{> p this depth=../depth}}{{/each}}' }],
    [
      '{{> p tree}}',
      { p: '{{label}}{{#if @root.flag}}{{> p}}{{/if}}' },
      'constant-condition',
      'partial-cycle',
    ],
    ['{{> p tree}}', { p: '{{label}}{{#if child}}{{> p @root.tree}}{{/if}}' }, 'partial-cycle'],
    ['{{> a tree}}', { a: '{{label}}{{#each parts}}{{> b}}{{/each}}', b: '{{label}}{{> a}}' }],
    [
      '{{> a tree}}',
      { a: '{{label}}{{#each parts}}{{> b}}{{/each}}', b: '{{label}}{{> a @root.tree}}' },
      'partial-cycle',
    ],
  ])('%s with %o', (template, partials, ...codes) => {
    expect(codesOf(`text ${template}`, { ...sample, partials })).toEqual(codes);
  });
});

describe('defaults', () => {
  const optional = (properties: Sample['input']): Sample => ({ input: { 'box?': object(properties ?? {}) } });

  test('a default makes a property present, also in a branch that a value chooses for certain', () => {
    const filled = object({ kind: { const: 'a' }, text: { type: 'string', default: 'x' } });
    const other = object({ kind: { const: 'b' }, text: { type: 'string', default: 'y' } });
    expect(
      codesOf('{{#if box}}{{box.text}}{{/if}} end', optional({ text: { type: 'string', default: 'x' } })),
    ).toEqual([]);
    expect(codesOf('{{box.text}}', { input: { box: { oneOf: [filled, other] } } })).toEqual([]);
    expect(
      codesOf('{{#if box}}{{box.text}}{{/if}} end', {
        input: { box: { anyOf: [filled, { type: 'null' }] } },
      }),
    ).toEqual([]);
  });

  test('a default that holds itself is not filled for ever', () => {
    const endless = object({
      text: { type: 'string', default: 'leaf' },
      next: { $ref: '#/$defs/Node', default: {} },
    });
    const found = codesOf('{{tree.text}} {{tree.next.text}} {{tree.next.next.text}}', {
      input: { tree: { $ref: '#/$defs/Node' } },
      definitions: { Node: endless },
    });
    expect(found).toEqual(['maybe-absent', 'maybe-absent']);
  });

  test('a list of itself that is empty by default is filled whole', () => {
    const tree = object({
      text: { type: 'string', default: 'leaf' },
      parts: { ...list({ $ref: '#/$defs/Node' }), default: [] },
    });
    const found = codesOf('{{#each tree.parts}}{{text}}{{#each parts}}{{text}}{{/each}}{{/each}} end', {
      input: { tree: { $ref: '#/$defs/Node' } },
      definitions: { Node: tree },
    });
    expect(found).toEqual([]);
  });
});
