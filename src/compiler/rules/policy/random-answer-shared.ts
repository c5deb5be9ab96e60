// Answers that are random, kept, and given to everybody.

import type { ContractRule } from '../rule.ts';

const place = '/policies/cache/scope';

export const randomAnswerShared: ContractRule = {
  code: 'policy/random-answer-shared',
  severity: 'deny',
  check({ unit, report }) {
    const { tree, declaration } = unit;
    const { cache } = declaration.policies ?? {};
    const temperature = declaration.sampling?.temperature ?? 0;
    if (cache?.mode !== 'exact' || cache.scope !== 'global' || temperature === 0) return;
    report({
      message: `One caller's random answer is served to everybody: the cache is global, and the temperature is ${temperature}.`,
      span: tree.spanOf(place),
      labels: [{ span: tree.spanOf('/sampling/temperature'), message: 'answers differ from call to call' }],
      help: ['write `scope: team`, or `temperature: 0`'],
      pointer: place,
    });
  },
};
