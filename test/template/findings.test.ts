// What the pages of the codes do not show of a finding: fixes that are only suggestions, and rarer cases. The place («…»), the
// words, the other places, and the text after the fix.
import { expect, test } from 'vitest';
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
    template: 'For {{«firstName»}}.',
    sample: { input: { first_name: text } },
    message: '`firstName` does not exist on the input.',
    label: 'unknown property',
    notes: ['there is: first_name'],
    help: 'did you mean `first_name`?',
    maybe: 'For {{first_name}}.',
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
    code: 'template/wrong-arguments',
    severity: 'error',
    template: '{{«length»}} it is.',
    sample: { input: { title: text } },
    message: '`length` is a helper that takes 1 argument, 0 given.',
    help: 'write {{length value}}',
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
    help: 'put the text of some of them into one',
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
    code: 'template/untyped-value',
    severity: 'info',
    template: '{{#each «thing»}}one more{{/each}} end',
    sample: { input: { thing: {} } },
    message: '`thing` can be anything, also no list.',
    labels: ['/input/properties/thing → this says nothing of what it is'],
    help: 'say in the schema that it is a list',
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
    template: '{{#«unclear»}}one{{/unclear}} end',
    sample: { input: { items: list(text) } },
    message: '`{{#unclear}}` does not say which it means: a loop, a scope or a condition.',
    help: 'write `{{#each unclear}}`, `{{#with unclear}}` or `{{#if unclear}}`',
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
    code: 'template/unknown-data-variable',
    severity: 'error',
    template: '{{#each rows}}{{#each this}}{{«@../indx»}}{{/each}}{{/each}} end',
    sample: { input: { rows: list(list(text)) } },
    message: '`@../indx` is not defined.',
    help: 'did you mean `@../index`?',
    maybe: '{{#each rows}}{{#each this}}{{@../index}}{{/each}}{{/each}} end',
  },
  {
    code: 'template/maybe-absent',
    severity: 'warning',
    template: 'In «{{upper note}}»',
    sample: { input: { 'note?': text } },
    message: '`upper note` may be absent.',
    label: 'this can print nothing',
    labels: ['/input/properties/note → optional'],
    help: 'wrap it in {{#if note}}, or write {{default (upper note) "…"}}',
  },
  {
    code: 'template/constant-condition',
    severity: 'warning',
    template: '{{#if «(eq count "3")»}}Three.{{/if}} end',
    sample: { input: { count: { type: 'integer' } } },
    message: '`eq count "3"` always counts as false here.',
    labels: ['/input/properties/count → declared here'],
    notes: ['it is a number'],
    help: 'what is inside is never printed; drop the block',
  },
];

test.each(examples.map((example) => [example.code, example.template, example] as const))(
  '%s: %s',
  (_code, _template, example) => {
    const template = unmarked(example.template);
    const said = saidOf(template.text, example.sample);
    expect(said.map(({ code }) => code)).toEqual([example.code]);
    const [found] = said;
    if (found !== undefined) expect(described(found, example)).toEqual(example);
  },
);

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
