// Personal data in the input of a capability that lets providers see it which are cleared for public data only.

import type { ContractRule } from '../rule.ts';
import { personalProperties } from './personal-properties.ts';

const place = '/routing/constraints/dataClass';

export const personalDataUnprotected: ContractRule = {
  code: 'trust/personal-data-unprotected',
  severity: 'deny',
  check({ unit, report }) {
    const { tree, declaration } = unit;
    const dataClass = declaration.routing?.constraints?.dataClass;
    if (dataClass !== undefined && dataClass !== 'public') return;
    const [first, ...others] = personalProperties(unit, 'input');
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const help = ['write `dataClass: internal` or a higher class into routing.constraints'];
    const message =
      dataClass === undefined
        ? `\`${first.name}\`${more} is personal data, and no data class keeps it from any provider.`
        : `\`${first.name}\`${more} is personal data, but the data class is public.`;
    if (dataClass === undefined) {
      report({
        message,
        span: tree.spanOf(first.pointer),
        label: 'personal data',
        help,
        pointer: first.pointer,
      });
      return;
    }
    report({
      message,
      span: tree.spanOf(place),
      label: 'every provider may see it',
      labels: [{ span: tree.spanOf(first.pointer), message: 'personal data' }],
      help,
      pointer: place,
    });
  },
};
