// Tabs that indent: one finding for a whole file, whose fix turns all of them into spaces.

import type { Fix } from '../../diagnostics/diagnostic.ts';
import type { SourceLine } from './source-lines.ts';
import type { BrokenFile } from './syntax-errors.ts';
import type { YamlFinding } from './yaml-finding.ts';

/** How many spaces a tab may have stood for, the usual first. */
const tabWidths = [2, 4, 8];

/** In longer texts the usual width is taken without trying. */
const triedLengthMax = 50_000;

export function describeTabs(line: SourceLine, file: BrokenFile): YamlFinding {
  const indented = file.layout.lines.filter(isTabIndented);
  const others = indented.length - 1;
  const length = /^ *(?<tabs>\t+)/.exec(line.text)?.groups?.['tabs']?.length ?? 1;
  const start = line.start + line.text.indexOf('\t');
  return {
    code: 'yaml/tab-indent',
    message: 'Tabs cannot indent YAML.',
    start,
    end: start + length,
    ...(others > 0 && {
      notes: [`${others} other line${others === 1 ? ' is' : 's are'} indented with tabs as well`],
    }),
    help: ['use spaces'],
    fixes: [replaceTabs(indented, file)],
  };
}

/** Inside a block text a tab may stand behind the spaces that indent it, and nowhere before. */
function isTabIndented({ text, isCode }: SourceLine): boolean {
  return /^\t\s*\S/.test(text) || (isCode && /^ +\t/.test(text));
}

function replaceTabs(lines: readonly SourceLine[], file: BrokenFile): Fix {
  const tried = file.text.length > triedLengthMax ? tabWidths.slice(0, 1) : tabWidths;
  const candidates = tried.map((width) => {
    const edits = lines.map((line) => spacesForTabs(line, width, file.source.path));
    return { edits, errors: tried.length === 1 ? 0 : file.errorsIn(applied(edits, file.text)) };
  });
  const fewest = Math.min(...candidates.map(({ errors }) => errors));
  const edits = candidates.find(({ errors }) => errors === fewest)?.edits ?? [];
  return { message: 'Indent with spaces.', safety: 'safe', edits };
}

function spacesForTabs({ start, text }: SourceLine, width: number, path: string): Fix['edits'][number] {
  const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
  return {
    span: { path, start, end: start + indent.length },
    text: indent.replaceAll('\t', ' '.repeat(width)),
  };
}

function applied(edits: Fix['edits'], text: string): string {
  let at = 0;
  let edited = '';
  for (const { span, text: by } of edits) {
    edited += text.slice(at, span.start) + by;
    at = span.end;
  }
  return edited + text.slice(at);
}
