// The errors of the YAML parser in the words of an author: the mistake that was made, not the place where the parser
// stumbled over it.

import type { YAMLError } from 'yaml';
import type { Source } from '../../diagnostics/diagnostic.ts';
import { WORDED_MAX } from '../findings-limit.ts';
import { describeDeepBlankLine, describeIndentation, describeJoinedKey } from './indentation-errors.ts';
import { endOfLine, isInBrackets, meantTextEnd, quoteFix, quoteScalar } from './quote-text.ts';
import type { PlacedToken, TokenScan } from '../scan-tokens.ts';
import { keyLength, readSourceLines } from './source-lines.ts';
import type { SourceLines } from './source-lines.ts';
import { describeTabs } from './tab-errors.ts';
import { describeTemplate, templateValueAt } from './template-values.ts';
import { describeUnclosed, describeUnclosedFlow } from './unclosed-errors.ts';
import { fixOf, inQuotes } from './yaml-finding.ts';
import type { YamlFinding } from './yaml-finding.ts';

/** What the descriptions look at. */
export interface BrokenFile {
  readonly source: Source;
  readonly text: string;
  readonly layout: SourceLines;
  /** Quotes and brackets that are never closed. */
  readonly unclosed: readonly PlacedToken[];
  /** How many syntax errors another text would have. */
  readonly errorsIn: (text: string) => number;
}

interface Description {
  readonly finding: YamlFinding;
  /** False when the parser may have been thrown off: what it says after this is not worth hearing. */
  readonly recovers: boolean;
}

/** One finding per line, and none after an error that may have thrown the parser off. */
export function describeSyntaxErrors(
  errors: readonly YAMLError[],
  source: Source,
  scan: TokenScan,
  errorsIn: (text: string) => number,
): YamlFinding[] {
  if (errors.length === 0) return [];
  const file: BrokenFile = {
    source,
    text: source.text,
    layout: readSourceLines(source, scan.blockTexts),
    unclosed: scan.unclosed,
    errorsIn,
  };
  const told = new Set(
    [...scan.aliases, ...scan.anchors, ...scan.tags].map(({ start }) => file.layout.indexAt(start)),
  );
  const findings: YamlFinding[] = [];
  for (const [index, error] of inOrder(errors).entries()) {
    const line = file.layout.indexAt(error.pos[0]);
    if (told.has(line)) continue;
    const { finding, recovers } = describe(error, errors, file);
    told.add(line);
    if (index > 0 && findings.some(({ start }) => start === finding.start)) continue;
    findings.push(finding);
    if (!recovers || findings.length >= WORDED_MAX) break;
  }
  return findings;
}

function inOrder(errors: readonly YAMLError[]): YAMLError[] {
  return [...errors].sort((left, right) => left.pos[0] - right.pos[0]);
}

function describe(error: YAMLError, errors: readonly YAMLError[], file: BrokenFile): Description {
  const { text, layout } = file;
  const [start] = error.pos;
  const line = layout.lines[layout.indexAt(start)];
  if (line !== undefined && /^ *\t/.test(line.text)) return final(describeTabs(line, file));
  const template = line && templateValueAt(text, line.start, Math.max(start, line.start + line.indent));
  if (template !== undefined) return describeTemplate(template, file.source);
  const comma = describeMissingComma(start, errors, file);
  if (comma !== undefined) return final(comma);
  switch (error.code) {
    case 'NON_STRING_KEY':
      return final(at(start, 1, file, 'yaml/key-not-text', 'A key must be text; this is a map or a list.'));
    case 'BLOCK_AS_IMPLICIT_KEY':
      return describeNestedMap(error, errors, file);
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return describeBlockInBrackets(start, file) ?? going(describeReservedStart(start, file));
    case 'BAD_DQ_ESCAPE':
      return going(describeEscape(start, file));
    case 'BAD_INDENT':
      return final(describeUnclosedFlow(error.message, start, file) ?? describeIndentation(start, file));
    case 'MISSING_CHAR':
    case 'MULTILINE_IMPLICIT_KEY':
      return describeMissing(error, file);
    case 'BLOCK_IN_FLOW':
      return final(
        keyLength(text.slice(start, error.pos[1])) > 0
          ? describeSecondColon(start, file)
          : describeListInBrackets(start, file),
      );
    case 'UNEXPECTED_TOKEN':
      return describeUnexpected(error, file);
    default:
      return final(describeUnknown(error, file));
  }
}

