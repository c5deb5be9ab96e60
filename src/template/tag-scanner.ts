// A light look at the block tags of a template, for words about templates that do not parse.
// It knows comments and escapes, and nothing of what stands inside a tag.

import type { Place } from './template.ts';

export interface BlockTag extends Place {
  readonly kind: 'open' | 'close' | 'else';
  /** `if` of `{{#if x}}`; of `{{else if x}}` as well; empty for a plain `{{else}}`. */
  readonly name: string;
}

const tagHead = /\{\{~?\s*(?:(?<sigil>[#^/])[*>]?\s*(?<name>[^\s}~|]*)|else\b\s*(?<chained>[^\s}~|]*))/y;

/** All block tags in the order of the text. */
export function scanBlockTags(text: string): BlockTag[] {
  const tags: BlockTag[] = [];
  let at = text.indexOf('{{');
  while (at !== -1) {
    const end = endOfTag(text, at);
    const tag = isEscaped(text, at) ? undefined : blockTagAt(text, at, end);
    if (tag !== undefined) tags.push(tag);
    at = text.indexOf('{{', isEscaped(text, at) ? at + 2 : end);
  }
  return tags;
}

/** The first tag that opens more blocks inside one another than `limit`. */
export function deeperThan(tags: readonly BlockTag[], limit: number): BlockTag | undefined {
  const chained = [0];
  for (const tag of tags) {
    if (tag.kind === 'open') chained.push((chained.at(-1) ?? 0) + 1);
    else if (tag.kind === 'close') chained.pop();
    else if (tag.name !== '' && chained.length > 0) chained.push((chained.pop() ?? 0) + 1);
    if ((chained.at(-1) ?? 0) > limit) return tag;
  }
  return undefined;
}

export interface TagLimits {
  readonly tagLengthMax: number;
  readonly tagsLengthMax: number;
}

/** Where one tag, or all tags until there, are longer than they may be. Comments may be as long as they like. */
export function tagLimitPassed(
  text: string,
  { tagLengthMax, tagsLengthMax }: TagLimits,
): { readonly kind: 'tag' | 'all'; readonly place: Place } | undefined {
  let total = 0;
  let at = text.indexOf('{{');
  while (at !== -1) {
    const end = endOfTag(text, at);
    const place = { start: at, end: at + 2 };
    const isComment = /^\{\{~?!/.test(text.slice(at, at + 4));
    if (isEscaped(text, at)) {
      at = text.indexOf('{{', at + 2);
      continue;
    }
    const length = isComment ? 0 : end - at;
    total += length;
    if (length > tagLengthMax) return { kind: 'tag', place };
    if (total > tagsLengthMax) return { kind: 'all', place };
    at = text.indexOf('{{', end);
  }
  return undefined;
}

/** `\{{` prints braces; `\\{{` prints a backslash and opens a tag. */
export function isEscaped(text: string, at: number): boolean {
  return text[at - 1] === '\\' && text[at - 2] !== '\\';
}

function blockTagAt(text: string, start: number, end: number): BlockTag | undefined {
  tagHead.lastIndex = start;
  const match = tagHead.exec(text);
  if (match === null) return undefined;
  const { sigil, name = '', chained = '' } = match.groups ?? {};
  if (sigil === '#' || (sigil === '^' && name !== '')) return { kind: 'open', name, start, end };
  if (sigil === '/') return { kind: 'close', name, start, end };
  return { kind: 'else', name: chained, start, end };
}

function endOfTag(text: string, start: number): number {
  const opening = text.slice(start, start + 6);
  const closing = /^\{\{~?!--/.test(opening) ? '--' : '}}';
  const close = text.indexOf(closing, start + (closing === '--' ? opening.indexOf('--') + 2 : 2));
  if (close === -1) return text.length;
  const braces = closing === '--' ? text.indexOf('}}', close) : close;
  return braces === -1 ? text.length : braces + 2;
}
