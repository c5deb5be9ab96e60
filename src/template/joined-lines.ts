// `~` takes the white space beside a tag away, line ends included. Where text stands on both sides, two lines become one.

import type { TemplateFinding } from './finding.ts';
import type { Template, TemplateNode, TextNode } from './template.ts';

/** Warns of every `~` that puts two lines of text on one. */
export function joinedLines(template: Template): TemplateFinding[] {
  const leaves: Leaf[] = [];
  collect(template.body, leaves);
  return leaves.flatMap((leaf, index) => {
    const next = leaves[index + 1];
    if (leaf === 'break' || next === undefined || next === 'break') return [];
    return joinedBetween(template.text, leaf, next);
  });
}

/** Texts in the order of the template; a break where what follows is not what is printed next. */
type Leaf = TextNode | 'break';

function collect(body: readonly TemplateNode[], leaves: Leaf[]): void {
  for (const node of body) {
    if (node.kind === 'text') leaves.push(node);
    else if (node.kind === 'output' || node.kind === 'partial') leaves.push('break');
    else {
      collect(node.body, leaves);
      if (node.otherwise.length === 0) continue;
      leaves.push('break');
      collect(node.otherwise, leaves);
    }
  }
}

function joinedBetween(text: string, left: TextNode, right: TextNode): TemplateFinding[] {
  const between = text.slice(left.end, right.start);
  const isOneLine = !left.text.endsWith('\n') && !right.text.startsWith('\n');
  if (!isOneLine || left.text.trim() === '' || right.text.trim() === '') return [];
  const tilde = /\n\s*\{\{(?<before>~)|(?<after>~)\}\}[ \t]*\r?\n/.exec(between);
  if (tilde === null) return [];
  const at = left.end + tilde.index + tilde[0].indexOf('~');
  const [before, after] = [lastWords(left.text), firstWords(right.text)];
  return [
    {
      code: 'template/joined-lines',
      severity: 'warning',
      message: `The \`~\` removes the line break; "${before}" and "${after}" end up on one line.`,
      start: at,
      end: at + 1,
      help: 'remove the `~`; a block alone on a line leaves no blank line behind',
    },
  ];
}

const wordsMax = 24;

function lastWords(text: string): string {
  const line = text.slice(text.lastIndexOf('\n') + 1).trim();
  return line.length <= wordsMax ? line : `…${line.slice(-wordsMax).trimStart()}`;
}

function firstWords(text: string): string {
  const [line = ''] = text.trimStart().split('\n');
  const trimmed = line.trim();
  return trimmed.length <= wordsMax ? trimmed : `${trimmed.slice(0, wordsMax).trimEnd()}…`;
}