const going = (finding: YamlFinding): Description => ({ finding, recovers: true });
const final = (finding: YamlFinding): Description => ({ finding, recovers: false });

function at(
  start: number,
  length: number,
  { text }: BrokenFile,
  code: string,
  message: string,
  help?: string,
): YamlFinding {
  const end = Math.min(start + length, text.length);
  return {
    code,
    message,
    start: Math.min(start, text.length),
    end,
    ...(help !== undefined && { help: [help] }),
  };
}

/** The parser's own words, for what no author was seen to do. */
function describeUnknown(error: YAMLError, file: BrokenFile): YamlFinding {
  const [start, end] = error.pos;
  const lineEnd = endOfLine(file.text, start);
  const message = `${error.message.replace(/\.?$/, '.')}`;
  return at(start, Math.max(1, Math.min(end, lineEnd) - start), file, 'yaml/syntax', message);
}

// -- maps

/** `a: text: more`, a key indented under a value, a list item out of line. */
function describeNestedMap(error: YAMLError, errors: readonly YAMLError[], file: BrokenFile): Description {
  const [start] = error.pos;
  const joined = errors.find(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === start);
  if (joined !== undefined) return final(describeJoinedKey(start, joined.pos[1], file));
  if (error.message.includes('sequence')) return final(describeIndentation(start, file));
  if (file.text.startsWith('? ', start)) return going(describeReservedStart(start, file));
  return going(describeSecondColon(start, file));
}

function describeSecondColon(start: number, file: BrokenFile): YamlFinding {
  const { source, text } = file;
  const colon = start + keyLength(text.slice(start, endOfLine(text, start)));
  const place = /^\s*/.exec(text.slice(colon))?.[0].length ?? 0;
  return {
    ...at(colon + place, 1, file, 'yaml/second-colon', 'A second ": " on this line starts a nested map.'),
    help: ['put the text in quotes, or use a block: write | after the first colon'],
    fixes: [quoteFix(text, { path: source.path, start, end: meantTextEnd(text, start) }, 'maybe')],
  };
}

/** `{ a: 1 b: 2 }`: the parser takes what follows the first value for a map of its own. */
function describeMissingComma(
  offset: number,
  errors: readonly YAMLError[],
  file: BrokenFile,
): YamlFinding | undefined {
  const { text } = file;
  const inner = errors.find(
    ({ code, pos }) => code === 'BLOCK_IN_FLOW' && pos[0] <= offset && pos[1] >= offset,
  );
  if (inner === undefined) return undefined;
  const [start, end] = inner.pos;
  const value = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s:]+)(?=\s+[^\s:,]+:)/.exec(
    text.slice(start, Math.min(end, start + searchedLengthMax)),
  );
  if (value === null) return undefined;
  const after = start + value[0].length;
  const next = after + (/^\s*/.exec(text.slice(after, end))?.[0].length ?? 0);
  return missingComma(after, next, keyLength(text.slice(next, end)), file);
}

/** `["a" "b"]` */
function describeMissingItemComma(start: number, file: BrokenFile): YamlFinding {
  const { text } = file;
  const item = /^[^\s,\]}]*/.exec(text.slice(start, start + searchedLengthMax))?.[0] ?? '';
  return missingComma(text.slice(0, start).trimEnd().length, start, item.length, file);
}

function missingComma(at: number, start: number, length: number, { source, text }: BrokenFile): YamlFinding {
  const end = start + Math.max(1, length);
  const item = text.slice(start, end);
  return {
    code: 'yaml/missing-comma',
    message: `There is no comma before ${/^["']/.test(item) ? item : inQuotes(item)}.`,
    start,
    end,
    help: ['in a map or list on one line commas stand between the entries'],
    // Behind a comment it would be a part of that.
    ...(!text.slice(text.lastIndexOf('\n', at) + 1, at).includes(' #') && {
      fixes: [fixOf('Insert the comma.', 'safe', source.path, [at, at], ',')],
    }),
  };
}

