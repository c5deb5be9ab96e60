// A YAML text to the tokens of its syntax, with a limit to their number and to their nesting: what goes beyond is refused
// as soon as it is seen, so that a hostile file costs no more than an honest one.

import type { CST } from 'yaml';
import { Composer, Document, Lexer, Parser } from 'yaml';

export type TokenReading =
  | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] }
  /** `at` is the offset at which the limit was passed. */
  | { readonly kind: 'too-many' | 'too-deep'; readonly at: number };

export interface TokenLimits {
  /** Lexical tokens: signs, words, spaces and line ends. */
  readonly tokensMax: number;
  /** Maps and lists inside one another. */
  readonly depthMax: number;
}

export function readTokens(text: string, { tokensMax, depthMax }: TokenLimits): TokenReading {
  const lexemes: string[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    if (lexemes.length === tokensMax) return { kind: 'too-many', at: lengthOf(lexemes) };
    lexemes.push(lexeme);
  }
  return withoutEnvironment(() => parseLexemes(lexemes, depthMax));
}

function parseLexemes(lexemes: readonly string[], depthMax: number): TokenReading {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of lexemes) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // On the stack stands the document, what is open in it, and at most one value.
    const deep = parser.stack.length > depthMax + 1 ? tooDeepAt(parser.stack, depthMax) : undefined;
    if (deep !== undefined) return { kind: 'too-deep', at: deep };
  }
  for (const token of parser.end()) tokens.push(token);
  return { kind: 'tokens', tokens };
}

/**
 * The library's parser asks the environment at every token whether to print it, which costs more than the token does: a
 * tenth of a whole compilation. Nothing else runs meanwhile that could miss the environment.
 */
function withoutEnvironment<T>(work: () => T): T {
  const { env } = process;
  process.env = {};
  try {
    return work();
  } finally {
    process.env = env;
  }
}

function tooDeepAt(stack: readonly CST.Token[], depthMax: number): number | undefined {
  return stack.filter((token) => 'items' in token)[depthMax]?.offset;
}

/** Where a text stands after some of its lexemes; the marks that begin documents and texts are not in the text. */
function lengthOf(lexemes: readonly string[]): number {
  return lexemes.reduce((length, lexeme) => length + (isMark(lexeme) ? 0 : lexeme.length), 0);
}

function isMark(lexeme: string): boolean {
  return lexeme === '\u0002' || lexeme === '\u001f' || lexeme === '\u0018';
}

/** The first document that tokens make. Its errors are data: nobody reads where in the library they arose. */
export function composeFirst(tokens: readonly CST.Token[], length: number): Document {
  // uniqueKeys compares every key with every other; duplicates are found later, in one pass and with both places.
  const composer = new Composer({
    stringKeys: true,
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
    merge: false,
    version: '1.2',
    logLevel: 'silent',
  });
  // A directive could change how the values below it are read; it is reported, and then it is not there.
  const plain = tokens.filter(({ type }) => type !== 'directive');
  return withoutStacks(() => {
    const [first] = composer.compose(plain, true, length);
    return (first ?? new Document(null)) as Document;
  });
}

/** Stacks are most of what an error costs, and a file may hold very many. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
