// Every kind of input that is required (text, image, audio, …) has to be one the model takes.

import type { ModelConstraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const modalities: ModelConstraint = {
  name: 'modalities',
  varies: false,
  applies: ({ requirements }) => (requirements.requires.modalities?.length ?? 0) > 0,
  admits: (model, { requirements }) => {
    for (const modality of requirements.requires.modalities ?? [])
      if (!model.modalities.includes(modality)) return false;
    return true;
  },
  explain: (model, { requirements }) => {
    const wanted = requirements.requires.modalities ?? [];
    return {
      wanted: printNames(wanted),
      actual: printNames(model.modalities),
      relax: `do without ${printNames(wanted.filter((modality) => !model.modalities.includes(modality)))}`,
    };
  },
};
