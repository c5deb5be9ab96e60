// `yes`, `no`, `on` and `off` where true or false is due: booleans of YAML 1.1, texts of YAML 1.2.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { replacement } from './decode/place-words.ts';
import { lastKey, parentPointer, pointerTo, valueAt } from './json-pointer.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Keywords of schemas that hold true or false. */
const booleanKeywords = new Set([
  'additionalProperties',
  'deprecated',
  'uniqueItems',
  'x-extensible-enum',
  'x-pii',
]);

/** The finding for a value that was refused, when that is the reason. */
export function describeBooleanWord(tree: SyntaxTree, pointer: string): Diagnostic | undefined {
  const text = tree.textAt(pointer);
  if (text?.style !== 'plain' || !isBooleanPlace(tree, pointer)) return undefined;
  const isTrue = /^(?:yes|on|y)$/i.test(text.value);
  if (!isTrue && !/^(?:no|off|n)$/i.test(text.value)) return undefined;
  const right = String(isTrue);
  const span = tree.spanOf(pointer);
  return {
    code: 'yaml/word-for-boolean',
    severity: 'error',
    message: `"${text.value}" is text in YAML 1.2.`,
    span,
    help: [`write ${right}`],
    fixes: [replacement(span, right)],
    pointer,
  };
}

function isBooleanPlace(tree: SyntaxTree, pointer: string): boolean {
  const key = lastKey(pointer);
  if (booleanKeywords.has(key)) return true;
  return key === 'default' && valueAt(tree.value, pointerTo(parentPointer(pointer), 'type')) === 'boolean';
}
