// The model's observed p95 stays within the limit. A model not yet observed passes; ranking puts it last.

import type { ModelConstraint } from './constraint.ts';
import { printCount } from './constraint.ts';

export const latency: ModelConstraint = {
  name: 'latency',
  varies: true,
  applies: ({ requirements, health }) =>
    requirements.constraints.maxLatencyMs !== undefined && health.latencyMs !== undefined,
  admits: (model, { requirements, health }) => {
    const observed = health.latencyMs?.(model);
    return observed === undefined || observed <= (requirements.constraints.maxLatencyMs ?? Infinity);
  },
  explain: (model, { requirements, health }) => {
    const observed = printCount(Math.ceil(health.latencyMs?.(model) ?? 0));
    return {
      wanted: `at most ${printCount(requirements.constraints.maxLatencyMs ?? 0)} ms`,
      actual: `${observed} ms`,
      relax: `allow ${observed} ms`,
    };
  },
};
