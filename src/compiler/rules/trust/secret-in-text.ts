// Something that looks like a secret, written out in a file of the project: a prompt, an example, a test, a comment.

import type { Source } from '../../../diagnostics/diagnostic.ts';
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

/** Files that belong to no capability alone: capstan.yaml, shared schemas and partials, used or not. */
export const secretInSharedFiles: ProgramRule = {
  code,
  severity,
  check({ library, project, report }) {
    const shared = [...library.schemas.values(), ...library.partials.values()];
    const sources = [...(project === undefined ? [] : [project.tree]), ...shared].map(({ source }) => source);
    for (const source of sources) findingsIn(source).forEach(report);
  },
};

/** Files that did not change are not searched again. */
const known = new WeakMap<Source, readonly Finding[]>();

function findingsIn(source: Source): readonly Finding[] {
  const ready = known.get(source) ?? searched(source);
  known.set(source, ready);
  return ready;
}

function searched({ path, text }: Source): Finding[] {
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
