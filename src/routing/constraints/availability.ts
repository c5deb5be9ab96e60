// A provider that cannot be called now, for instance because its key is not set, serves nothing.

import type { ProviderConstraint } from './constraint.ts';

export const availability: ProviderConstraint = {
  name: 'availability',
  varies: true,
  applies: () => true,
  admits: (provider, { health }) => health.available(provider.id),
  explain: ({ id, apiKey }) => ({
    wanted: 'a provider that can be called',
    actual:
      apiKey === undefined
        ? `provider ${id} is unavailable`
        : `provider ${id} has no key (${apiKey.environment})`,
    relax:
      apiKey === undefined
        ? `wait until the provider ${id} can be called`
        : `set ${apiKey.environment} where the runtime starts`,
  }),
};