function describeListInBrackets(start: number, file: BrokenFile): YamlFinding {
  const message = 'A list of lines cannot stand inside brackets.';
  return at(start, 1, file, 'yaml/unexpected', message, 'remove the brackets, or the dashes');
}

// -- texts

/** A value without quotes that begins with a sign of YAML. */
export function describeReservedStart(start: number, file: Pick<BrokenFile, 'source' | 'text'>): YamlFinding {
  const { source, text } = file;
  return {
    code: 'yaml/reserved-start',
    message: `A text without quotes cannot start with "${text.slice(start, start + 1)}".`,
    start,
    end: Math.min(start + 1, text.length),
    help: ['put the text in quotes'],
    fixes: [quoteFix(text, { path: source.path, start, end: meantTextEnd(text, start) })],
  };
}

function describeEscape(start: number, file: BrokenFile): YamlFinding {
  const { source, text } = file;
  const sequence = text.slice(start, start + 2);
  return {
    ...at(start, 2, file, 'yaml/bad-escape', `${inQuotes(sequence)} is not an escape that YAML knows.`),
    help: ['write a backslash as \\\\, or use single quotes: nothing is escaped there'],
    fixes: [fixOf('Write the backslash twice.', 'safe', source.path, [start, start], '\\')],
  };
}

// -- what is missing, and what is too much

