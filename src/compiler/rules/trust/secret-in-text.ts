// Something that looks like a secret, written out in a file of the project: a prompt, an example, a test, a comment.

import type { Source } from '../../../diagnostics/diagnostic.ts';
import type { PartialFile } from '../../program.ts';
import type { ContractRule, Finding, ProgramRule } from '../rule.ts';
import { findSecrets } from './secret-patterns.ts';

const code = 'trust/secret-in-text';
const severity = 'deny';

export const secretInCapability: ContractRule = {
  code,
  severity,
  check({ unit, report }) {
    findingsIn(unit.tree.source).forEach(report);
  },
};

/** Files that belong to no capability alone: capstan.yaml, and each partial once. */
export const secretInSharedFiles: ProgramRule = {
  code,
  severity,
  check({ units, project, report }) {
    if (project !== undefined) findingsIn(project.tree.source).forEach(report);
    const partials = new Set<PartialFile>(units.flatMap((unit) => [...unit.partials.values()]));
    for (const { source } of partials) findingsIn(source).forEach(report);
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
