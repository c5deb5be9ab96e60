// Every kind of input that this very call holds (an image, a sound, …) has to be one the model takes.

import type { ModelConstraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const inputModalities: ModelConstraint = {
  name: 'input',
  varies: true,
  applies: ({ requirements }) => (requirements.inputModalities?.length ?? 0) > 0,
  admits: (model, { requirements }) => {
    for (const modality of requirements.inputModalities ?? [])
      if (!model.modalities.includes(modality)) return false;
    return true;
  },
  explain: (model, { requirements }) => {
    const held = requirements.inputModalities ?? [];
    return {
      wanted: printNames(held),
      actual: printNames(model.modalities),
      relax: `send it without ${printNames(held.filter((modality) => !model.modalities.includes(modality)))}`,
    };
  },
};
