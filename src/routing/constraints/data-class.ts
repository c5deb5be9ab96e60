// A provider sees data only up to the class that it is cleared for.

import type { DataClass } from '../../registry/snapshot.ts';
import type { ProviderConstraint } from './constraint.ts';

const ORDER: Record<DataClass, number> = { public: 0, internal: 1, confidential: 2, restricted: 3 };

export const dataClass: ProviderConstraint = {
  name: 'data-class',
  varies: false,
  applies: ({ requirements }) => requirements.constraints.dataClass !== undefined,
  admits: (provider, { requirements }) =>
    ORDER[provider.dataClass] >= ORDER[requirements.constraints.dataClass ?? 'public'],
  explain: (provider, { requirements }) => {
    const wanted = requirements.constraints.dataClass ?? 'public';
    return {
      wanted: `clearance for ${wanted} data`,
      actual: `clearance up to ${provider.dataClass}`,
      relax: `send ${provider.dataClass} data at most, or clear the provider ${provider.id} for ${wanted} data`,
    };
  },
};
