// What templates render: the language by example, where each piece of text comes from, and the limits.
import { expect, test } from 'vitest';
import { compileTemplate, renderTemplate, segmentsText } from '../../src/template/evaluate.ts';
import type { Segment } from '../../src/template/evaluate.ts';
import type { Json } from '../../src/schema/json-schema.ts';
import { schemaOf } from './support/check.ts';
import type { Sample } from './support/check.ts';

const input = {
  title: 'T',
  note: null,
  zero: 0,
  no: false,
  empty: '',
  items: ['a', 'b'],
  rows: [
    { id: 1, cells: ['x', 'y'] },
    { id: 2, cells: [] },
  ],
  owner: { name: 'O', title: 'inner' },
  map: { k1: 'v1', k2: 'v2' },
  none: [],
  'odd key': 'odd',
};

const partials = {
  hello: 'Hello {{name}}{{#if loud}}!{{/if}}',
  tree: '{{label}}({{#each parts}}{{> tree}}{{/each}})',
  line: '{{@index}}:{{this}};',
  root: '{{@root.title}}',
};

function render(template: string, value: Json = input): string {
  return segmentsText(renderTemplate(compileTemplate(template, partials), value, { fenceSuffix: 's' }));
}

test.each<[template: string, printed: string]>([
  // Values
  ['{{title}}-{{note}}-{{zero}}-{{no}}-{{empty}}-{{missing}}', 'T--0-false--'],
  [
    '{{owner.name}} {{owner/name}} {{[odd key]}} {{items.[1]}} {{items.length}} {{title.length}}',
    'O O odd b 2 1',
  ],
  ['{{this.title}} {{./title}} {{@root.title}}', 'T T T'],
  ['{{owner.missing.deeper}}{{missing.deeper}}{{title.deeper}}', ''],
  ['\\{{title}} {{!-- {{title}} --}}{{! short }}.', '{{title}} .'],
  ['{{{title}}}{{&title}}', 'TT'],
  // Conditions
  ['{{#if title}}a{{/if}}{{#if zero}}b{{/if}}{{#if none}}c{{/if}}{{#if owner}}d{{/if}}', 'ad'],
  ['{{#if zero includeZero=true}}a{{/if}}{{#unless zero includeZero=true}}b{{/unless}}', 'a'],
  ['{{#if note}}a{{else if title}}b{{else}}c{{/if}}', 'b'],
  ['{{#unless note}}a{{else}}b{{/unless}}', 'a'],
  ['{{#if (and title (not note) (or no items))}}a{{/if}}', 'a'],
  ['{{#if true}}a{{/if}}{{#if ""}}b{{/if}}', 'a'],
  // Scopes
  ['{{#with owner}}{{title}} {{../title}}{{#if name}} {{title}}{{/if}}{{/with}}', 'inner T inner'],
  ['{{#with owner as |o|}}{{o.name}} {{title}}{{/with}}', 'O inner'],
  ['{{#with note}}a{{else}}b{{/with}}{{#with zero}}c{{/with}}{{#with none}}d{{/with}}', 'bc'],
  // Loops
  ['{{#each items}}{{@index}}{{@key}}{{@first}}{{@last}}{{this}} {{/each}}', '00truefalsea 11falsetrueb '],
  ['{{#each map}}{{@key}}={{this}}{{#unless @last}}, {{/unless}}{{/each}}', 'k1=v1, k2=v2'],
  [
    '{{#each rows as |row at|}}{{at}}{{row.id}}{{#each row.cells}}{{@../index}}{{@index}}{{this}}{{../id}}{{else}}-{{/each}} {{/each}}',
    '0100x101y1 12- ',
  ],
  [
    '{{#each none}}a{{else}}b{{/each}}{{#each missing}}a{{else}}b{{/each}}{{#each title}}a{{else}}b{{/each}}',
    'bbb',
  ],
  ['{{#each items as |title|}}{{title}}{{this.title}}{{../title}} {{/each}}', 'aT bT '],
  // Partials
  [
    '{{> hello owner}} {{> hello name="N" loud=true}} {{> hello owner name=title}}',
    'Hello O Hello N! Hello T',
  ],
  ['{{#each items}}{{> line}}{{/each}}', '0:a;1:b;'],
  ['{{#with owner}}{{> root}}{{/with}}', 'T'],
  // White space
  ['a\n{{#if title}}\nb\n{{/if}}\nc', 'a\nb\nc'],
  ['a {{~title~}} b', 'aTb'],
  ['a\n  {{> root}}\nb', 'a\nTb'],
])('%s prints %s', (template, printed) => expect(render(template)).toBe(printed));

test('a tree is printed by a partial that calls itself', () => {
  const tree = {
    label: 'a',
    parts: [
      { label: 'b', parts: [] },
      { label: 'c', parts: [{ label: 'd', parts: [] }] },
    ],
  };
  expect(render('{{> tree}}', tree)).toBe('a(b()c(d()))');
});

test('text of the input is printed as it is, whatever it looks like', () => {
  const text = '{{title}} {{> root}} \\{{x}} <b>&amp;</b> $& \u0000';
  expect(render('{{a}}', { a: text })).toBe(text);
});

// ---- Segments ------------------------------------------------------------------------------------------------------

