// The model's observed p95 stays within the limit. A model not yet observed passes; ranking puts it last.

import type { Constraint } from './constraint.ts';
import { printCount } from './constraint.ts';

export const latency: Constraint = {
  name: 'latency',
  admits: ({ model, requirements, health }) => {
    const limit = requirements.constraints.maxLatencyMs;
    if (limit === undefined) return true;
    const observed = health.latencyMs?.(model.id);
    return observed === undefined || observed <= limit;
  },
  explain: ({ model, requirements, health }) => ({
    wanted: `at most ${printCount(requirements.constraints.maxLatencyMs ?? 0)} ms`,
    actual: `${printCount(Math.round(health.latencyMs?.(model.id) ?? 0))} ms`,
  }),
};
