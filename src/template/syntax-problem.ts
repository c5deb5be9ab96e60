// Turns what the parser of Handlebars says about a broken template into a problem at the smallest place that is wrong.

import { isEscaped, scanBlockTags } from './tag-scanner.ts';
import type { BlockTag } from './tag-scanner.ts';
import type { TemplateProblem } from './template.ts';

/** What the generated parser knows when it stops; `start` and `end` are exact offsets of the token it cannot use. */
export interface ParserStop {
  readonly token: string;
  readonly expected: readonly string[];
  readonly start: number;
  readonly end: number;
}

type SyntaxProblem = TemplateProblem & { readonly severity: 'error' };

/** The grammar was broken at one token. */
export function problemAtStop(text: string, stop: ParserStop): SyntaxProblem {
  const { token, start, end } = stop;
  if (token === 'EOF') return unclosedBlock(text);
  if (token === 'INVERSE' || token === 'OPEN_INVERSE_CHAIN') return misplacedElse(text, stop);
  if (token === 'OPEN_ENDBLOCK') return strayClose(text, start);
  if (token === 'NUMBER' && /[./]$/.test(text.slice(0, start))) return numericPath(text, stop);
  // A tag that begins where another is expected to end shows that the other does not.
  const opening = unclosedTag(text, text.startsWith('{{', start) ? start - 1 : start);
  if (opening !== undefined) {
    const single = /^\{\{\s*[\w@./-]+\s*\}(?!\})/.exec(text.slice(opening));
    if (single !== null) return singleBrace(opening, single[0]);
    return error('syntax-error', opening, opening + 2, 'This `{{` is never closed.', {
      label: 'no `}}` follows',
      help: 'close it with `}}`, or write `\\{{` to print the braces',
    });
  }
  const found = text.slice(start, end);
  if (token === 'INVALID' && (found === '"' || found === "'")) {
    return error('syntax-error', start, end, `This ${found} is never closed.`);
  }
  return error('syntax-error', start, end, `Expected ${inWords(stop.expected)}, found ${quote(found)}.`);
}

function singleBrace(start: number, source: string): SyntaxProblem {
  const end = start + source.length;
  return error('syntax-error', start, end, `\`${source}\` is closed by one brace only.`, {
    help: `write \`${source}}\``,
    fix: { message: 'add a brace', safety: 'maybe', start: end, end, text: '}' },
  });
}

/** `{{#if}} … {{/each}}`: the parser says so without a token. */
export function wrongClose(text: string): SyntaxProblem | undefined {
  const open: BlockTag[] = [];
  for (const tag of scanBlockTags(text)) {
    if (tag.kind === 'open') open.push(tag);
    if (tag.kind !== 'close') continue;
    const opener = open.pop();
    if (opener === undefined) return strayClose(text, tag.start);
    if (opener.name === tag.name) continue;
    const nameStart = text.indexOf(tag.name, tag.start);
    return error(
      'wrong-close',
      tag.start,
      tag.end,
      `\`{{#${opener.name}}}\` is closed by \`{{/${tag.name}}}\`.`,
      {
        labels: [{ start: opener.start, end: opener.end, message: 'the innermost open block' }],
        help: `write \`{{/${opener.name}}}\``,
        fix: {
          message: `close \`${opener.name}\``,
          safety: open.length === 0 ? 'safe' : 'maybe',
          start: nameStart,
          end: nameStart + tag.name.length,
          text: opener.name,
        },
      },
    );
  }
  return undefined;
}

function unclosedBlock(text: string): SyntaxProblem {
  const open: BlockTag[] = [];
  for (const tag of scanBlockTags(text)) {
    if (tag.kind === 'open') open.push(tag);
    if (tag.kind === 'close') open.pop();
  }
  const opener = open.at(-1);
  if (opener === undefined)
    return error('syntax-error', text.length, text.length, 'The template ends too early.');
  return error('unclosed-block', opener.start, opener.end, `\`{{#${opener.name}}}\` is never closed.`, {
    label: 'opened here',
    help: `close it with \`{{/${opener.name}}}\``,
  });
}

