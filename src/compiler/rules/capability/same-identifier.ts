// Two names that every generator turns into one identifier: the methods of generated clients would be numbered by chance.

import type { Heading } from '../../program.ts';
import { quoteValue } from '../../words.ts';
import type { ProgramRule } from '../rule.ts';

export const sameIdentifier: ProgramRule = {
  code: 'capability/same-identifier',
  severity: 'error',
  check({ headings, report }) {
    const keys = new Set(headings.map(({ key }) => key));
    const firsts = new Map<string, Heading>();
    for (const heading of headings) {
      const identifier = identifierOf(heading, keys);
      const first = firsts.get(identifier) ?? heading;
      firsts.set(identifier, first);
      // Two files of one key are another mistake.
      if (first.key === heading.key) continue;
      report({
        message: `${quoteValue(first.key)} and ${quoteValue(heading.key)} are both called ${quoteValue(identifier)} in generated code.`,
        span: heading.tree.spanOf('/metadata/name'),
        labels: [{ span: first.tree.spanOf('/metadata/name'), message: 'the other name' }],
        help: ['rename one of the two'],
        capability: heading.name,
        pointer: '/metadata/name',
      });
    }
  },
};

/** What generated code calls a capability: later majors carry their number. */
function identifierOf({ name, major }: Heading, keys: ReadonlySet<string>): string {
  const isBare = major === 1 || (major === 0 && !keys.has(`${name}@1`));
  const camel = name.replaceAll(/-(?<next>.)/g, (_, next: string) => next.toUpperCase());
  return isBare ? camel : `${camel}V${major}`;
}
