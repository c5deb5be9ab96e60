// Values beside a policy that switches them off.

import type { ContractRule } from '../rule.ts';

export const policyWithoutEffect: ContractRule = {
  code: 'policy/no-effect',
  severity: 'warning',
  check({ unit, report }) {
    const { tree, declaration } = unit;
    const { cache, retry } = declaration.policies ?? {};
    const idle: { readonly pointer: string; readonly because: string; readonly at: string }[] = [];
    if (cache?.mode === 'none') {
      const because = 'nothing is kept';
      const at = '/policies/cache/mode';
      if (cache.ttl !== undefined) idle.push({ pointer: '/policies/cache/ttl', because, at });
      if (cache.scope !== undefined) idle.push({ pointer: '/policies/cache/scope', because, at });
    }
    if (retry?.maxAttempts === 1 && retry.on !== undefined) {
      idle.push({
        pointer: '/policies/retry/on',
        because: 'one attempt is the first and the last',
        at: '/policies/retry/maxAttempts',
      });
    }
    for (const { pointer, because, at } of idle) {
      const name = pointer.slice(pointer.lastIndexOf('/') + 1);
      report({
        message: `\`${name}\` has no effect: ${because}.`,
        span: tree.spanOf(pointer, 'key'),
        labels: [{ span: tree.spanOf(at), message: 'because of this' }],
        help: [`leave \`${name}\` out`],
        pointer,
      });
    }
  },
};
