// Every code that a template can give, each with the smallest template that has it: the place («…»), the words, the other
// places, and the text after the fix.
import { expect, test } from 'vitest';
import { codes } from '../../src/compiler/codes.ts';
import type { TemplateFinding } from '../../src/template/finding.ts';
import type { TemplateProblem } from '../../src/template/template.ts';
import { list, mended, object, saidOf, someText, text, unmarked } from './support/check.ts';
import type { Sample } from './support/check.ts';

interface Example {
  readonly code: string;
  readonly severity: string;
  /** With the place marked, when it is in the template itself. */
  readonly template: string;
  readonly partial?: string;
  /** The partial with the place marked. */
  readonly marked?: string;
  readonly sample?: Sample;
  readonly message: string;
  readonly label?: string;
  readonly labels?: readonly string[];
  readonly notes?: readonly string[];
  readonly help?: string;
  /** The text after the fix. */
  readonly safe?: string;
  readonly maybe?: string;
}

const article = object({ id: someText, title: someText, steps: list(text) });
const shape = {
  oneOf: [
    object({ kind: { const: 'circle' }, radius: { type: 'number' } }),
    object({ kind: { const: 'square' }, width: { type: 'number' } }),
  ],
};
const ref = { $ref: '#/$defs/Node' };
const node = object({ label: someText, 'child?': { anyOf: [ref, { type: 'null' }] }, parts: list(ref) });

