// Every feature that is required (structured output, tools, reasoning, …) has to be among the model's.

import type { ModelConstraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const features: ModelConstraint = {
  name: 'features',
  varies: false,
  applies: ({ requirements }) => (requirements.requires.features?.length ?? 0) > 0,
  admits: (model, { requirements }) => {
    for (const feature of requirements.requires.features ?? [])
      if (!model.features.includes(feature)) return false;
    return true;
  },
  explain: (model, { requirements }) => {
    const wanted = requirements.requires.features ?? [];
    return {
      wanted: printNames(wanted),
      actual: printNames(model.features),
      relax: `do without ${printNames(wanted.filter((feature) => !model.features.includes(feature)))}`,
    };
  },
};
