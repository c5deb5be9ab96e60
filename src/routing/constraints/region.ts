// Data stays in the regions that the capability allows. A provider that may answer from several regions must be
// allowed in each of them, because no request can choose; one that does not say where it is, is nowhere allowed.

import type { ProviderConstraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const region: ProviderConstraint = {
  name: 'region',
  varies: false,
  applies: ({ requirements }) => requirements.constraints.regions !== undefined,
  admits: ({ regions }, { requirements }) => {
    if (regions === undefined || regions.length === 0) return false;
    for (const name of regions) if (requirements.constraints.regions?.includes(name) !== true) return false;
    return true;
  },
  explain: ({ id, regions }, { requirements }) => {
    const allowed = requirements.constraints.regions ?? [];
    return {
      wanted: `only ${printNames(allowed)}`,
      actual: regions === undefined ? 'regions that are not known' : printNames(regions),
      relax:
        regions === undefined
          ? `say in which regions the provider ${id} runs`
          : `also allow the region ${printNames(regions.filter((name) => !allowed.includes(name)))}`,
    };
  },
};