const examples: readonly Example[] = [
  {
    code: 'template/unknown-property',
    severity: 'error',
    template: 'Hello {{«titel»}}.',
    sample: { input: { title: text } },
    message: '`titel` does not exist on the input.',
    label: 'unknown property',
    notes: ['there is: title'],
    help: 'did you mean `title`?',
    maybe: 'Hello {{title}}.',
  },
  {
    code: 'template/unknown-property',
    severity: 'error',
    template: '{{#each articles}}{{«titel»}}{{/each}} end',
    sample: { input: { articles: list(article) } },
    message: '`titel` does not exist on an item of `articles`.',
    label: 'unknown property',
    labels: [
      '{{#each articles}} → inside this loop `this` is an item of `articles`',
      '/input/properties/articles/items → declared here',
    ],
    notes: ['there is: id, title, steps'],
    help: 'did you mean `title`?',
    maybe: '{{#each articles}}{{title}}{{/each}} end',
  },
  {
    code: 'template/unknown-property',
    severity: 'error',
    template: 'For {{«channel»}}.',
    sample: { input: { ticket: object({ channel: text }) } },
    message: '`channel` does not exist on the input.',
    label: 'unknown property',
    notes: ['there is: ticket'],
    help: 'did you mean `ticket.channel`?',
    maybe: 'For {{ticket.channel}}.',
  },
  {
    code: 'template/unknown-property',
    severity: 'error',
    template: 'For {{«firstName»}}.',
    sample: { input: { first_name: text } },
    message: '`firstName` does not exist on the input.',
    label: 'unknown property',
    notes: ['there is: first_name'],
    help: 'did you mean `first_name`?',
    maybe: 'For {{first_name}}.',
  },
  {
    code: 'template/outer-property',
    severity: 'error',
    template: '{{#each articles}}From {{«channel»}}: {{title}}{{/each}} end',
    sample: { input: { articles: list(article), channel: text } },
    message: '`channel` is not a property of an item of `articles`.',
    label: 'not in this scope',
    labels: ['{{#each articles}} → inside this loop `this` is an item of `articles`'],
    help: '`channel` is a property of the input; write {{@root.channel}}',
    safe: '{{#each articles}}From {{@root.channel}}: {{title}}{{/each}} end',
  },
  {
    code: 'template/outer-property',
    severity: 'error',
    template: '{{#each articles}}{{#each steps}}{{«id»}} {{this}}{{/each}}{{/each}} end',
    sample: { input: { articles: list(article) } },
    message: '`id` is not a property of an item of `steps`.',
    label: 'not in this scope',
    labels: ['{{#each steps}} → inside this loop `this` is an item of `steps`'],
    help: '`id` is a property of an item of `articles`; write {{../id}}',
    safe: '{{#each articles}}{{#each steps}}{{../id}} {{this}}{{/each}}{{/each}} end',
  },
  {
    code: 'template/above-root',
    severity: 'error',
    template: '{{#with ticket}}{{id}} {{«../../title»}}{{/with}} end',
    sample: { input: { ticket: object({ id: text }), title: text } },
    message: 'One scope is open here, and `../../title` climbs 2.',
    label: 'above the root',
    labels: ['{{#with ticket}} → opens a scope'],
    help: '{{#if}} opens no scope; write @root for the input itself',
  },
  {
    code: 'template/maybe-absent',
    severity: 'warning',
    template: 'A note: {{«note»}}',
    sample: { input: { 'note?': text } },
    message: '`note` may be absent.',
    label: 'this can print nothing',
    labels: ['/input/properties/note → optional'],
    help: 'wrap it in {{#if note}}, or write {{default note "…"}}',
  },
  {
    code: 'template/maybe-absent',
    severity: 'warning',
    template: 'A note: {{«items.[3]»}}',
    sample: { input: { items: list(text) } },
    message: '`items.[3]` may be absent.',
    label: 'this can print nothing',
    labels: ['/input/properties/items/items → the list can be shorter'],
    help: 'wrap it in {{#if items.[3]}}, or write {{default items.[3] "…"}}',
  },
  {
    code: 'template/object-printed',
    severity: 'error',
    template: 'For {{«customer»}}.',
    sample: { input: { customer: object({ name: text, plan: text }) } },
    message: '`customer` is an object.',
    labels: ['/input/properties/customer → an object'],
    help: 'write {{json customer}}, or one of its properties: name, plan',
  },
  {
    code: 'template/list-printed',
    severity: 'error',
    template: 'Steps: {{«steps»}}',
    sample: { input: { steps: list(text) } },
    message: '`steps` is a list.',
    labels: ['/input/properties/steps → a list'],
    help: 'write {{#each steps}}, or {{join steps ", "}}',
  },
  {
    code: 'template/not-a-list',
    severity: 'error',
    template: '{{#each «title»}}{{this}}{{/each}} end',
    sample: { input: { title: text } },
    message: '`title` is text; #each would print nothing.',
    labels: ['/input/properties/title → declared here'],
    help: 'did you mean {{#if title}}?',
  },
  {
    code: 'template/constant-condition',
    severity: 'warning',
    template: '{{#if «title»}}Title: {{title}}{{/if}} end',
    sample: { input: { title: someText } },
    message: '`title` always counts as true here.',
    labels: ['/input/properties/title → declared here'],
    notes: ['it is text with at least one character'],
    help: 'drop the condition and keep what is inside',
  },
  {
    code: 'template/constant-condition',
    severity: 'warning',
    template: '{{#if note}}{{#if «note»}}{{note}}{{/if}}{{/if}} end',
    sample: { input: { 'note?': someText } },
    message: '`note` always counts as true here.',
    labels: ['note → this condition has settled it'],
    notes: ['it is text with at least one character'],
    help: 'drop the condition and keep what is inside',
  },
  {
    code: 'template/constant-condition',
    severity: 'warning',
    template: '{{#if «(eq tone "formall")»}}Be formal.{{/if}} end',
    sample: { input: { tone: { enum: ['formal', 'brief'] } } },
    message: '`eq tone "formall"` always counts as false here.',
    notes: ['it is "formal" or "brief"'],
    help: 'did you mean "formal"?',
  },
  {
    code: 'template/zero-is-false',
    severity: 'warning',
    template: '{{#if «count»}}{{count}} of them{{/if}} end',
    sample: { input: { count: { type: 'integer' } } },
    message: '0 counts as false here.',
    labels: ['/input/properties/count → can be 0'],
    help: 'write includeZero=true when 0 is a value, or (gt count 0) when it is not',
  },
  {
    code: 'template/property-of-some',
    severity: 'error',
    template: 'A radius of {{shape.«radius»}}.',
    sample: { input: { shape } },
    message: '`radius` exists only when `kind` is "circle".',
    labels: ['/input/properties/shape → declared here'],
    help: 'wrap it in {{#if (eq shape.kind "circle")}}',
  },
  {
    code: 'template/impossible-here',
    severity: 'error',
    template: '{{#if (eq shape.kind "circle")}}{{shape.«width»}}{{/if}} end',
    sample: { input: { shape } },
    message: '`kind` is "circle" here, and then there is no `width`.',
    label: 'impossible in this block',
    labels: [
      '(eq shape.kind "circle") → because of this condition',
      '/input/properties/shape → declared here',
    ],
    help: 'move it out of the block',
  },
  {
    code: 'template/property-of-some',
    severity: 'error',
    template: '{{value.«name»}} it is.',
    sample: { input: { value: { anyOf: [object({ name: text }), text] } } },
    message: '`name` exists only on some of the values that can stand here.',
    labels: ['/input/properties/value → declared here'],
    notes: ['there can also be text without it'],
    help: 'ask first: {{#if value.name}}',
  },
  {
    code: 'template/fragile-parent',
    severity: 'warning',
    template: '{{#each tags}}{{«../title»}} {{this}}{{/each}} end',
    sample: { input: { tags: list(text), title: text } },
    message: '`../` leaves a scope of plain values here, which is easy to miscount.',
    labels: ['{{#each tags}} → this scope'],
    help: "name the outer value with a block parameter, or write {{@root.title}} where it is the input's",
  },
  {
    code: 'template/outside-loop',
    severity: 'error',
    template: 'Number {{«@index»}}',
    message: '`@index` exists only inside {{#each}}.',
    label: 'there is no loop here',
    help: 'move it into the loop, or pass the value as an input',
  },
  {
    code: 'template/outside-loop',
    severity: 'error',
    template: '{{#each tags}}{{«@../index»}}{{/each}} end',
    sample: { input: { tags: list(text) } },
    message: 'There are not so many loops around `@../index`.',
    help: 'drop one `../`',
  },
  {
    code: 'template/unknown-data-variable',
    severity: 'error',
    template: 'For {{«@user»}}.',
    message: '`@user` is not defined.',
    help: 'available are: @root, @index, @key, @first, @last',
  },
  {
    code: 'template/unknown-helper',
    severity: 'error',
    template: '{{«uppercase» title}} it is.',
    sample: { input: { title: text } },
    message: 'No helper is named `uppercase`.',
    help: 'did you mean `upper`?',
  },
  {
    code: 'template/wrong-arguments',
    severity: 'error',
    template: '{{#if («eq» title)}}Yes.{{/if}} end',
    sample: { input: { title: text } },
    message: '`eq` takes 2 arguments, 1 given.',
    help: 'write {{eq a b}}',
  },
  {
    code: 'template/wrong-arguments',
    severity: 'error',
    template: '{{join «title» ", "}} it is.',
    sample: { input: { title: text } },
    message: '`join` takes a list of texts, numbers or booleans as `list`; this can be text.',
    help: 'write {{join list [separator]}}',
  },
  {
    code: 'template/wrong-arguments',
    severity: 'error',
    template: '{{«length»}} it is.',
    sample: { input: { title: text } },
    message: '`length` is a helper that takes 1 argument, 0 given.',
    help: 'write {{length value}}',
  },
  {
    code: 'template/wrong-arguments',
    severity: 'error',
    template: '{{> greeting «title» number=1}}',
    sample: { input: { title: text }, partials: { greeting: 'Hello {{number}}.' } },
    message: '`title` is text; only an object can have `key=value`s in front of its properties.',
    help: 'pass it by name as well: {{> greeting value=title}}',
  },
  {
    code: 'template/unknown-option',
    severity: 'error',
    template: '{{fence title «tga»="text"}}',
    sample: { input: { title: text } },
    message: '`fence` has no option `tga`.',
    help: 'did you mean `tag`?',
  },
  {
    code: 'template/hidden-property',
    severity: 'error',
    template: 'As {{«json»}}.',
    sample: { input: { json: text } },
    message: '`json` is a helper, which hides the property.',
    help: 'the property needs {{this.json}}',
    safe: 'As {{this.json}}.',
  },
  {
    code: 'template/partial-cycle',
    severity: 'error',
    template: '{{> node tree}}',
    partial: 'node',
    marked: '{{label}}«{{> node}}»',
    sample: { input: { tree: ref }, definitions: { Node: node }, partials: { node: '{{label}}{{> node}}' } },
    message: '`node` → `node` never ends.',
    label: 'calls itself',
    notes: ['a partial may call itself for a value that is there and stands below its context'],
    help: 'write {{#if child}}{{> node child}}{{/if}} or {{#each children}}{{> node}}{{/each}}',
  },
  {
    code: 'template/partial-cycle',
    severity: 'error',
    template: '{{> a}}',
    partial: 'a',
    marked: 'a«{{> b}}»',
    sample: { partials: { a: 'a{{> b}}', b: 'b{{> a}}' } },
    message: '`a` → `b` → `a` never ends.',
    label: 'part of the circle',
    labels: ['{{> a}} → and this one'],
    notes: ['a partial may call itself for a value that is there and stands below its context'],
    help: 'write {{#if child}}{{> b child}}{{/if}} or {{#each children}}{{> b}}{{/each}}',
  },
  {
    code: 'template/too-deep',
    severity: 'error',
    template: '{{> p0}}',
    partial: 'p31',
    marked: 'x«{{> p32}}»',
    sample: {
      partials: Object.fromEntries(
        Array.from({ length: 33 }, (_, at) => [`p${at}`, `x{{> p${at + 1}}}`]).concat([['p33', 'end']]),
      ),
    },
    message: 'Partials call one another more than 32 deep here.',
  },
  {
    code: 'template/missing-parameter',
    severity: 'error',
    template: '{{#with ticket}}{{id}} «{{> house-style}}»{{/with}} end',
    sample: {
      input: { ticket: object({ id: text }), locale: text },
      partials: { 'house-style': 'Answer in {{locale}}.' },
    },
    message: '`house-style` needs `locale`, and this call does not give it.',
    label: 'without `locale`',
    labels: ['locale → used here'],
    help: 'add `locale=../locale`',
    maybe: '{{#with ticket}}{{id}} {{> house-style locale=../locale}}{{/with}} end',
  },
  {
    code: 'template/unused-parameter',
    severity: 'warning',
    template: '{{> house-style locale=locale «tone»="brief"}}',
    sample: { input: { locale: text }, partials: { 'house-style': 'Answer in {{locale}}.' } },
    message: '`house-style` never uses `tone`.',
    help: 'remove it',
  },
  {
    code: 'template/empty-message',
    severity: 'warning',
    template: '«{{#if articles}}»{{#each articles}}{{title}}{{/each}}{{/if}}',
    sample: { input: { articles: list(article) } },
    message: 'When `articles` counts as false, this message has no text.',
    help: 'add an {{else}}, or some text around the block',
  },
  {
    code: 'template/map-order',
    severity: 'warning',
    template: '{{#each «prices»}}{{@key}}: {{this}}{{/each}} end',
    sample: { input: { prices: { type: 'object', additionalProperties: { type: 'number' } } } },
    message: "The order of `prices` is the caller's, and names like numbers come first.",
    labels: ['/input/properties/prices → a map'],
    help: 'use a list where the order matters',
  },
  {
    code: 'template/joined-lines',
    severity: 'warning',
    template: 'Rules:\n{{«~»#each rules}}\n1. {{this}}\n{{/each}}',
    sample: { input: { rules: list(text) } },
    message: 'The `~` removes the line break; "Rules:" and "1." end up on one line.',
    help: 'remove the `~`; a block alone on a line leaves no blank line behind',
  },
  {
    code: 'template/look-alike',
    severity: 'error',
    template: 'Hello «${title}».',
    sample: { input: { title: text } },
    message: '`${title}` looks like a variable but is plain text.',
    help: 'write {{title}}, or ${ title } with blanks when you mean the braces',
    maybe: 'Hello {{title}}.',
  },
  {
    code: 'template/look-alike',
    severity: 'error',
    template: 'Hello «{title}».',
    sample: { input: { title: text } },
    message: '`{title}` looks like a variable but is plain text.',
    help: 'write {{title}}, or { title } with blanks when you mean the braces',
    maybe: 'Hello {{title}}.',
  },
  {
    code: 'template/json-by-hand',
    severity: 'warning',
    template: 'You help. «Return the result as valid JSON.» Be brief.',
    sample: { isOutputStructured: true },
    message: 'The output schema is sent for you.',
    label: 'asks for JSON by hand',
    help: 'remove the sentence; describe what belongs where in the descriptions of the output schema',
  },
  {
    code: 'template/zero-based-index',
    severity: 'info',
    template: 'Rules:\n{{#each rules}}\n{{«@index»}}. {{this}}\n{{/each}}',
    sample: { input: { rules: list(text) } },
    message: 'This list starts at 0.',
    help: 'write {{inc @index}}',
    safe: 'Rules:\n{{#each rules}}\n{{inc @index}}. {{this}}\n{{/each}}',
  },
  {
    code: 'template/untyped-value',
    severity: 'info',
    template: 'Here is {{«thing»}}.',
    sample: { input: { thing: {} } },
    message: '`thing` can be anything, also an object.',
    labels: ['/input/properties/thing → this says nothing of what it is'],
    help: 'say in the schema what it is, or write {{json thing}}',
  },
  {
    code: 'template/untyped-value',
    severity: 'info',
    template: '{{#each «thing»}}one more{{/each}} end',
    sample: { input: { thing: {} } },
    message: '`thing` can be anything, also no list.',
    labels: ['/input/properties/thing → this says nothing of what it is'],
    help: 'say in the schema that it is a list',
  },
  {
    code: 'trust/untrusted-in-system',
    severity: 'deny',
    template: 'For {{«audience»}}.',
    sample: { role: 'system', input: { audience: text } },
    message: '`audience` is text of the caller inside a system message.',
    labels: ['/input/properties/audience → free text'],
    help: 'write {{fence audience tag="audience"}}, declare an enum, or say x-trust: trusted',
  },
  {
    code: 'trust/tag-not-literal',
    severity: 'error',
    template: 'For {{fence audience tag=«audience»}}.',
    sample: { role: 'system', input: { audience: text } },
    message: '`tag` of `fence` has to be written out in the template.',
    help: 'write tag="…"',
  },
  {
    code: 'template/wrong-arguments',
    severity: 'error',
    template: 'For {{upper («fence» audience tag="audience")}}.',
    sample: { role: 'system', input: { audience: text } },
    message: '`fence` prints tags, so it cannot be an argument.',
    help: 'write {{fence …}} where the text is to stand; the fence may hold a call: {{fence (join list) tag="…"}}',
  },
  {
    code: 'template/raw-output',
    severity: 'warning',
    template: '«{{{title}}}»',
    sample: { input: { title: text } },
    message: 'Text is never HTML-escaped here, so two braces are enough.',
    help: 'write `{{title}}`',
    safe: '{{title}}',
  },
  {
    code: 'template/section-without-kind',
    severity: 'error',
    template: '{{#«items»}}one{{/items}} end',
    sample: { input: { items: list(text) } },
    message: '`{{#items}}` does not say which it means: a loop, a scope or a condition.',
    help: 'write `{{#each items}}`',
    safe: '{{#each items}}one{{/each}} end',
  },
  {
    code: 'template/section-without-kind',
    severity: 'error',
    template: '{{#«owner»}}one{{~/owner}} end',
    sample: { input: { owner: object({ name: text }) } },
    message: '`{{#owner}}` does not say which it means: a loop, a scope or a condition.',
    help: 'write `{{#with owner}}`',
    safe: '{{#with owner}}one{{~/with}} end',
  },
  {
    code: 'template/section-without-kind',
    severity: 'error',
    template: '{{^«title»}}none{{else}}one{{/title}} end',
    sample: { input: { title: text } },
    message: '`{{^title}}` does not say what it means.',
    help: 'write `{{#unless title}}`',
    safe: '{{#unless title}}none{{else}}one{{/unless}} end',
  },
  {
    code: 'template/section-without-kind',
    severity: 'error',
    template: '{{#each items}}{{#«title»}}one{{/title}}{{/each}} end',
    sample: { input: { items: list(text), title: text } },
    message: '`{{#title}}` does not say which it means: a loop, a scope or a condition.',
    help: 'write `{{#each title}}`, `{{#with title}}` or `{{#if title}}`',
  },
  {
    code: 'template/section-without-kind',
    severity: 'error',
    template: '{{#«unclear»}}one{{/unclear}} end',
    sample: { input: { items: list(text) } },
    message: '`{{#unclear}}` does not say which it means: a loop, a scope or a condition.',
    help: 'write `{{#each unclear}}`, `{{#with unclear}}` or `{{#if unclear}}`',
  },
  {
    code: 'template/numeric-path',
    severity: 'error',
    template: '{{items.«0»}}',
    sample: { input: { items: list(text) } },
    message: 'Write items.[0], not items.0.',
    safe: '{{items.[0]}}',
  },
  {
    code: 'template/wrong-close',
    severity: 'error',
    template: '{{#if a}}b«{{/each}}»',
    message: '`{{#if}}` is closed by `{{/each}}`.',
    labels: ['{{#if a}} → the innermost open block'],
    help: 'write `{{/if}}`',
    safe: '{{#if a}}b{{/if}}',
  },
  {
    code: 'template/unclosed-block',
    severity: 'error',
    template: '«{{#if a}}»b',
    message: '`{{#if}}` is never closed.',
    label: 'opened here',
    help: 'close it with `{{/if}}`',
  },
  {
    code: 'template/misplaced-else',
    severity: 'error',
    template: '{{#if a}}b{{else}}c«{{else}}»d{{/if}}',
    message: 'A block has one `{{else}}`.',
    labels: ['{{else}} → the first one'],
    help: 'use `{{else if …}}` for more cases, before the `{{else}}`',
  },
  {
    code: 'template/unsupported-feature',
    severity: 'error',
    template: '«{{#> layout}}text{{/layout}}»',
    message: 'A partial block `{{#> …}}` is not in handlebars/1.',
    help: 'use `{{> name}}` and pass what differs as `key=value`',
  },
  {
    code: 'template/syntax-error',
    severity: 'error',
    template: 'Hello «{{ title }» and',
    sample: { input: { title: text } },
    message: '`{{ title }` is closed by one brace only.',
    help: 'write `{{ title }}`',
    maybe: 'Hello {{ title }} and',
  },
  {
    code: 'template/syntax-error',
    severity: 'error',
    template: 'Hello «{{»title',
    sample: { input: { title: text } },
    message: 'This `{{` is never closed.',
    label: 'no `}}` follows',
    help: 'close it with `}}`, or write `\\{{` to print the braces',
  },
  {
    code: 'template/too-long-tag',
    severity: 'error',
    template: `«{{»title${'.x'.repeat(1_000)}}}`,
    sample: { input: { title: text } },
    message: 'A tag has at most 2,000 characters.',
    help: 'move what it says into the input, or into a partial',
  },
  {
    code: 'template/too-many-tags',
    severity: 'error',
    template: `${'{{title}}\n'.repeat(11_111)}«{{»title}}`,
    sample: { input: { title: text } },
    message: 'The tags of one text have at most 100,000 characters together.',
    help: 'loop over a list with `{{#each}}`, or pass a text that is made already',
  },
];