function describeMissing(error: YAMLError, file: BrokenFile): Description {
  const { text, layout } = file;
  const { message, pos } = error;
  const [start] = pos;
  const quote = /Missing closing (["'])/.exec(message)?.[1];
  if (quote !== undefined) return final(describeUnclosed(quote === '"' ? '"' : "'", start, file));
  const flow = describeUnclosedFlow(message, start, file);
  if (flow !== undefined) return final(flow);
  if (message.includes('flow sequence pairs') && file.unclosed.some(({ text }) => text === '[')) {
    return final(describeUnclosed('[', start, file));
  }
  if (message.startsWith('Missing , ')) return final(describeMissingItemComma(start, file));
  if (message.startsWith('Sequence item without')) return final(describeIndentation(start, file));
  if (message.includes('leading empty lines')) return final(describeDeepBlankLine(start, file));
  if (message.startsWith('Comments must be separated')) {
    const help = 'write a space before it; where it is meant as text, put the whole text in quotes';
    return going(at(start, 1, file, 'yaml/unexpected', 'A comment needs a space before its "#".', help));
  }
  if (/Implicit (map )?keys need to be/.test(message)) {
    return final(describeMissingColon(start, layout.lines[layout.indexAt(start)]?.end ?? text.length, file));
  }
  return final(describeUnknown(error, file));
}

function describeMissingColon(start: number, lineEnd: number, file: BrokenFile): YamlFinding {
  const { source, text } = file;
  const line = text.slice(start, lineEnd).trimEnd();
  const key = /^(?<key>[\w-]+):(?=\S)/.exec(line)?.groups?.['key'];
  if (key === undefined) {
    return at(
      start,
      line.length,
      file,
      'yaml/missing-colon',
      `${inQuotes(line)} has no colon, so it is neither a key nor a part of the text above.`,
      'a text over several lines needs quotes or a block: write | after the colon and indent the text',
    );
  }
  const colon = start + key.length + 1;
  return {
    ...at(
      start,
      key.length + 1,
      file,
      'yaml/missing-colon',
      `There is no space after the colon of ${inQuotes(key)}.`,
    ),
    help: [`write ${inQuotes(`${key}: `)} and then the value`],
    fixes: [fixOf('Insert the space.', 'safe', source.path, [colon, colon], ' ')],
  };
}

function describeUnexpected(error: YAMLError, file: BrokenFile): Description {
  const { text } = file;
  const [start] = error.pos;
  const end = Math.max(start + 1, Math.min(error.pos[1], endOfLine(text, start)));
  if (/flow-(seq|map)-end/.test(error.message)) {
    const sign = text.slice(start, start + 1);
    return final(
      at(start, 1, file, 'yaml/unexpected', `This ${inQuotes(sign)} closes nothing.`, 'remove it'),
    );
  }
  if (text.charAt(start) === ',') {
    return going({
      ...at(start, 1, file, 'yaml/unexpected', 'There is nothing before this comma.', 'remove it'),
      fixes: [fixOf('Remove the comma.', 'safe', file.source.path, [start, start + 1], '')],
    });
  }
  if (error.message.includes('on same line with key')) {
    const help = 'write each item on a line of its own below the key, or the list in brackets: [a, b]';
    return final(at(start, 1, file, 'yaml/unexpected', 'A list cannot begin on the line of its key.', help));
  }
  if (error.message.startsWith('Block scalar header')) return going(describeBlockHeader(start, file));
  const message = `YAML does not expect ${inQuotes(text.slice(start, end))} here.`;
  const quoted = describeTextAfterQuote(start, end, file);
  const place = at(start, end - start, file, 'yaml/unexpected', message);
  if (quoted !== undefined) return going({ ...place, ...quoted });
  return final({
    ...place,
    help: ['a value ends with its closing quote or bracket; put the whole text in quotes'],
  });
}

/** Longer lines are not searched for quotes. */
const searchedLengthMax = 2_000;

/** `'it's fine'` and `"this" and that`: where the text ended, and how all of it is written as one. */
function describeTextAfterQuote(
  from: number,
  to: number,
  { source, text, layout }: BrokenFile,
): Pick<YamlFinding, 'labels' | 'help' | 'fixes'> | undefined {
  const line = layout.lines[layout.indexAt(from)];
  if (line === undefined || line.text.length > searchedLengthMax) return undefined;
  const before = text.slice(line.start, from);
  const opened = /(?<=[:\-,[{]\s+|^\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=\s*$)/.exec(before);
  if (opened === null) return undefined;
  const start = line.start + opened.index;
  const whole = { path: source.path, start, end: meantTextEnd(text, start) };
  const quote = text.charAt(start);
  const isTorn = text.slice(from, to).trimEnd().endsWith(quote) && !isInBrackets(text, start);
  const escape = quote === "'" ? "an apostrophe is written twice: ''" : 'a quote is written \\"';
  return {
    labels: [{ start, end: start + opened[0].length, message: 'the text ends with its second quote' }],
    help: [
      isTorn
        ? `inside these quotes ${escape}; or use the other kind of quotes`
        : 'put the whole text in quotes',
    ],
    fixes: isTorn
      ? [
          fixOf(
            'Use quotes that the text does not hold.',
            'safe',
            source.path,
            [start, whole.end],
            quoteScalar(text.slice(start + 1, whole.end - 1)),
          ),
        ]
      : [quoteFix(text, whole, 'maybe')],
  };
}

/** `{ content: |` */
function describeBlockInBrackets(start: number, file: BrokenFile): Description | undefined {
  const rest = file.text.slice(start, endOfLine(file.text, start));
  if (!/^[|>][-+0-9]*\s*$/.test(rest)) return undefined;
  const message = 'A block text cannot stand in a map or list on one line.';
  const help = 'write the map over several lines, a key on each';
  return final(at(start, rest.trimEnd().length, file, 'yaml/unexpected', message, help));
}

/** `>= 3` is a text that begins with a sign of YAML; `|Hello` is a block whose text stands on the wrong line. */
function describeBlockHeader(start: number, file: BrokenFile): YamlFinding {
  const { text } = file;
  const header = Math.max(text.lastIndexOf('|', start), text.lastIndexOf('>', start));
  const sign = text.charAt(header);
  if (sign === '>' || !/[\w"'{]/.test(text.charAt(start))) return describeReservedStart(header, file);
  const message = `The text of a block begins on the line after its "${sign}".`;
  return at(
    start,
    endOfLine(text, start) - start,
    file,
    'yaml/unexpected',
    message,
    'move it down, and indent it',
  );
}
