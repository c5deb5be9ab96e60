// Deprecation by itself: a capability that goes away says when, and what comes in its place.

import type { Finding, ContractRule } from '../rule.ts';

export const deprecation: ContractRule = {
  code: 'capability/deprecation-missing',
  severity: 'deny',
  check({ unit, report }) {
    const { tree, declaration } = unit;
    const { lifecycle = 'experimental', deprecation: plan } = declaration.metadata;
    if (lifecycle === 'deprecated' && plan === undefined) {
      report({
        message: 'A deprecated capability says until when it answers, and what to use in its place.',
        span: tree.spanOf('/metadata/lifecycle'),
        pointer: '/metadata/lifecycle',
        help: ['add `deprecation: { since: YYYY-MM-DD, sunset: YYYY-MM-DD, replacement: NAME@MAJOR }`'],
      });
    }
    if (plan === undefined) return;
    if (lifecycle !== 'deprecated')
      report(notDeprecated(lifecycle, unit.tree.spanOf('/metadata/deprecation', 'key')));
    if (plan.sunset < plan.since) {
      report({
        code: 'capability/sunset-before-since',
        severity: 'error',
        message: `The capability ends on ${plan.sunset}, before it is deprecated on ${plan.since}.`,
        span: tree.spanOf('/metadata/deprecation/sunset'),
        labels: [
          { span: tree.spanOf('/metadata/deprecation/since'), message: 'deprecated from this day on' },
        ],
        help: ['swap the two days, or correct one of them'],
        pointer: '/metadata/deprecation/sunset',
      });
    }
  },
};

function notDeprecated(lifecycle: string, span: Finding['span']): Finding {
  return {
    code: 'capability/not-deprecated',
    severity: 'warning',
    message: `\`deprecation\` tells callers to move away; the lifecycle says ${lifecycle}.`,
    span,
    pointer: '/metadata/deprecation',
    help: ['write `lifecycle: deprecated`, or delete the block'],
  };
}
