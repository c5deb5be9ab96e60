// Markdown files as tests: headings, the sentences below them, and fenced blocks; and a way to write new expectations
// back into the file. It knows nothing of what the blocks mean: that is for whoever reads the file.
import { readFileSync, writeFileSync } from 'node:fs';

export interface MarkdownSection {
  /** Empty for what comes before the first heading. */
  readonly heading: string;
  /** 1 to 6; 0 before the first heading. */
  readonly level: number;
  /** The headings this one lies under, outermost first; its own is not among them. */
  readonly above: readonly string[];
  /** The line of the heading, counted from 1. */
  readonly line: number;
  /** What is written outside of blocks, a blank line between paragraphs. */
  readonly sentences: string;
  readonly blocks: readonly MarkdownBlock[];
}

export interface MarkdownBlock {
  /** All that follows the opening fence: `yaml capabilities/greet.cap.yaml`. */
  readonly info: string;
  /** Its first word: `yaml`. */
  readonly language: string;
  /** The rest of it: `capabilities/greet.cap.yaml`. */
  readonly label: string;
  /** The content; ends with a newline unless it is empty. */
  readonly text: string;
  /** The first line of the content, counted from 1: the one after the opening fence. */
  readonly startLine: number;
  /** The line of the closing fence. */
  readonly endLine: number;
}

/** Blocks are those that `readMarkdown` gave for the file as it is. */
export type BlockChange =
  | { readonly kind: 'replace'; readonly block: MarkdownBlock; readonly text: string }
  | { readonly kind: 'insert'; readonly after: MarkdownBlock; readonly info: string; readonly text: string }
  | { readonly kind: 'remove'; readonly block: MarkdownBlock };

/** True under `npm run test:update`: expectations are to be written, not compared. */
export const updatesExpectations = process.env['UPDATE'] === '1';

/** The sections of a file in their order, whatever their level. Throws where a block is never closed. */
export function readMarkdown(path: string): readonly MarkdownSection[] {
  return parseMarkdown(readFileSync(path, 'utf8'), path);
}

/** Like `readMarkdown`, of a text; `name` is what a mistake is reported under. */
export function parseMarkdown(markdown: string, name = 'the text'): readonly MarkdownSection[] {
  const lines = splitLines(markdown);
  const sections: MarkdownSection[] = [];
  let open = { heading: '', level: 0, above: [] as readonly string[], line: 1 };
  let sentences: string[] = [];
  let blocks: MarkdownBlock[] = [];

  function close(): void {
    const text = sentences.join('\n').replaceAll(/\n{3,}/g, '\n\n');
    if (open.level > 0 || text.trim() !== '' || blocks.length > 0)
      sections.push({ ...open, sentences: text.trim(), blocks });
    sentences = [];
    blocks = [];
  }

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const heading = headingOf(line);
    const fence = openingFence(line);
    if (heading !== undefined) {
      close();
      open = { ...heading, above: headingsAbove(sections, heading.level), line: index + 1 };
    } else if (fence !== undefined) {
      const end = lines.findIndex((each, at) => at > index && closesFence(each, fence.marks));
      if (end === -1) throw new Error(`${name}:${index + 1}: this block is never closed`);
      blocks.push(readBlock(fence.info, lines, index + 1, end));
      index = end;
    } else {
      sentences.push(line);
    }
  }
  close();
  return sections;
}

/** Writes new contents into the file. Whatever a change does not name stays, to the byte; nothing to change, no write. */
export function rewriteBlocks(path: string, changes: readonly BlockChange[]): void {
  const before = readFileSync(path, 'utf8');
  const after = applyChanges(before, changes);
  if (after !== before) writeFileSync(path, after);
}

/** What `rewriteBlocks` writes. */
export function applyChanges(markdown: string, changes: readonly BlockChange[]): string {
  const lines = splitLines(markdown);
  // From the bottom up, so that the lines of earlier blocks still count.
  for (const change of changes.toSorted((left, right) => placeOf(right) - placeOf(left))) {
    if (change.kind === 'insert') {
      lines.splice(change.after.endLine, 0, '', ...printBlock(change.info, change.text));
    } else {
      const { startLine, endLine, info } = change.block;
      const printed = change.kind === 'replace' ? printBlock(info, change.text) : [];
      // A blank line before a block that goes would be one too many.
      const blank = change.kind === 'remove' && lines[startLine - 3] === '' ? 1 : 0;
      lines.splice(startLine - 2 - blank, endLine - startLine + 2 + blank, ...printed);
    }
  }
  return lines.join('\n');
}

function placeOf(change: BlockChange): number {
  return change.kind === 'insert' ? change.after.endLine + 0.5 : change.block.startLine;
}

function printBlock(info: string, text: string): readonly string[] {
  const runs = [...text.matchAll(/^`+/gm)].map(([run]) => run.length);
  const marks = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  const content = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  return [`${marks}${info}`, ...content, marks];
}

function readBlock(info: string, lines: readonly string[], start: number, end: number): MarkdownBlock {
  const [language = ''] = info.split(/\s/);
  const content = lines.slice(start, end);
  return {
    info,
    language,
    label: info.slice(language.length).trim(),
    text: content.length === 0 ? '' : `${content.join('\n')}\n`,
    startLine: start + 1,
    endLine: end + 1,
  };
}

function headingOf(line: string): { readonly heading: string; readonly level: number } | undefined {
  const { marks, text } = /^(?<marks>#{1,6})\s+(?<text>.*?)\s*#*\s*$/.exec(line)?.groups ?? {};
  return marks === undefined ? undefined : { heading: text ?? '', level: marks.length };
}

function headingsAbove(sections: readonly MarkdownSection[], level: number): readonly string[] {
  const parent = sections.findLast((section) => section.level > 0 && section.level < level);
  return parent === undefined ? [] : [...parent.above, parent.heading];
}

function openingFence(line: string): { readonly marks: string; readonly info: string } | undefined {
  const { marks, info } = /^(?<marks>`{3,}|~{3,})(?<info>[^`]*)$/.exec(line)?.groups ?? {};
  return marks === undefined ? undefined : { marks, info: (info ?? '').trim() };
}

function closesFence(line: string, marks: string): boolean {
  const closing = line.trimEnd();
  return closing.length >= marks.length && closing === marks.charAt(0).repeat(closing.length);
}

function splitLines(text: string): string[] {
  return text.replaceAll('\r\n', '\n').split('\n');
}
