// Levels for rules that do not exist, and for errors, which have no other level.

import { codes, isDiagnosticCode } from '../../codes.ts';
import { pointerTo } from '../../json-pointer.ts';
import { quoteValue } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { ProgramRule } from '../rule.ts';

export const unknownRule: ProgramRule = {
  code: 'project/unknown-rule',
  severity: 'error',
  check({ project, report }) {
    if (project === undefined) return;
    for (const [code, level] of Object.entries(project.lint)) {
      const pointer = pointerTo('/lint', code);
      const span = project.tree.spanOf(pointer, 'key');
      if (!isDiagnosticCode(code)) {
        const near = nearName(code, Object.keys(codes), 'rules', span);
        const help = near.help.length === 0 ? ['`capstan explain` lists the codes'] : near.help;
        report({ message: `There is no rule ${quoteValue(code)}.`, span, ...near, help, pointer });
      } else if (codes[code] === 'error' && level !== 'error') {
        report({
          code: 'project/error-lowered',
          message: `${code} is an error of the language and stays one.`,
          span: project.tree.spanOf(pointer),
          help: ['delete the line; only what is not an error has another level'],
          pointer,
        });
      }
    }
  },
};
