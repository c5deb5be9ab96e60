// Every kind of input that is required (text, image, audio, …) has to be one the model takes.

import type { Constraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const modalities: Constraint = {
  name: 'modalities',
  admits: ({ model, requirements }) =>
    requirements.requires.modalities?.every((modality) => model.modalities.includes(modality)) ?? true,
  explain: ({ model, requirements }) => ({
    wanted: printNames(requirements.requires.modalities),
    actual: printNames(model.modalities),
  }),
};
