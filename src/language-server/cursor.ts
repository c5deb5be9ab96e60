// What stands at the cursor: a tag of a template, or a value in YAML. Works on text that is being typed, so nothing here
// asks for a file without mistakes.

import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import { openTemplates } from '../compiler/open-templates.ts';
import type { OpenTemplates } from '../compiler/open-templates.ts';
import type { ProjectView } from './open-project.ts';

/** The cursor inside `{{ … }}`, or inside one that is not closed yet. */
export interface TemplateCursor {
  /** The file that holds the template. */
  readonly path: string;
  /** Absent in a partial: its callers have them. */
  readonly owner: OpenTemplates | undefined;
  readonly role: string;
  /** What the template says before the tag. */
  readonly before: string;
  /** The tag from its braces to the cursor, and on to the end of the word there. */
  readonly tag: string;
  readonly rest: string;
  /** The name of the partial; absent in a capability. */
  readonly partial?: string;
  /** The place in the file of a part of the tag, counted from its braces. */
  readonly placeOf: (start: number, end: number) => SourceSpan;
}

interface TemplateText {
  readonly role: string;
  readonly text: string;
  readonly placeOf: (start: number, end: number) => SourceSpan;
}

export function templateCursorAt(
  view: ProjectView,
  path: string,
  offset: number,
): TemplateCursor | undefined {
  const source = view.sources.get(path);
  if (source === undefined) return undefined;
  if (path.endsWith('.hbs')) {
    const partial = [...view.compilation.library.partials.values()].find((each) => each.source.path === path);
    if (partial === undefined) return undefined;
    return cursorIn({ ...partial, role: 'user' }, offset, { path, owner: undefined, partial: partial.name });
  }
  const owner = openTemplates(source, view.compilation.library);
  for (const template of owner?.templates ?? []) {
    const cursor = cursorIn(template, offset, { path, owner });
    if (cursor !== undefined) return cursor;
  }
  return undefined;
}

function cursorIn(
  { text, role, placeOf }: TemplateText,
  offset: number,
  file: Pick<TemplateCursor, 'path' | 'owner' | 'partial'>,
): TemplateCursor | undefined {
  const first = placeOf(0, 0).start;
  const last = placeOf(text.length, text.length).start;
  if (offset < first || offset > last) return undefined;
  const at = offsetInText(placeOf, text.length, offset);
  const open = text.lastIndexOf('{{', Math.max(0, at - 1));
  if (open < 0 || text.slice(open, at).includes('}}') || text[open - 1] === '\\') return undefined;
  const rest = /^[\w@./-]*/.exec(text.slice(at))?.[0] ?? '';
  return {
    ...file,
    role,
    before: text.slice(0, open),
    tag: text.slice(open, at),
    rest,
    placeOf: (start, end) => placeOf(open + start, open + end),
  };
}

/** Places grow with offsets, so the way back is a search. */
function offsetInText(placeOf: TemplateText['placeOf'], length: number, offset: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (placeOf(middle, middle).start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The path under the cursor up to the end of the name it stands on: `ticket.customer` in `ticket.cus|tomer.name`. */
export function wordAt({ tag, rest }: TemplateCursor): { word: string; from: number; to: number } {
  const head = /[\w@./-]*$/.exec(tag)?.[0] ?? '';
  const tail = /^[\w@-]*/.exec(rest)?.[0] ?? '';
  const word = head + tail;
  const to = tag.length + tail.length;
  const name = word.slice(Math.max(word.lastIndexOf('.'), word.lastIndexOf('/')) + 1);
  return { word, from: to - name.length, to };
}

/** The keys above a line of YAML, outermost first, by indentation alone; the key of the line itself is the last. */
export function keysAt(text: string, offset: number): readonly string[] {
  const lines = text.slice(0, offset).split('\n');
  const keys: string[] = [];
  let indent = Infinity;
  for (const line of lines.toReversed()) {
    const match = /^(?<space>[ -]*)(?<key>[\w$./-]+)\s*:/.exec(line);
    const space = match?.groups?.['space'] ?? '';
    if (match === null || space.length >= indent) continue;
    keys.unshift(match.groups?.['key'] ?? '');
    indent = space.length;
    if (indent === 0) break;
  }
  return keys;
}
