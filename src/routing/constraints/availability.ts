// A provider that cannot be called now, for instance because its key is not set, serves nothing.

import type { Constraint } from './constraint.ts';

export const availability: Constraint = {
  name: 'availability',
  admits: ({ provider, health }) => health.available(provider.id),
  explain: ({ provider }) => ({
    wanted: 'a provider that can be called',
    actual:
      provider.apiKey === undefined
        ? `provider ${provider.id} is unavailable`
        : `provider ${provider.id} has no key (${provider.apiKey.environment})`,
  }),
};
