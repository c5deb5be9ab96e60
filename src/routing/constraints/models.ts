// The capability's list of allowed and denied models, by id. A deny beats an allow.

import type { Constraint } from './constraint.ts';
import { printNames } from './constraint.ts';

export const models: Constraint = {
  name: 'models',
  admits: ({ model, requirements }) => {
    const list = requirements.constraints.models;
    if (list === undefined) return true;
    return list.deny?.includes(model.id) !== true && (list.allow?.includes(model.id) ?? true);
  },
  explain: ({ model, requirements }) => {
    const list = requirements.constraints.models;
    const denied = list?.deny?.includes(model.id) === true;
    return {
      wanted: denied ? `any but ${printNames(list.deny)}` : `one of ${printNames(list?.allow)}`,
      actual: model.id,
    };
  },
};
