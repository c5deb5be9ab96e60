// Every feature that is required (structured output, tools, reasoning, …) has to be among the model's.

import type { Constraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const features: Constraint = {
  name: 'features',
  admits: ({ model, requirements }) =>
    requirements.requires.features?.every((feature) => model.features.includes(feature)) ?? true,
  explain: ({ model, requirements }) => ({
    wanted: printNames(requirements.requires.features),
    actual: printNames(model.features),
  }),
};
