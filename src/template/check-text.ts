// The literal text around the tags: what looks like a variable and is none, list numbers that start at 0, and words that ask
// for what is asked for anyway.

import { nameInScope } from './check-path.ts';
import { report, textHere } from './check-state.ts';
import type { Check, Scope } from './check-state.ts';
import { typeOfExpression } from './check-expression.ts';
import { wordsOf } from './print-expression.ts';
import type { OutputNode, TemplateNode, TextNode } from './template.ts';
import type { Facts } from './narrow.ts';

export function checkText(check: Check, node: TextNode, scope: Scope): void {
  checkLookAlikes(check, node, scope);
  if (check.isOutputStructured) checkJsonByHand(check, node);
}

// ---- `${name}` and `{name}` ----------------------------------------------------------------------------------------

const lookAlike =
  /(?<!\{)(?<sign>\$?)\{(?<path>(?<first>[\p{L}_][\p{L}\p{N}_-]*)(?:\.[\p{L}\p{N}_-]+)*)\}(?!\})/gu;

/** Only names that mean something here: other braces are what the author wants to say. */
function checkLookAlikes(check: Check, node: TextNode, scope: Scope): void {
  for (const match of node.text.matchAll(lookAlike)) {
    const { sign = '', path = '', first = '' } = match.groups ?? {};
    if (!isKnown(check, scope, first)) continue;
    const start = node.start + match.index;
    const place = { start, end: start + match[0].length };
    report(check, place, 'template/look-alike', `\`${match[0]}\` looks like a variable but is plain text.`, {
      help: `write {{${path}}}, or ${sign}{ ${path} } with blanks when you mean the braces`,
      fix: { ...place, message: `write {{${path}}}`, safety: 'maybe', text: `{{${path}}}` },
    });
  }
}

function isKnown(check: Check, scope: Scope, name: string): boolean {
  if (nameInScope(scope, name) !== undefined) return true;
  return [scope.context, check.root].some(({ type }) =>
    type.some((one) => one.kind === 'object' && one.shape.names.includes(name)),
  );
}

// ---- JSON by hand --------------------------------------------------------------------------------------------------

const sentence = /[^.!?\n]+[.!?]?/g;
const word = /\bJSON\b/i;
const asksForIt =
  /\b(?:answer|emit|format|give|generate|output|print|produce|provide|reply|respond|return|write)\b/i;

function checkJsonByHand(check: Check, node: TextNode): void {
  if (!word.test(node.text)) return;
  for (const match of node.text.matchAll(sentence)) {
    if (!word.test(match[0]) || !asksForIt.test(match[0])) continue;
    const text = match[0].trim();
    const start = node.start + match.index + match[0].indexOf(text);
    report(
      check,
      { start, end: start + text.length },
      'template/json-by-hand',
      'The output schema is sent for you.',
      {
        severity: 'warning',
        label: 'asks for JSON by hand',
        help: 'remove the sentence; describe what belongs where in the descriptions of the output schema',
      },
    );
  }
}

// ---- List numbers --------------------------------------------------------------------------------------------------

/** `{{@index}}.` at the start of a line counts from 0, which no reader does. */
export function checkListNumber(
  check: Check,
  node: OutputNode,
  before: TemplateNode | undefined,
  after: TemplateNode | undefined,
  scope: Scope,
  facts: Facts,
): void {
  const { expression } = node;
  if (expression.kind !== 'path' || !startsLine(check, node, before) || !endsNumber(after)) return;
  const silent: Check = { ...check, findings: [] };
  if (typeOfExpression(silent, expression, scope, facts).isIndex !== true) return;
  const words = wordsOf(expression);
  report(check, expression, 'template/zero-based-index', 'This list starts at 0.', {
    severity: 'info',
    help: `write {{inc ${words}}}`,
    fix: {
      start: expression.start,
      end: expression.end,
      message: `write inc ${words}`,
      safety: 'safe',
      text: `inc ${textHere(check).slice(expression.start, expression.end)}`,
    },
  });
}

function startsLine(check: Check, node: OutputNode, before: TemplateNode | undefined): boolean {
  if (before !== undefined) return before.kind === 'text' && /(?:^|\n)[ \t]*#?$/.test(before.text);
  return /(?:^|\n|\}\})[ \t]*$/.test(textHere(check).slice(0, node.start));
}

function endsNumber(after: TemplateNode | undefined): boolean {
  return after?.kind === 'text' && /^[.):](?:\s|$)/.test(after.text);
}
