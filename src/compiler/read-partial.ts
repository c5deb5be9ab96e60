// One partial: its template, and the way from offsets in the template to offsets in the file.

import type { Report, Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { WORDED_MAX } from './findings-limit.ts';
import type { PartialFile } from './program.ts';
import { findForbiddenCharacters } from './yaml/forbidden-characters.ts';
import { reportTemplateProblem } from './template-problems.ts';

/** Reads a partial; what does not parse is reported, and its `template` is absent. */
export function readPartial(source: Source, name: string, report: Report): PartialFile {
  reportForbiddenCharacters(source, report);
  const text = source.text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const placeOf = createPlaceOf(source, text);
  const parsed = parseTemplate(text);
  if ('template' in parsed) {
    for (const remark of parsed.template.remarks) reportTemplateProblem(remark, placeOf, report);
    return { name, source, text, template: parsed.template, placeOf };
  }
  for (const problem of parsed.problems) reportTemplateProblem(problem, placeOf, report);
  return { name, source, text, placeOf };
}

/** The model would read what nobody sees. */
function reportForbiddenCharacters(source: Source, report: Report): void {
  for (const { start, end, code, message, fixes } of findForbiddenCharacters(source).take(WORDED_MAX)) {
    report({
      code,
      severity: 'error',
      message,
      span: { path: source.path, start, end },
      help: [code === 'yaml/not-utf8' ? 'save the file as UTF-8' : 'remove it'],
      ...(fixes && { fixes }),
    });
  }
}

/** Where plain line ends stand for CRLF, every line before a place adds one to its offset. */
function createPlaceOf(source: Source, text: string): (start: number, end: number) => SourceSpan {
  const mark = source.text.startsWith('\uFEFF') ? 1 : 0;
  if (source.text.length === text.length + mark) {
    return (start, end) => ({ path: source.path, start: start + mark, end: end + mark });
  }
  const offsets: number[] = [];
  for (let at = mark; at < source.text.length; at++) {
    if (source.text[at] === '\r' && source.text[at + 1] === '\n') continue;
    offsets.push(at);
  }
  const offsetOf = (offset: number): number => offsets[offset] ?? source.text.length;
  return (start, end) => ({
    path: source.path,
    start: offsetOf(start),
    end: end > start ? offsetOf(end - 1) + 1 : offsetOf(start),
  });
}
