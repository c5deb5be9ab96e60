// Data stays in the regions that the capability allows. A provider that may answer from several regions must be
// allowed in each of them, because no request can choose; one that does not say where it is, is nowhere allowed.

import type { Constraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const region: Constraint = {
  name: 'region',
  admits: ({ provider, requirements }) => {
    const allowed = requirements.constraints.regions;
    if (allowed === undefined) return true;
    const regions = provider.regions;
    return regions !== undefined && regions.length > 0 && regions.every((name) => allowed.includes(name));
  },
  explain: ({ provider, requirements }) => ({
    wanted: `only ${printNames(requirements.constraints.regions)}`,
    actual: provider.regions === undefined ? 'regions that are not known' : printNames(provider.regions),
  }),
};
