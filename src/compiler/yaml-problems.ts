// What can be wrong with a file as YAML, in words. The parser's own errors are described in syntax-errors.ts.

import type { Document, Node, Scalar, YAMLError } from 'yaml';
import type { Report, Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { createLineIndex } from '../diagnostics/line-index.ts';
import { WORDED_MAX } from './findings-limit.ts';
import { findForbiddenCharacters } from './yaml/forbidden-characters.ts';
import { endOfLine, meantTextEnd, quoteFix } from './yaml/quote-text.ts';
import type { PlacedToken, TokenScan } from './scan-tokens.ts';
import { describeReservedStart, describeSyntaxErrors } from './yaml/syntax-errors.ts';
import { fixOf, inQuotes } from './yaml/yaml-finding.ts';
import type { YamlFinding } from './yaml/yaml-finding.ts';

export interface YamlProblems {
  fileTooLarge(lengthMax: number): void;
  tooManyTokens(offset: number, tokensMax: number): void;
  nestedTooDeep(offset: number, depthMax: number): void;
  reportForbiddenCharacters(): void;
  severalDocuments(offset: number): void;
  /** `errorsIn` counts the syntax errors of another text. */
  reportSyntaxErrors(document: Document, scan: TokenScan, errorsIn: (text: string) => number): void;
  nothingDeclared(): void;
  rootIsNotMap(root: Node): void;
  /** Anchors, tags, aliases and directives. */
  reportProperties(scan: TokenScan): void;
  duplicateKey(name: string, first: Node, second: Node): void;
  reservedKey(name: string, key: Node): void;
  mergeKey(key: Node): void;
  /** Keys that commas tore off the text of `before`. */
  keysWithoutValue(keys: readonly Scalar[], before: Node | undefined): void;
  numberWithoutJson(node: Scalar): void;
  commentInText(value: string, start: number, comment: PlacedToken): void;
  itemInText(start: number, dash: number): void;
  /** Whether the text could not be read as YAML at all. */
  isBroken(): boolean;
  hasReportedError(): boolean;
}

export function createYamlProblems(source: Source, report: Report): YamlProblems {
  const { path, text } = source;
  let errors = 0;
  let warnings = 0;
  let broken = false;
  const span = (start: number, end: number): SourceSpan => ({ path, start, end });
  const tell = ({ start, end, labels, severity = 'error', ...finding }: YamlFinding): void => {
    if (severity === 'error') errors++;
    else warnings++;
    if ((severity === 'error' ? errors : warnings) > WORDED_MAX) return;
    report({
      severity,
      span: span(start, end),
      ...finding,
      ...(labels && {
        labels: labels.map((label) => ({ span: span(label.start, label.end), message: label.message })),
      }),
    });
  };
  const lines = lazily(() => createLineIndex(text));

  return {
    isBroken: () => broken,
    hasReportedError: () => errors > 0,

    fileTooLarge(lengthMax) {
      tell({
        code: 'yaml/file-too-large',
        message: `The file has ${text.length.toLocaleString('en')} characters; the limit is ${lengthMax.toLocaleString('en')}.`,
        start: 0,
        end: 0,
        help: ['move long texts to partials: partials/NAME.hbs'],
      });
    },

    tooManyTokens(offset, tokensMax) {
      tell({
        code: 'yaml/too-many-tokens',
        message: `The file has more than ${tokensMax.toLocaleString('en')} signs, words and lines; here it passes the limit.`,
        start: offset,
        end: Math.min(offset + 1, text.length),
        help: [
          'a capability is a page or two: move data into the input, and long texts to partials: partials/NAME.hbs',
        ],
      });
    },

    nestedTooDeep(offset, depthMax) {
      tell({
        code: 'yaml/nested-too-deep',
        message: `Maps and lists are nested more than ${depthMax} deep here.`,
        start: offset,
        end: Math.min(offset + 1, text.length),
      });
    },

    reportForbiddenCharacters() {
      for (const finding of findForbiddenCharacters(source)) {
        tell(finding);
        if (errors >= WORDED_MAX) return;
      }
    },

    severalDocuments(marker) {
      broken = true;
      const isMarked = text.startsWith('---', marker);
      tell({
        code: 'yaml/several-documents',
        message: `A file declares one thing; ${isMarked ? '"---" starts another document' : 'another document starts here'}.`,
        start: marker,
        end: isMarked ? marker + 3 : endOfLine(text, marker),
        help: ['move what follows into a file of its own'],
      });
    },

    reportSyntaxErrors(document, scan, errorsIn) {
      const found: readonly YAMLError[] = document.errors;
      if (found.length > 0) broken = true;
      for (const finding of describeSyntaxErrors(found, source, scan, errorsIn)) tell(finding);
    },

    nothingDeclared() {
      broken = true;
      tell({
        code: 'yaml/nothing-declared',
        message: 'This file declares nothing.',
        start: 0,
        end: 0,
        help: path.endsWith('.cap.yaml')
          ? ['delete it; `capstan init capability NAME` writes one to start from']
          : ['delete it, or fill it'],
      });
    },

    rootIsNotMap(root) {
      broken = true;
      const { start, end } = placeOf(root);
      const isList = text.charAt(start) === '-' || text.charAt(start) === '[';
      const isOneItem = text.startsWith('- ', start) && !/^-(?:\s|$)/m.test(text.slice(start + 1));
      tell({
        code: 'yaml/root-not-a-map',
        message: `A declaration is a map of keys to values; this is ${isList ? 'a list' : 'a single value'}.`,
        start,
        end: Math.min(end, endOfLine(text, start)),
        ...(isList && { help: ['remove the leading "- "'] }),
        ...(isOneItem && { fixes: [fixOf('Remove the dash.', 'safe', path, [start, start + 1], ' ')] }),
      });
    },

    reportProperties(scan) {
      const refuse = (
        code: string,
        { text: written, start }: PlacedToken,
        what: string,
        help: string[],
      ): void => {
        const end = start + written.length;
        const whole = meantTextEnd(text, start);
        tell({
          code,
          message: `${what} are not part of this format: ${inQuotes(written)}.`,
          start,
          end,
          help,
          ...(whole > end && { fixes: [quoteFix(text, span(start, whole), 'maybe')] }),
        });
      };
      for (const each of first(scan.anchors))
        refuse('yaml/anchor', each, 'Anchors', [reuseHelp, quotingHelp]);
      for (const each of first(scan.aliases)) {
        if (isEmphasis(each, text)) tell(describeReservedStart(each.start, { source, text }));
        else refuse('yaml/alias', each, 'Aliases', [reuseHelp, quotingHelp]);
      }
      for (const each of first(scan.tags)) refuse('yaml/tag', each, 'Tags', [quotingHelp]);
      for (const { text: written, start } of first(scan.directives)) {
        const end = start + written.trimEnd().length;
        tell({
          code: 'yaml/directive',
          message: `Directives are not part of this format: ${inQuotes(written.trimEnd())}.`,
          start,
          end,
          help: ['remove the line; the format is YAML 1.2, where yes and no are text'],
          fixes: [fixOf('Remove the line.', 'safe', path, [start, afterLine(text, end)], '')],
        });
      }
    },

    duplicateKey(name, first, second) {
      const place = placeOf(first);
      tell({
        code: 'yaml/duplicate-key',
        message: `The key ${inQuotes(name)} is already set on line ${lines().positionOf(place.start).line}.`,
        ...placeOf(second),
        label: 'set again',
        labels: [{ ...place, message: 'first set here' }],
        help: ['keep one of the two; many parsers silently take the later value'],
      });
    },

    reservedKey(name, key) {
      tell({
        code: 'yaml/reserved-key',
        message: `The key ${inQuotes(name)} is reserved.`,
        ...placeOf(key),
        help: ['choose another name'],
      });
    },

    mergeKey(key) {
      tell({
        code: 'yaml/merge-key',
        message: 'Merge keys are not part of this format; in YAML 1.2 "<<" is an ordinary key.',
        ...placeOf(key),
        help: ['write the keys out, or use `$ref` for schemas'],
      });
    },

    keysWithoutValue(keys, before) {
      const [first] = keys;
      const last = keys.at(-1);
      if (first === undefined || last === undefined) return;
      const { start, end } = placeOf(first);
      const torn = before && tornText(text, before, placeOf(last).end);
      tell({
        code: 'yaml/key-without-value',
        message: `${inQuotes(text.slice(start, end))} became a key with no value: in a map on one line a comma starts the next key.`,
        start,
        end,
        help: ['put the whole text in quotes'],
        ...(torn && { fixes: [quoteFix(text, span(...torn))] }),
      });
    },

    numberWithoutJson(node) {
      const { start, end } = placeOf(node);
      tell({
        code: 'yaml/not-json',
        message: `${inQuotes(text.slice(start, end))} is a number that JSON cannot hold.`,
        start,
        end,
        help: [quotingHelp],
        fixes: [quoteFix(text, span(start, end), 'maybe')],
      });
    },

    commentInText(value, start, comment) {
      const end = comment.start + comment.text.trimEnd().length;
      tell({
        code: 'yaml/comment-in-text',
        severity: 'warning',
        message: `The text ends at ${inQuotes(lastWords(value))}: everything after "#" is a comment.`,
        start: comment.start,
        end,
        help: ['put the whole text in quotes, or the comment on a line of its own'],
        fixes: [quoteFix(text, span(start, end), 'maybe')],
      });
    },

    itemInText(start, dash) {
      tell({
        code: 'yaml/item-in-text',
        severity: 'warning',
        message: 'This "-" begins no list item: the line is indented like a part of the text above it.',
        start: dash,
        end: dash + 1,
        labels: [{ start, end: endOfLine(text, start), message: 'the text that it continues' }],
        help: ['give the items of one list the same indentation, or put the text in quotes'],
      });
    },
  };
}

const reuseHelp = 'write the value out, or use `$ref` for schemas and a partial for texts';
const quotingHelp = 'if it is meant as text, put it in quotes';

/** As many as are told; one more shows that there are others. */
function first<T>(all: readonly T[]): readonly T[] {
  return all.slice(0, WORDED_MAX);
}

function placeOf(node: Node): { start: number; end: number } {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** `*like* this`: an alias has nothing after it, and no star at its end. */
function isEmphasis({ text: written, start }: PlacedToken, text: string): boolean {
  return written.endsWith('*') || meantTextEnd(text, start) > start + written.length;
}

function afterLine(text: string, from: number): number {
  return from + (/^[^\S\r\n]*(?:\r\n|\r|\n)?/.exec(text.slice(from, from + 200))?.[0].length ?? 0);
}

/** A text that commas tore apart, from the value before the first comma to the end of the last stray key. */
function tornText(text: string, before: Node, end: number): [number, number] | undefined {
  const { start } = placeOf(before);
  return /["'\\\r\n{}[\]]/.test(text.slice(start, end)) ? undefined : [start, end];
}

function lastWords(value: string): string {
  const words = value.split(/\s+/);
  return words.length > 4 ? `… ${words.slice(-4).join(' ')}` : value;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
