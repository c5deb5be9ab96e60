// What can be written at the cursor: variables, helpers and partials in templates; shared schemas, tiers and examples in YAML.

import type { CompletionItem } from 'vscode-languageserver/node';
import { CompletionItemKind } from 'vscode-languageserver/node';
import { valueAt } from '../compiler/json-pointer.ts';
import { openTemplates } from '../compiler/open-templates.ts';
import { helpers } from '../template/helpers/index.ts';
import { printSignature } from '../template/helpers/helper.ts';
import type { TemplateCursor } from './cursor.ts';
import { keysAt, templateCursorAt } from './cursor.ts';
import type { ProjectView } from './open-project.ts';
import { rangeOf } from './positions.ts';
import { namesAt } from './template-scope.ts';

export function completionsAt(view: ProjectView, path: string, offset: number): CompletionItem[] {
  const cursor = templateCursorAt(view, path, offset);
  const items = cursor === undefined ? inYaml(view, path, offset) : inTemplate(view, cursor);
  return items.map((item, index) => ({ ...item, sortText: String(index).padStart(4, '0') }));
}

// -- templates

const blocks: readonly (readonly [name: string, words: string])[] = [
  ['if', 'prints its block when the value is there and not empty'],
  ['unless', 'prints its block when the value is absent or empty'],
  ['each', 'prints its block for each item of a list or map'],
  ['with', 'prints its block with the value as context'],
];

function inTemplate(view: ProjectView, cursor: TemplateCursor): CompletionItem[] {
  const { tag } = cursor;
  const word = /[^\s({~#>=|]*$/.exec(tag)?.[0] ?? '';
  const range = placeOfWord(view, cursor, word);
  const item = (label: string, more: Omit<CompletionItem, 'label'>): CompletionItem => ({
    label,
    ...more,
    textEdit: { range, newText: label },
  });
  if (/^\{\{~?\s*>\s*[^\s}]*$/.test(tag)) return partialItems(view, item);
  const isBlock = /^\{\{~?#\w*$/.test(tag);
  if (isBlock)
    return blocks.map(([name, detail]) => item(name, { kind: CompletionItemKind.Keyword, detail }));
  const isFirst = /^\{\{~?\s*[^\s({]*$/.test(tag) || /\(\s*[^\s(]*$/.test(tag);
  const names = namesAt(view, cursor, word).map(({ label, type, description, kind }) =>
    item(label, {
      kind: kind === 'property' ? CompletionItemKind.Field : CompletionItemKind.Variable,
      detail: type,
      ...(description !== undefined && { documentation: description }),
    }),
  );
  const called = /(?:^\{\{~?\s*|\()(?<name>[a-z]+)\s[^()]*$/.exec(tag)?.groups?.['name'];
  return [
    ...(word.includes('.') ? [] : optionItems(called, item)),
    ...names,
    ...(isFirst && !word.includes('.') ? helperItems(item) : []),
  ];
}

type MakeItem = (label: string, more: Omit<CompletionItem, 'label'>) => CompletionItem;

function placeOfWord(view: ProjectView, { tag, rest, placeOf }: TemplateCursor, word: string) {
  // A path is completed by its last name.
  const last = word.slice(word.lastIndexOf('.') + 1);
  const span = placeOf(tag.length - last.length, tag.length + rest.length);
  return rangeOf(view.indexOf(span.path), span.start, span.end);
}

function partialItems(view: ProjectView, item: MakeItem): CompletionItem[] {
  return [...view.compilation.library.partials.values()].map(({ name, source, text }) =>
    item(name, {
      kind: CompletionItemKind.File,
      detail: source.path,
      documentation: { kind: 'markdown', value: `\`\`\`handlebars\n${text}\n\`\`\`` },
    }),
  );
}

function helperItems(item: MakeItem): CompletionItem[] {
  return helpers.map((helper) =>
    item(helper.name, {
      kind: CompletionItemKind.Function,
      detail: printSignature(helper),
      documentation: helper.summary,
    }),
  );
}

function optionItems(name: string | undefined, item: MakeItem): CompletionItem[] {
  const helper = helpers.find((each) => each.name === name);
  return Object.keys(helper?.options ?? {}).map((option) =>
    item(`${option}=`, { kind: CompletionItemKind.Property, detail: `option of ${helper?.name ?? ''}` }),
  );
}

// -- YAML

function inYaml(view: ProjectView, path: string, offset: number): CompletionItem[] {
  const text = view.sources.get(path)?.text ?? '';
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const word = /[^\s"',[\]{}]*$/.exec(line)?.[0] ?? '';
  const range = rangeOf(view.indexOf(path), offset - word.length, offset);
  const items = (labels: readonly string[], kind: CompletionItemKind, detail: string): CompletionItem[] =>
    labels.map((label) => ({ label, kind, detail, textEdit: { range, newText: label } }));
  if (/\$ref\s*:\s*["']?[^\s"']*$/.test(line)) return schemaItems(view, path, items);
  const keys = keysAt(text, offset);
  const isTier = /\btiers\b/.test(keys[0] ?? '') && !/^\s*\w+\s*$/.test(keys.join(''));
  if (isTier || keys.includes('tiers') || keys.at(-1) === 'tier')
    return items(tierNames(view), CompletionItemKind.EnumMember, 'tier of capstan.yaml');
  if (keys.at(-1) === 'use') return items(exampleNames(view, path), CompletionItemKind.Reference, 'example');
  return [];
}

type MakeItems = (labels: readonly string[], kind: CompletionItemKind, detail: string) => CompletionItem[];

function schemaItems(view: ProjectView, path: string, items: MakeItems): CompletionItem[] {
  const own = definitionNames(view.sources.get(path)?.text ?? '').map((name) => `#/$defs/${name}`);
  const shared = [...view.compilation.library.schemas.values()].flatMap(({ name, tree }) => [
    ...Object.keys((valueAt(tree?.value, '/$defs') as object | undefined) ?? {}).map(
      (definition) => `schema:${name}#/$defs/${definition}`,
    ),
    ...(valueAt(tree?.value, '/type') === undefined ? [] : [`schema:${name}`]),
  ]);
  return items([...shared, ...own], CompletionItemKind.Reference, 'schema');
}

/** Of a schema file that may not be readable while it is typed. */
function definitionNames(text: string): string[] {
  const [, definitions = ''] = /^\$defs:\s*\n((?:[ \t]+.*\n?|\s*\n)*)/m.exec(text) ?? [];
  return [...definitions.matchAll(/^ {2}(?<name>\w+):/gm)].map(({ groups }) => groups?.['name'] ?? '');
}

function tierNames(view: ProjectView): string[] {
  return Object.keys(view.compilation.snapshot?.tiers ?? {});
}

function exampleNames(view: ProjectView, path: string): string[] {
  const source = view.sources.get(path);
  const opened = source && openTemplates(source, view.compilation.library);
  const examples = valueAt(opened?.tree.value, '/examples');
  return (Array.isArray(examples) ? examples : []).flatMap((example: unknown) => {
    const name = valueAt(example, '/name');
    return typeof name === 'string' ? [name] : [];
  });
}
