// The capability's list of allowed and denied models, by id. A deny beats an allow.

import type { ModelConstraint } from './constraint.ts';
import { explainList, isOnList } from './constraint.ts';

export const models: ModelConstraint = {
  name: 'models',
  varies: false,
  applies: ({ requirements }) => requirements.constraints.models !== undefined,
  admits: (model, { requirements }) => isOnList(model.id, requirements.constraints.models),
  explain: (model, { requirements }) => explainList(model.id, requirements.constraints.models),
};
