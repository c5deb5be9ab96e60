// One schema → one exported TypeScript declaration. json-schema-to-typescript finds the type; the layout is ours,
// because its own runs the whole of prettier (forty times slower) and may change with prettier's version.

import type { GenerateCache } from '../generate-cache.ts';
import { restorePropertyNames, type TypeSchema } from './type-schema.ts';

const printerOptions = {
  format: false,
  bannerComment: '',
  ignoreMinAndMaxItems: true,
  additionalProperties: false,
  unknownAny: true,
  // References are names by now; the printer must not go and look for any.
  declareExternallyReferenced: false,
  $refOptions: { resolve: { external: false } },
};

/** Prints `export interface NAME {…}` or `export type NAME = …;` with a final newline. */
export async function printDeclaration(
  name: string,
  schema: TypeSchema,
  cache?: GenerateCache,
): Promise<string> {
  const key = `typescript ${JSON.stringify(schema)}`;
  let body = cache?.get(key);
  if (body === undefined) {
    body = layOut(restorePropertyNames(await printBody(schema)));
    cache?.set(key, body);
  }
  return body.replace(headOfPlaceholder, (head) => head.replace(placeholder, name));
}

const placeholder = 'Placeholder';
const headOfPlaceholder = /^export (?:interface|type) Placeholder\b/m;

async function printBody(schema: TypeSchema): Promise<string> {
  // Loaded late: it takes a tenth of a second, and not every command generates.
  const { compile } = await import('json-schema-to-typescript');
  return compile(schema, placeholder, printerOptions);
}

/**
 * Indents and ends the printer's lines. It prints one member a line, opens with `{` at a line's end and closes with `}`
 * at a line's start; string literals never break lines, so this needs no parser.
 */
function layOut(text: string): string {
  const lines: string[] = [];
  let depth = 0;
  for (const line of joinShortComments(dropOuterParentheses(text)).split('\n')) {
    if (line.trim() === '') continue;
    const isComment = line.startsWith('/**') || line.startsWith(' *');
    if (!isComment && line.startsWith('}')) depth -= 1;
    const indent = '  '.repeat(depth);
    if (isComment) {
      lines.push(`${indent}${line.trimEnd()}`);
    } else if (line.endsWith('{')) {
      lines.push(`${indent}${line}`);
      depth += 1;
    } else {
      lines.push(`${indent}${line}${line === '}' && depth === 0 ? '' : ';'}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function joinShortComments(text: string): string {
  return text.replaceAll(/^\/\*\*\n \* (.*)\n \*\/$/gm, (whole, comment: string) =>
    comment.length > 90 ? whole : `/** ${comment} */`,
  );
}

/** `name: (A | B)` needs its parentheses only where something follows them. */
function dropOuterParentheses(text: string): string {
  const dropped = new Set<number>();
  const open: number[] = [];
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '(') open.push(index);
    if (token !== ')') continue;
    const start = open.pop() ?? 0;
    const end = text.charAt(index + 1);
    if (/(?:: | = )$/.test(text.slice(start - 3, start)) && (end === '\n' || end === '')) {
      dropped.add(start).add(index);
    }
  }
  if (dropped.size === 0) return text;
  return text
    .split('')
    .filter((_, index) => !dropped.has(index))
    .join('');
}

/** Comments and string literals as a whole, and parentheses. */
const tokens = /\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|[()]/g;
