// What can be wrong with a file as YAML, in words. Each syntax error of the parser becomes one diagnostic of ours.

import type { Document, Node, Scalar, YAMLError } from 'yaml';
import type { Diagnostic, Fix, Report, Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { codePointName } from '../diagnostics/display-text.ts';
import { createLineIndex } from '../diagnostics/line-index.ts';
import type { PlacedToken, TokenScan } from './scan-tokens.ts';

export interface YamlProblems {
  fileTooLarge(lengthMax: number): void;
  nestedTooDeep(offset: number, depthMax: number): void;
  reportForbiddenCharacters(): void;
  severalDocuments(offset: number): void;
  reportSyntaxErrors(document: Document): void;
  nothingDeclared(): void;
  rootIsNotMap(root: Node): void;
  /** Anchors, tags and aliases. */
  reportProperties(scan: TokenScan): void;
  duplicateKey(name: string, first: Node, second: Node): void;
  reservedKey(name: string, key: Node): void;
  mergeKey(key: Node): void;
  keyWithoutValue(name: string, key: Node, siblings: ReadonlyMap<string, Scalar>): void;
  numberWithoutJson(node: Scalar): void;
  /** Whether the text could not be read as YAML at all. */
  isBroken(): boolean;
  hasReportedError(): boolean;
}

type Finding = Omit<Diagnostic, 'severity' | 'span'> & { readonly start: number; readonly end: number };

export function createYamlProblems(source: Source, report: Report): YamlProblems {
  const { path, text } = source;
  let errors = 0;
  let broken = false;
  const span = (start: number, end: number): SourceSpan => ({ path, start, end });
  const error = ({ start, end, ...finding }: Finding): void => {
    errors++;
    report({ severity: 'error', span: span(start, end), ...finding });
  };
  const atNode = (node: Node): { start: number; end: number } => {
    const [start, end] = node.range ?? [0, 0];
    return { start, end };
  };
  const lines = lazily(() => createLineIndex(text));

  return {
    isBroken: () => broken,
    hasReportedError: () => errors > 0,

    fileTooLarge(lengthMax) {
      error({
        code: 'yaml/file-too-large',
        message: `The file has ${text.length.toLocaleString('en')} characters; the limit is ${lengthMax.toLocaleString('en')}.`,
        start: 0,
        end: 0,
        help: ['move long texts to partials: partials/NAME.hbs'],
      });
    },

    nestedTooDeep(offset, depthMax) {
      error({
        code: 'yaml/nested-too-deep',
        message: `Maps and lists are nested more than ${depthMax} deep here.`,
        start: offset,
        end: Math.min(offset + 1, text.length),
      });
    },

    reportForbiddenCharacters() {
      for (const match of text.matchAll(forbiddenCharacters)) {
        if (match.index === 0 && match[0] === byteOrderMark) continue;
        error({ ...describeCharacter(match[0]), start: match.index, end: match.index + match[0].length });
      }
    },

    severalDocuments(marker) {
      broken = true;
      error({
        code: 'yaml/several-documents',
        message: 'A file declares one thing; "---" starts another document.',
        start: marker,
        end: Math.min(marker + 3, text.length),
        help: ['move what follows into a file of its own'],
      });
    },

    reportSyntaxErrors(document) {
      for (const problem of withoutCascades(document.errors, (at) => lines().positionOf(at).line)) {
        broken = true;
        error(describeSyntaxError(problem, text));
      }
    },

    nothingDeclared() {
      broken = true;
      error({
        code: 'yaml/nothing-declared',
        message: 'This file declares nothing.',
        start: 0,
        end: 0,
        help: ['delete it, or begin with `apiVersion: capstan/v1`'],
      });
    },

    rootIsNotMap(root) {
      broken = true;
      const { start, end } = atNode(root);
      const isList = text.slice(start, start + 1) === '-' || text.slice(start, start + 1) === '[';
      error({
        code: 'yaml/root-not-a-map',
        message: `A declaration is a map of keys to values; this is ${isList ? 'a list' : 'a single value'}.`,
        start,
        end: firstLineEnd(text, start, end),
        ...(isList && { help: ['remove the leading "- "'] }),
      });
    },

    reportProperties(scan) {
      const refuse = (code: string, tokens: readonly PlacedToken[], what: string, help: string[]): void => {
        for (const { text: written, start } of tokens) {
          const message = `${what} are not part of this format: ${quote(shorten(written))}.`;
          error({ code, message, start, end: start + written.length, help });
        }
      };
      refuse('yaml/anchor', scan.anchors, 'Anchors', [reuseHelp, quotingHelp]);
      refuse('yaml/alias', scan.aliases, 'Aliases', [reuseHelp, quotingHelp]);
      refuse('yaml/tag', scan.tags, 'Tags', [quotingHelp]);
    },

    duplicateKey(name, first, second) {
      const place = atNode(first);
      error({
        code: 'yaml/duplicate-key',
        message: `The key ${quote(name)} is already set on line ${lines().positionOf(place.start).line}.`,
        ...atNode(second),
        label: 'set again',
        labels: [{ span: span(place.start, place.end), message: 'first set here' }],
        help: ['keep one of the two'],
      });
    },

    reservedKey(name, key) {
      error({
        code: 'yaml/reserved-key',
        message: `The key ${quote(name)} is reserved.`,
        ...atNode(key),
        help: ['choose another name'],
      });
    },

    mergeKey(key) {
      error({
        code: 'yaml/merge-key',
        message: 'Merge keys are not part of this format; in YAML 1.2 "<<" is an ordinary key.',
        ...atNode(key),
        help: ['write the keys out, or use `$ref` for schemas'],
      });
    },

    keyWithoutValue(name, key, siblings) {
      const { start, end } = atNode(key);
      const before = [...siblings.values()].at(-2);
      const torn = before === undefined ? undefined : tornText(text, before, start, end);
      error({
        code: 'yaml/key-without-value',
        message: `${quote(name)} became a key with no value: in a map on one line a comma starts the next key.`,
        start,
        end,
        help: ['put the whole text in quotes'],
        ...(torn && { fixes: [quoteFix(path, text, torn.start, torn.end)] }),
      });
    },

    numberWithoutJson(node) {
      error({
        code: 'yaml/not-json',
        message: `${quote(text.slice(...range(node)))} is a number that JSON cannot hold.`,
        ...atNode(node),
        help: [quotingHelp],
      });
    },
  };
}

const reuseHelp = 'write the value out, or use `$ref` for schemas and a partial for texts';
const quotingHelp = 'if it is meant as text, put it in quotes';

// -- syntax errors

/** Errors after which the parser is known to be back on track. */
const recovering = new Set(['NON_STRING_KEY', 'BAD_SCALAR_START', 'TAB_AS_INDENT', 'BAD_DQ_ESCAPE']);

/** One error per line, and none after an error that may have thrown the parser off. */
function withoutCascades(errors: readonly YAMLError[], lineOf: (offset: number) => number): YAMLError[] {
  const sorted = [...errors].sort((left, right) => left.pos[0] - right.pos[0]);
  const kept: YAMLError[] = [];
  let lastLine = 0;
  for (const problem of sorted) {
    const line = lineOf(problem.pos[0]);
    if (line === lastLine) continue;
    kept.push(problem);
    lastLine = line;
    if (!recovering.has(problem.code)) break;
  }
  return kept;
}

function describeSyntaxError(problem: YAMLError, text: string): Finding {
  const [start, end] = problem.pos;
  const at = { start: Math.min(start, text.length), end: Math.min(Math.max(end, start), text.length) };
  switch (problem.code) {
    case 'TAB_AS_INDENT':
      return {
        code: 'yaml/tab-indent',
        message: 'Tabs cannot indent YAML.',
        ...at,
        help: ['use two spaces'],
      };
    case 'NON_STRING_KEY':
      return describeMapAsKey(text, start);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return describeNestedColon(text, start);
    case 'BAD_SCALAR_START':
      return {
        code: 'yaml/reserved-start',
        message: `A text without quotes cannot start with ${quote(text.slice(start, start + 1))}.`,
        ...at,
        help: ['put the text in quotes'],
      };
    case 'BAD_DQ_ESCAPE':
      return {
        code: 'yaml/bad-escape',
        message: `${quote(text.slice(start, start + 2))} is not an escape that YAML knows.`,
        start,
        end: Math.min(start + 2, text.length),
        help: ['write a backslash as \\\\, or use single quotes: nothing is escaped there'],
      };
    case 'BAD_INDENT':
      return describeIndentation(problem, text, at);
    case 'MISSING_CHAR':
    case 'MULTILINE_IMPLICIT_KEY':
      return describeMissing(problem, text, at);
    case 'UNEXPECTED_TOKEN':
      return {
        code: 'yaml/unexpected',
        message: `YAML does not expect ${quote(excerpt(text, at.start, at.end))} here.`,
        ...at,
        help: ['a value ends with its closing quote or bracket; put the whole text in quotes'],
      };
    default:
      return { code: 'yaml/syntax', message: `${problem.message.replace(/\.?$/, '.')}`, ...at };
  }
}

/** `p: {{name}}`: a map whose key is a map. */
function describeMapAsKey(text: string, start: number): Finding {
  const opening = text.lastIndexOf('{{', start);
  const lineEnd = firstLineEnd(text, start, text.length);
  const isTemplate = opening >= 0 && opening >= start - 1;
  if (!isTemplate) {
    return {
      code: 'yaml/key-not-text',
      message: 'A key must be text; this is a map or a list.',
      start,
      end: Math.min(start + 1, text.length),
    };
  }
  const value = text.slice(opening, lineEnd).trimEnd();
  return {
    code: 'yaml/template-as-map',
    message: `YAML reads ${quote(shorten(value))} as a map, not as text.`,
    start: opening,
    end: opening + value.length,
    help: [`put it in quotes, or use a block: write | after the colon and the text on the next line`],
  };
}

/** `a: text: more`, and a wrongly indented key under a value. */
function describeNestedColon(text: string, start: number): Finding {
  const lineEnd = firstLineEnd(text, start, text.length);
  const colon = /:(?=\s|$)/.exec(text.slice(start, lineEnd));
  if (colon === null) {
    return {
      code: 'yaml/indentation',
      message:
        'What follows is indented like a part of this value, but a value on the same line has no parts.',
      start,
      end: lineEnd,
      help: ['give keys of the same map the same indentation'],
    };
  }
  return {
    code: 'yaml/second-colon',
    message: 'A second ": " on this line starts a nested map.',
    start: start + colon.index,
    end: start + colon.index + 1,
    help: ['put the text in quotes, or use a block: write | after the first colon'],
  };
}

function describeIndentation(problem: YAMLError, text: string, at: { start: number; end: number }): Finding {
  const closing = /must be sufficiently indented and end with a (\S)/.exec(problem.message)?.[1];
  if (closing !== undefined) return describeUnclosed(text, at.start, closing === ']' ? '[' : '{');
  const lineStart = text.lastIndexOf('\n', at.start - 1) + 1;
  const key = /^\s*(?<key>[^\s:][^:\n]*):/.exec(text.slice(lineStart))?.groups?.['key'];
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0;
  return {
    code: 'yaml/indentation',
    message: key
      ? `${quote(key)} is indented by ${indent} spaces; the keys beside it are not.`
      : 'This line is not indented like the lines beside it.',
    start: lineStart + indent,
    end: key ? lineStart + indent + key.length : Math.max(at.end, lineStart + indent),
    help: ['give keys of the same map the same indentation'],
  };
}

function describeMissing(problem: YAMLError, text: string, at: { start: number; end: number }): Finding {
  const quoteSign = /Missing closing (["'])/.exec(problem.message)?.[1];
  if (quoteSign !== undefined) return describeUnclosed(text, at.start, quoteSign);
  if (/end with a \]|Expected flow sequence to end/.test(problem.message)) {
    return describeUnclosed(text, at.start, '[');
  }
  if (/end with a \}|Expected flow map to end/.test(problem.message))
    return describeUnclosed(text, at.start, '{');
  if (/Implicit (map )?keys need to be/.test(problem.message)) {
    const end = firstLineEnd(text, at.start, text.length);
    const line = text.slice(at.start, end).trimEnd();
    const tight = /^(?<key>[\w-]+):(?=\S)/.exec(line)?.groups?.['key'];
    return {
      code: 'yaml/missing-colon',
      message: tight
        ? `There is no space after the colon of ${quote(tight)}.`
        : `${quote(shorten(line))} has no colon, so it is neither a key nor a part of the text above.`,
      start: at.start,
      end: at.start + line.length,
      help: [
        tight
          ? `write ${quote(`${tight}: `)} and then the value`
          : 'a text over several lines needs quotes or a block: write | after the colon and indent the text',
      ],
    };
  }
  return { code: 'yaml/syntax', message: `${problem.message.replace(/\.?$/, '.')}`, ...at };
}

/** The opening sign is what is wrong; where the parser gave up is only where it noticed. */
function describeUnclosed(text: string, noticed: number, opening: string): Finding {
  const start = lastUnclosed(text, Math.min(noticed, text.length), opening);
  const word = opening === '[' || opening === '{' ? 'bracket' : 'quote';
  return {
    code: word === 'quote' ? 'yaml/unclosed-quote' : 'yaml/unclosed-bracket',
    message: `This ${word} is never closed.`,
    start,
    end: Math.min(start + 1, text.length),
    help: [`close it with ${quote(opening === '[' ? ']' : opening === '{' ? '}' : opening)}`],
  };
}

function lastUnclosed(text: string, before: number, opening: string): number {
  if (opening === '"' || opening === "'") return unclosedQuote(text, before, opening);
  const closing = opening === '[' ? ']' : '}';
  let open = 0;
  for (let at = before - 1; at >= 0; at--) {
    if (text[at] === closing) open++;
    if (text[at] === opening && open-- === 0) return at;
  }
  return before;
}

/** A quote that opens a value: after a colon, a dash, a comma, a bracket, or at the start of a line. */
function unclosedQuote(text: string, before: number, sign: string): number {
  for (let at = text.lastIndexOf(sign, before - 1); at >= 0; at = text.lastIndexOf(sign, at - 1)) {
    if (/(?:^|[:\-,[{]\s|[[{,]|\n)\s*$/.test(text.slice(Math.max(0, at - 80), at))) return at;
    if (at === 0) break;
  }
  return before;
}

// -- characters

const byteOrderMark = '\uFEFF';

// NUL and other controls except tab and line ends; bidirectional controls; replacement characters from bad decoding.
const forbiddenCharacters =
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD]/g;

function describeCharacter(character: string): Omit<Finding, 'start' | 'end'> {
  const name = codePointName(character);
  if (character === '\uFFFD') {
    return {
      code: 'yaml/not-utf8',
      message: 'The file is not valid UTF-8 here.',
      help: ['save the file as UTF-8'],
    };
  }
  const isDirection = /[\u202A-\u202E\u2066-\u2069]/.test(character);
  return {
    code: 'yaml/invisible-character',
    message: isDirection
      ? `There is an invisible direction-changing character here: ${name}.`
      : `There is an invisible control character here: ${name}.`,
    help: ['remove it; where the character is wanted, write it as an escape in double quotes'],
  };
}

// -- small things

function range(node: Node): [number, number] {
  return [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
}

function quote(text: string): string {
  return `"${text}"`;
}

const excerptMax = 40;

function shorten(text: string): string {
  return text.length > excerptMax ? `${text.slice(0, excerptMax)}…` : text;
}

function excerpt(text: string, start: number, end: number): string {
  return shorten(text.slice(start, Math.max(start + 1, firstLineEnd(text, start, end))));
}

function firstLineEnd(text: string, start: number, end: number): number {
  const lineEnd = text.slice(start, end).search(/[\r\n]/);
  return lineEnd < 0 ? end : start + lineEnd;
}

/** A text that a comma tore in two, from the value before the comma to the end of the stray key. */
function tornText(
  text: string,
  before: Scalar,
  keyStart: number,
  keyEnd: number,
): { start: number; end: number } | undefined {
  const colon = text.indexOf(':', before.range?.[1] ?? keyStart);
  if (colon < 0 || colon >= keyStart) return undefined;
  const start = colon + 1 + (/^\s*/.exec(text.slice(colon + 1))?.[0].length ?? 0);
  const torn = text.slice(start, keyEnd);
  return /["'\\\n{}[\]]/.test(torn) ? undefined : { start, end: keyEnd };
}

function quoteFix(path: string, text: string, start: number, end: number): Fix {
  return {
    message: 'Quote the text.',
    safety: 'safe',
    edits: [{ span: { path, start, end }, text: `"${text.slice(start, end)}"` }],
  };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
