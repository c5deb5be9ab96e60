// Replacements of deprecated capabilities that do not exist: callers would be sent nowhere.

import { suggest } from '../../../diagnostics/suggest.ts';
import type { CapabilityUnit } from '../../program.ts';
import { didYouMean } from '../../../diagnostics/words.ts';
import { quoteValue } from '../../words.ts';
import { replaceBy } from '../near-name.ts';
import type { Finding, ProgramRule } from '../rule.ts';

export const unknownReplacement: ProgramRule = {
  code: 'capability/unknown-replacement',
  severity: 'error',
  check({ units, headings, unread, report }) {
    const latest = new Map<string, number>();
    for (const { name, major } of headings) latest.set(name, Math.max(major, latest.get(name) ?? 0));
    const known = new Set([...headings.map(({ key }) => key), ...latest.keys()]);
    for (const unit of units) {
      const replacement = unit.declaration.metadata.deprecation?.replacement;
      if (replacement === undefined || unread.has(replacement.replace(/@.*$/, ''))) continue;
      const key = replacement.includes('@') ? replacement : `${replacement}@${latest.get(replacement) ?? ''}`;
      if (key === unit.key) report(replacesItself(unit, replacement));
      else if (!known.has(replacement)) report(unknown(unit, replacement, [...known].filter(isOther(unit))));
    }
  },
};

const isOther =
  ({ key, declaration }: CapabilityUnit) =>
  (reference: string): boolean =>
    reference !== key && reference !== declaration.metadata.name;

const pointer = '/metadata/deprecation/replacement';

function unknown(
  { tree, declaration }: CapabilityUnit,
  replacement: string,
  known: readonly string[],
): Finding {
  const span = tree.spanOf(pointer);
  const near = suggest(replacement, known);
  const [only] = near;
  return {
    message: `The replacement ${quoteValue(replacement)} does not exist.`,
    span,
    help: [didYouMean(near) ?? 'name a capability of this project: NAME or NAME@MAJOR'],
    ...(only !== undefined && near.length === 1 && { fixes: [replaceBy(only, span)] }),
    capability: declaration.metadata.name,
    pointer,
  };
}

function replacesItself({ tree, declaration }: CapabilityUnit, replacement: string): Finding {
  return {
    message: `${quoteValue(replacement)} is this capability; it cannot replace itself.`,
    span: tree.spanOf(pointer),
    help: ['name another capability, or a later major of this one: NAME@MAJOR'],
    capability: declaration.metadata.name,
    pointer,
  };
}