function segments(template: string, value: Json, sample: Sample = {}): Segment[] {
  const schema = sample.input === undefined ? undefined : schemaOf(sample);
  return renderTemplate(compileTemplate(template, sample.partials ?? {}, schema), value, {
    fenceSuffix: 's',
  });
}

test('each piece says where it comes from, where it is printed, and whether it is to be trusted', () => {
  const template = 'For {{name}}: {{fence note tag="note"}} {{> p}}';
  const sample: Sample = {
    input: {
      name: { enum: ['Ann', 'Bob'] },
      note: { type: 'string' },
      by: { type: 'string', 'x-trust': 'trusted' },
    },
    partials: { p: 'by {{by}}' },
  };
  const value = { name: 'Ann', note: 'n', by: 'me' };
  expect(segments(template, value, sample)).toEqual([
    { text: 'For ', kind: 'literal', trust: 'author', place: { start: 0, end: 4 } },
    { text: 'Ann', kind: 'value', trust: 'inert', source: '/name', place: { start: 4, end: 12 } },
    { text: ': ', kind: 'literal', trust: 'author', place: { start: 12, end: 14 } },
    { text: '<note-s>', kind: 'literal', trust: 'author', fence: 'note', place: { start: 14, end: 39 } },
    {
      text: 'n',
      kind: 'value',
      trust: 'untrusted',
      source: '/note',
      fence: 'note',
      place: { start: 14, end: 39 },
    },
    { text: '</note-s>', kind: 'literal', trust: 'author', fence: 'note', place: { start: 14, end: 39 } },
    { text: ' ', kind: 'literal', trust: 'author', place: { start: 39, end: 40 } },
    { text: 'by ', kind: 'literal', trust: 'author', place: { start: 0, end: 3, partial: 'p' } },
    { text: 'me', kind: 'value', trust: 'trusted', source: '/by', place: { start: 3, end: 9, partial: 'p' } },
  ]);
});

test.each<[template: string, value: Json, trust: string, source: string | undefined]>([
  ['{{a.b}}', { a: { b: 'x' } }, 'untrusted', '/a/b'],
  ['{{a.[0]}}', { a: ['x'] }, 'untrusted', '/a/0'],
  ['{{#each m}}{{@key}}{{/each}}', { m: { k: 1 } }, 'untrusted', '/m/k'],
  ['{{upper a}}', { a: 'x' }, 'untrusted', '/a'],
  ['{{default a "f"}}', { a: null }, 'author', undefined],
  ['{{default a "f"}}', { a: 'x' }, 'untrusted', '/a'],
  ['{{json a}}', { a: { b: 'x' } }, 'untrusted', '/a'],
  ['{{length a}}', { a: 'x' }, 'inert', '/a'],
  ['{{n}}', { n: 5 }, 'inert', '/n'],
  ['{{#with a as |x|}}{{x.[~/]}}{{/with}}', { a: { '~/': 'x' } }, 'untrusted', '/a/~0~1'],
])('%s of %o is %s', (template, value, trust, source) => {
  const [segment] = segments(template, value);
  expect(segment?.trust).toBe(trust);
  expect(segment?.source).toBe(source);
});

test('names of a closed object are the author’s, names of a map are not', () => {
  const sample: Sample = {
    input: {
      closed: { type: 'object', properties: { k: { type: 'number' } } },
      map: { type: 'object', additionalProperties: { type: 'number' } },
    },
  };
  const trustOf = (name: string): string | undefined =>
    segments(`{{#each ${name}}}{{@key}}{{/each}}`, { closed: { k: 1 }, map: { k: 1 } }, sample)[0]?.trust;
  expect([trustOf('closed'), trustOf('map')]).toEqual(['inert', 'untrusted']);
});

// ---- Limits --------------------------------------------------------------------------------------------------------

test.each<
  [
    what: string,
    template: string,
    partials: { readonly [name: string]: string },
    value: Json,
    message: RegExp,
  ]
>([
  ['an endless partial', '{{> p}}', { p: '{{> p}}' }, {}, /deeper than 200 levels of "p"/],
  [
    'a partial that calls itself twice',
    '{{> p}}',
    { p: '{{#if @root.x}}{{> p}}{{> p}}{{/if}}' },
    { x: 1 },
    /deeper than 200|more than 250000 times/,
  ],
  [
    'loops inside loops',
    '{{#each a}}{{#each @root.a}}{{#each @root.a}}{{/each}}{{/each}}{{/each}}',
    {},
    { a: Array.from({ length: 200 }, () => 0) },
    /more than 250000 times/,
  ],
  [
    'a text printed too often',
    '{{#each a}}{{@root.t}}{{/each}}',
    {},
    { a: Array.from({ length: 400 }, () => 0), t: 'x'.repeat(50_000) },
    /longer than 16777216 characters/,
  ],
  [
    'parts that hold one another',
    '{{> p}}',
    { p: '{{#if (lt n 60)}}{{> p a=this b=this n=(inc n)}}{{else}}{{json this}}{{/if}}' },
    { n: 0 },
    /more than 250000 times/,
  ],
])('%s is a limit, not a hang', (_what, template, files, value, message) => {
  const compiled = compileTemplate(template, files);
  expect(() => renderTemplate(compiled, value, { fenceSuffix: 's' })).toThrow(message);
});
