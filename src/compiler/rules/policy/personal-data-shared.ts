// Personal data in a cache that everybody shares.

import type { ContractRule } from '../rule.ts';
import { personalProperties } from '../trust/personal-properties.ts';

const place = '/policies/cache/scope';
const labelsMax = 3;

export const personalDataShared: ContractRule = {
  code: 'policy/personal-data-shared',
  severity: 'deny',
  check({ unit, report }) {
    const { cache } = unit.declaration.policies ?? {};
    if (cache?.mode !== 'exact' || cache.scope !== 'global') return;
    const personal = [...personalProperties(unit, 'input'), ...personalProperties(unit, 'output')];
    const [first, ...others] = personal;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    report({
      message: `\`${first.name}\`${more} is personal data, and a global cache shares answers between teams.`,
      span: unit.tree.spanOf(place),
      labels: personal
        .slice(0, labelsMax)
        .map(({ pointer }) => ({ span: unit.tree.spanOf(pointer), message: 'personal data' })),
      help: ['write `scope: team` or `scope: caller`, or `mode: none`'],
      pointer: place,
    });
  },
};
