// The capability's list of allowed and denied providers. A deny beats an allow.

import type { ProviderConstraint } from './constraint.ts';
import { explainList, isOnList } from './constraint.ts';

export const providers: ProviderConstraint = {
  name: 'providers',
  varies: false,
  applies: ({ requirements }) => requirements.constraints.providers !== undefined,
  admits: (provider, { requirements }) => isOnList(provider.id, requirements.constraints.providers),
  explain: (provider, { requirements }) => explainList(provider.id, requirements.constraints.providers),
};
