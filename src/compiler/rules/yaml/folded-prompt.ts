// Messages whose lines YAML joins: `>` and texts over several lines without a block header. The model sees one long line,
// and places inside it can only be shown by search.

import { pointerTo } from '../../json-pointer.ts';
import type { ScalarText } from '../../scalar-text.ts';
import type { ContractRule, Finding } from '../rule.ts';

export const foldedPrompt: ContractRule = {
  code: 'yaml/folded-prompt',
  severity: 'warning',
  check({ unit, report }) {
    for (const index of unit.declaration.prompt.keys()) {
      const pointer = pointerTo('/prompt', index, 'content');
      const text = unit.tree.textAt(pointer);
      if (text !== undefined && joinsLines(text)) report(describe(text, pointer, unit.tree.source.path));
    }
  },
};

function joinsLines({ style, raw }: ScalarText): boolean {
  return style !== 'literal' && /[^\s][^\S\r\n]*[\r\n]+\s*[^\s]/.test(raw.slice(0, searchedLengthMax));
}

/** Whether lines are joined shows soon. */
const searchedLengthMax = 10_000;

function describe({ style, range: [start], offset }: ScalarText, pointer: string, path: string): Finding {
  const isBlock = style === 'folded';
  return {
    message: `${isBlock ? 'Folded text' : 'A text over several lines'} joins its lines: the model does not see your line breaks.`,
    span: { path, start, end: isBlock ? start + 1 : offset + 1 },
    pointer,
    help: [isBlock ? 'use |' : 'write | after the colon, and the text below it without quotes'],
    ...(isBlock && {
      fixes: [
        {
          message: 'Keep the line breaks.',
          safety: 'safe',
          edits: [{ span: { path, start, end: start + 1 }, text: '|' }],
        },
      ],
    }),
  };
}
