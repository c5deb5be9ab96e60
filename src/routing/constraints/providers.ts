// The capability's list of allowed and denied providers. A deny beats an allow.

import type { Constraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const providers: Constraint = {
  name: 'providers',
  admits: ({ provider, requirements }) => {
    const list = requirements.constraints.providers;
    if (list === undefined) return true;
    return list.deny?.includes(provider.id) !== true && (list.allow?.includes(provider.id) ?? true);
  },
  explain: ({ provider, requirements }) => {
    const list = requirements.constraints.providers;
    const denied = list?.deny?.includes(provider.id) === true;
    return {
      wanted: denied ? `any but ${printNames(list.deny)}` : `one of ${printNames(list?.allow)}`,
      actual: provider.id,
    };
  },
};
