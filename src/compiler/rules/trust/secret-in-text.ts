// Something that looks like a secret, written out in a file of the project: a prompt, an example, a test, a comment.

import type { Source } from '../../../diagnostics/diagnostic.ts';
import type { Finding, ProgramRule } from '../rule.ts';
import { findSecrets } from './secret-patterns.ts';

/** Looks at every file, sound or not: the lines of a broken one are shown most often. */
export const secretInText: ProgramRule = {
  code: 'trust/secret-in-text',
  severity: 'deny',
  check({ sources, headings, report }) {
    const names = new Map(headings.map(({ name, tree }) => [tree.source, name]));
    for (const source of sources) {
      const capability = names.get(source);
      for (const finding of findingsIn(source))
        report({ ...(capability !== undefined && { capability }), ...finding });
    }
  },
};

function findingsIn({ path, text }: Source): Finding[] {
  return findSecrets(text).map(({ kind, start, end }) => ({
    message: `This looks like ${kind}.`,
    span: { path, start, end },
    isSecret: true,
    help: [
      'remove it, and withdraw it if it was real: whoever reads this repository has it',
      'keys of providers come from the environment; capstan.yaml names the variable',
    ],
  }));
}
