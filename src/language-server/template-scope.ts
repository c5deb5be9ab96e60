// Names in templates: what can be written at the cursor, what a name stands for, and where it is declared.

import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import { pointerKeys, pointerTo, valueAt } from '../compiler/json-pointer.ts';
import { openTemplates } from '../compiler/open-templates.ts';
import type { OpenTemplates } from '../compiler/open-templates.ts';
import { partialCalls } from '../compiler/partial-calls.ts';
import { parse } from '../compiler/parse.ts';
import type { SyntaxTree } from '../compiler/syntax-tree.ts';
import type { Known } from '../template/check-state.ts';
import { parseTemplate } from '../template/parse-template.ts';
import type { Probed } from '../template/probe.ts';
import { printType } from '../template/print-type.ts';
import { scopeAt, scopeInPartial } from '../template/scope-at.ts';
import type { Template } from '../template/template.ts';
import type { TemplateCursor } from './cursor.ts';
import type { ProjectView } from './open-project.ts';
import { schemaPlace } from './yaml-places.ts';

export interface NamedValue {
  readonly type: string;
  readonly description?: string;
  readonly declaredAt?: SourceSpan;
}

/** What can be written at the cursor after `word`: names in scope, or the properties of the path before its last dot. */
export function namesAt(
  view: ProjectView,
  cursor: TemplateCursor,
  word: string,
): readonly (NamedValue & { readonly label: string; readonly kind: 'property' | 'variable' })[] {
  const dot = word.lastIndexOf('.');
  // `a.` asks for the names of `a`: as context of a block they are what can be written.
  const path = dot < 0 ? undefined : word.slice(0, dot);
  const before = path === undefined ? cursor.before : `${cursor.before}{{#with ${path}}}`;
  const probed = probe(view, { ...cursor, before }, 'this');
  return (probed?.probed.names ?? [])
    .filter(({ kind, label }) => path === undefined || (kind === 'property' && !label.startsWith('@root.')))
    .map(({ label, kind, ...known }) => ({ label, kind, ...describe(view, probed?.owner, known) }));
}

/** What the path `word` stands for at the cursor. */
export function describeAt(view: ProjectView, cursor: TemplateCursor, word: string): NamedValue | undefined {
  if (!/^(?:@?[\w-]+|\.\.)(?:[./][\w-]+)*$/.test(word)) return undefined;
  const found = probe(view, cursor, word);
  if (found === undefined || found.probed.value.type.length === 0) return undefined;
  return describe(view, found.owner, found.probed.value);
}

// -- asking the checker

interface Found {
  readonly probed: Probed;
  readonly owner: OpenTemplates;
}

function probe(view: ProjectView, cursor: TemplateCursor, expression: string): Found | undefined {
  const { owner, role, before, partial } = cursor;
  const partials = templatesOf(view);
  if (owner !== undefined) {
    const probed = scopeAt(before, expression, { schema: owner.input, partials, role });
    return probed && { probed, owner };
  }
  return partial === undefined ? undefined : probeCallers(view, cursor, partial, expression, partials);
}

/** A partial has the types that its first caller gives it. */
function probeCallers(
  view: ProjectView,
  { before }: TemplateCursor,
  name: string,
  expression: string,
  partials: ReadonlyMap<string, Template>,
): Found | undefined {
  for (const source of view.sources.values()) {
    if (!source.path.endsWith('.cap.yaml')) continue;
    const owner = openTemplates(source, view.compilation.library);
    for (const { role, text } of owner?.templates ?? []) {
      const parsed = parseTemplate(text);
      if (owner === undefined || !('template' in parsed) || !reaches(parsed.template, name, partials))
        continue;
      const options = { schema: owner.input, partials, role };
      const probed = scopeInPartial(name, before, expression, parsed.template, options);
      if (probed !== undefined) return { probed, owner };
    }
  }
  return undefined;
}

function reaches(template: Template, name: string, partials: ReadonlyMap<string, Template>): boolean {
  const seen = new Set<string>();
  const waiting = [template];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const call of partialCalls(next)) {
      if (call.name === name) return true;
      const inner = partials.get(call.name);
      if (inner !== undefined && !seen.has(call.name)) waiting.push(inner);
      seen.add(call.name);
    }
  }
  return false;
}

function templatesOf(view: ProjectView): ReadonlyMap<string, Template> {
  return new Map(
    [...view.compilation.library.partials].flatMap(([name, { template }]) =>
      template ? [[name, template]] : [],
    ),
  );
}

// -- from a value to its declaration

function describe(view: ProjectView, owner: OpenTemplates | undefined, { type, pointer }: Known): NamedValue {
  const place =
    owner === undefined || pointer === undefined ? undefined : declarationOf(view, owner.tree, pointer);
  const description = place && (descriptionOf(place) ?? descriptionOf(followed(view, place)));
  return {
    type: printType(type),
    ...(description !== undefined && { description }),
    ...(place && { declaredAt: place.tree.spanOf(place.pointer, 'key') }),
  };
}

interface Declaration {
  readonly tree: SyntaxTree;
  readonly pointer: string;
}

function descriptionOf(place: Declaration | undefined): string | undefined {
  const description = place && valueAt(place.tree.value, pointerTo(place.pointer, 'description'));
  return typeof description === 'string' ? description : undefined;
}

/** Follows a pointer into the whole schema (`/input/properties/a/items`) through the references of the schema as written. */
function declarationOf(view: ProjectView, tree: SyntaxTree, pointer: string): Declaration | undefined {
  let at: Declaration | undefined = { tree, pointer: '' };
  for (const key of pointerKeys(pointer)) {
    if (at === undefined) return undefined;
    at = stepInto(at, key) ?? stepInto(followed(view, at), key);
  }
  return at;
}

function stepInto(from: Declaration | undefined, key: string): Declaration | undefined {
  if (from === undefined) return undefined;
  const pointer = pointerTo(from.pointer, key);
  return valueAt(from.tree.value, pointer) === undefined ? undefined : { tree: from.tree, pointer };
}

const referencesMax = 16;

/** Where a `$ref` leads, through as many as there are. */
function followed(view: ProjectView, from: Declaration): Declaration | undefined {
  let at = from;
  for (let count = 0; count < referencesMax; count += 1) {
    const reference = valueAt(at.tree.value, pointerTo(at.pointer, '$ref'));
    if (typeof reference !== 'string') return at;
    const span = schemaPlace(view, at.tree.source.path, reference);
    const source = span && view.sources.get(span.path);
    const tree = source && parse(source, () => undefined);
    if (tree === undefined) return undefined;
    at = { tree, pointer: reference.slice(reference.indexOf('#') + 1).replace(/^schema:.*/, '') };
  }
  return undefined;
}
