// A provider sees data only up to the class that it is cleared for.

import type { DataClass } from '../../registry/snapshot.ts';
import type { Constraint } from './constraint.ts';

const ORDER: Record<DataClass, number> = { public: 0, internal: 1, confidential: 2, restricted: 3 };

export const dataClass: Constraint = {
  name: 'data-class',
  admits: ({ provider, requirements }) => {
    const wanted = requirements.constraints.dataClass;
    return wanted === undefined || ORDER[provider.dataClass] >= ORDER[wanted];
  },
  explain: ({ provider, requirements }) => ({
    wanted: `clearance for ${requirements.constraints.dataClass ?? 'public'} data`,
    actual: `clearance up to ${provider.dataClass}`,
  }),
};
