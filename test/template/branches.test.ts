// The branches of a template, and which of them a rendering takes.
import { expect, test } from 'vitest';
import { branchesOf } from '../../src/template/branches.ts';
import { prepareTemplate, renderTemplate } from '../../src/template/evaluate.ts';
import type { Json } from '../../src/schema/json-schema.ts';
import { parsed } from './support/check.ts';

const source =
  '{{#if note}}{{note}}{{else if (eq tone "brief")}}brief{{else}}none{{/if}}' +
  '{{#each items as |item|}}{{> line item}}{{/each}}{{#with owner}}{{name}}{{/with}}{{#unless note}}!{{/unless}}';
const template = parsed(source);
const partials = new Map([
  ['line', parsed('{{#if @first}}1{{/if}}{{#if urgent}}!{{> mark}}{{/if}}')],
  ['mark', parsed('{{#each this}}{{/each}}')],
  ['never', parsed('{{#if x}}{{/if}}')],
]);

const branches = branchesOf(template, partials);

/** The branches that rendering takes, as `block arm`. */
function taken(...inputs: Json[]): string[] {
  const keys = new Set<string>();
  const compiled = prepareTemplate(template, partials);
  for (const input of inputs) renderTemplate(compiled, input, { fenceSuffix: 'x', taken: keys });
  expect([...keys].filter((key) => !branches.some((branch) => branch.key === key))).toEqual([]);
  return branches.filter(({ key }) => keys.has(key)).map(({ block, arm }) => `${block} ${arm}`);
}

test('every arm of every block is a branch, also one that is not written, and those of partials once', () => {
  expect(branches.map(({ block, arm, isWritten, partial }) => [block, arm, isWritten, partial])).toEqual([
    ['#if note', 'body', true, undefined],
    ['#if note', 'else', true, undefined],
    ['#if (eq tone "brief")', 'body', true, undefined],
    ['#if (eq tone "brief")', 'else', true, undefined],
    ['#each items', 'body', true, undefined],
    ['#each items', 'else', false, undefined],
    ['#with owner', 'body', true, undefined],
    ['#with owner', 'else', false, undefined],
    ['#unless note', 'body', true, undefined],
    ['#unless note', 'else', false, undefined],
    ['#if @first', 'body', true, 'line'],
    ['#if @first', 'else', false, 'line'],
    ['#if urgent', 'body', true, 'line'],
    ['#if urgent', 'else', false, 'line'],
    ['#each this', 'body', true, 'mark'],
    ['#each this', 'else', false, 'mark'],
  ]);
  expect(new Set(branches.map(({ key }) => key)).size).toBe(branches.length);
});

test('the place of a branch is the tag that begins it, or its block', () => {
  expect(branches.slice(0, 6).map(({ start, end }) => source.slice(start, end))).toEqual([
    '{{#if note}}',
    '{{else if (eq tone "brief")}}',
    '{{else if (eq tone "brief")}}',
    '{{else}}',
    '{{#each items as |item|}}',
    '{{#each items as |item|}}',
  ]);
});

test.each([
  ['{{#if a}}x{{else}}{{! a note }}\n{{#if b}}y{{/if}}{{/if}}', '{{else}}'],
  ['{{#if a}}{{#if b}}x{{else}}y{{/if}}{{~ else ~}} z{{/if}}', '{{~ else ~}}'],
  ['{{#each a}}x{{^}}\ny{{/each}}', '{{^}}'],
  ['{{#if a}}\nx\n{{else}}\n{{#each b}}y{{/each}}\n{{/if}}', '{{else}}'],
])('the else of %j is found', (written, tag) => {
  const [outer] = branchesOf(parsed(written), new Map()).filter(
    ({ arm, block }) => arm === 'else' && block.endsWith(' a'),
  );
  expect(written.slice(outer?.start, outer?.end)).toBe(tag);
});

test('a rendering takes one arm of each block that it reaches', () => {
  expect(taken({})).toEqual([
    '#if note else',
    '#if (eq tone "brief") else',
    '#each items else',
    '#with owner else',
    '#unless note body',
  ]);
  expect(taken({ note: 'n', items: [{}, { urgent: true }], owner: { name: 'o' } })).toEqual([
    '#if note body',
    '#each items body',
    '#with owner body',
    '#unless note else',
    '#if @first body',
    '#if @first else',
    '#if urgent body',
    '#if urgent else',
    '#each this body',
  ]);
});

test('several renderings together take what each of them takes', () => {
  const both = taken({ tone: 'brief' }, { note: 'n' });
  expect(both).toEqual(
    branches.map(({ block, arm }) => `${block} ${arm}`).filter((each) => both.includes(each)),
  );
  expect(both).toContain('#if note body');
  expect(both).toContain('#if (eq tone "brief") body');
});
