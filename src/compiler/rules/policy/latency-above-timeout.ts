// A latency constraint that lets models pass which are slower than the deadline of the call.

import type { ProjectRule } from '../rule.ts';

const place = '/routing/constraints/maxLatency';

export const latencyAboveTimeout: ProjectRule = {
  code: 'policy/latency-above-timeout',
  severity: 'warning',
  check({ unit, capability, report }) {
    const { tree, declaration } = unit;
    const latency = declaration.routing?.constraints?.maxLatency;
    const { maxLatencyMs = 0 } = capability.routing.constraints;
    const { timeoutMs } = capability.policies;
    if (latency === undefined || maxLatencyMs <= timeoutMs) return;
    const isOwn = declaration.policies?.timeout !== undefined;
    report({
      message: `Models may take ${latency}, but calls end after ${timeoutMs / 1000} s.`,
      span: tree.spanOf(place),
      label: 'longer than the timeout',
      ...(isOwn && { labels: [{ span: tree.spanOf('/policies/timeout'), message: 'calls end after this' }] }),
      help: ['lower maxLatency, or raise the timeout'],
      pointer: place,
    });
  },
};