test.each(examples.map((example) => [example.code, example.template.slice(0, 500), example] as const))(
  '%s: %s',
  (_code, _template, example) => {
    const template = unmarked(example.template);
    const said = saidOf(template.text, example.sample);
    expect(said.map(({ code }) => code)).toEqual([example.code]);
    const [found] = said;
    if (found !== undefined) expect(described(found, example)).toEqual(example);
  },
);

test('every code of templates has an example here, and every example a code', () => {
  const listed = Object.keys(codes).filter((code) => /^(?:template|trust)\//.test(code));
  const saidByCompiler = [
    'template/unknown-partial',
    'template/unused-input',
    'trust/personal-data-unprotected',
    'trust/secret-in-text',
    'trust/trusted-input',
  ];
  const shown = new Set(examples.map(({ code }) => code));
  expect([...shown, ...saidByCompiler].toSorted()).toEqual(listed.toSorted());
});

/** What was found, as an example is written. */
function described(found: TemplateFinding | TemplateProblem, example: Example): Example {
  const partial = 'partial' in found ? found.partial : undefined;
  const template = unmarked(example.template).text;
  const body = partial === undefined ? template : partialText(example, partial);
  const marked = `${body.slice(0, found.start)}«${body.slice(found.start, found.end)}»${body.slice(found.end)}`;
  return {
    code: found.code,
    severity: found.severity,
    ...(partial === undefined ? { template: marked } : { template, partial, marked }),
    ...(example.sample && { sample: example.sample }),
    message: found.message,
    ...(found.label !== undefined && { label: found.label }),
    ...(found.labels && { labels: found.labels.map((label) => labelWords(label, example, template)) }),
    ...('notes' in found && found.notes && { notes: found.notes }),
    ...(found.help !== undefined && { help: found.help }),
    ...(found.fix && { [found.fix.safety]: mended(body, found.fix) }),
  };
}

type Label = NonNullable<(TemplateFinding | TemplateProblem)['labels']>[number];

function labelWords(label: Label, example: Example, template: string): string {
  if ('pointer' in label) return `${label.pointer} → ${label.message}`;
  const partial = 'partial' in label ? label.partial : undefined;
  const body = partial === undefined ? template : partialText(example, partial);
  return `${body.slice(label.start, label.end)} → ${label.message}`;
}

function partialText({ sample }: Example, name: string): string {
  return sample?.partials?.[name] ?? '';
}