function misplacedElse(text: string, stop: ParserStop): SyntaxProblem {
  const tags = scanBlockTags(text);
  const here = tags.find((tag) => tag.kind === 'else' && tag.start >= stop.start) ?? stop;
  if (!stop.expected.includes('OPEN_ENDBLOCK')) {
    return error('misplaced-else', here.start, here.end, '`{{else}}` stands outside of a block.', {
      help: 'put it between the tags of a block, as in `{{#if …}} … {{else}} … {{/if}}`',
    });
  }
  const first = firstElse(tags, here.start);
  return error('misplaced-else', here.start, here.end, 'A block has one `{{else}}`.', {
    ...(first === undefined
      ? {}
      : { labels: [{ start: first.start, end: first.end, message: 'the first one' }] }),
    help: 'use `{{else if …}}` for more cases, before the `{{else}}`',
  });
}

function firstElse(tags: readonly BlockTag[], before: number): BlockTag | undefined {
  const firsts: (BlockTag | undefined)[] = [undefined];
  for (const tag of tags) {
    if (tag.start >= before) break;
    if (tag.kind === 'open') firsts.push(undefined);
    else if (tag.kind === 'close') firsts.pop();
    else if (tag.name === '') firsts[firsts.length - 1] = tag;
  }
  return firsts.at(-1);
}

function strayClose(text: string, start: number): SyntaxProblem {
  const tag = scanBlockTags(text).find((candidate) => candidate.start === start);
  const end = tag?.end ?? start + 3;
  return error('wrong-close', start, end, `\`${text.slice(start, end)}\` closes nothing.`, {
    help: 'remove it, or open the block before it',
  });
}

function numericPath(text: string, stop: ParserStop): SyntaxProblem {
  const index = text.slice(stop.start, stop.end);
  const path = /[^\s{}()|~=]*$/.exec(text.slice(0, stop.start))?.[0] ?? '';
  return error('numeric-path', stop.start, stop.end, `Write ${path}[${index}], not ${path}${index}.`, {
    fix: { message: 'add brackets', safety: 'safe', start: stop.start, end: stop.end, text: `[${index}]` },
  });
}

/** The offset of the `{{` that the place belongs to, when no `}}` follows it in time. */
function unclosedTag(text: string, at: number): number | undefined {
  const opening = text.lastIndexOf('{{', at);
  if (opening === -1 || isEscaped(text, opening)) return undefined;
  const close = text.indexOf('}}', opening);
  const next = text.indexOf('{{', opening + 2);
  const closed = close !== -1 && (next === -1 || close < next);
  return closed ? undefined : opening;
}

const valueTokens = ['ID', 'STRING', 'NUMBER', 'BOOLEAN', 'UNDEFINED', 'NULL', 'DATA'];

const tokenWords: { readonly [token: string]: string } = {
  CLOSE: '`}}`',
  CLOSE_UNESCAPED: '`}}}`',
  OPEN_SEXPR: '`(`',
  CLOSE_SEXPR: '`)`',
  EQUALS: '`=`',
  SEP: '`.`',
  OPEN_BLOCK_PARAMS: '`as |`',
  CLOSE_BLOCK_PARAMS: '`|`',
  ID: 'a name',
  STRING: 'a text in quotes',
  OPEN_ENDBLOCK: 'the end of the block',
};

function inWords(expected: readonly string[]): string {
  const anyValue = valueTokens.every((token) => expected.includes(token));
  const rest = anyValue ? expected.filter((token) => !valueTokens.includes(token)) : expected;
  const words = rest.flatMap((token) => tokenWords[token] ?? []);
  const all = anyValue ? ['a name or value', ...words.filter((word) => word !== '`(`')] : words;
  if (all.length === 0) return 'text or a tag';
  return all.length === 1 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

function quote(found: string): string {
  return found.trim() === '' ? 'white space' : `\`${found}\``;
}

function error(
  name: string,
  start: number,
  end: number,
  message: string,
  more: Partial<SyntaxProblem> = {},
): SyntaxProblem {
  return { code: `template/${name}`, severity: 'error', start, end, message, ...more };
}
