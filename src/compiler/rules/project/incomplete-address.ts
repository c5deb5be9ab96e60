// Vendors whose address holds a part of the customer's own: nobody but the project can say it.

import { pointerTo } from '../../json-pointer.ts';
import type { ProgramRule } from '../rule.ts';

const own = /\{(?<part>[a-z]+)\}/;

export const incompleteAddress: ProgramRule = {
  code: 'project/incomplete-address',
  severity: 'error',
  check({ project, report }) {
    if (project === undefined) return;
    for (const [id, { baseUrl }] of Object.entries(project.declaration.providers ?? {})) {
      const vendor = project.vendors[id];
      const part = vendor && own.exec(vendor.baseUrl)?.groups?.['part'];
      if (vendor === undefined || part === undefined || baseUrl !== undefined) continue;
      const pointer = pointerTo('/providers', id);
      report({
        message: `The address of ${vendor.title} holds a ${part} of your own.`,
        span: project.tree.spanOf(pointer, 'key'),
        help: [`add \`baseUrl\` in the form ${vendor.baseUrl}, with your ${part} in the braces' place`],
        pointer,
      });
    }
  },
};
