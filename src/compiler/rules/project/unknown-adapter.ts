// Providers whose wire format Capstan does not speak.

import { pointerTo } from '../../json-pointer.ts';
import { quoteValue } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { ProgramRule } from '../rule.ts';

export const unknownAdapter: ProgramRule = {
  code: 'project/unknown-adapter',
  severity: 'error',
  check({ project, adapters, report }) {
    if (project === undefined || adapters === undefined) return;
    for (const [id, { adapter }] of Object.entries(project.declaration.providers ?? {})) {
      const vendor = project.vendors[id];
      if (adapter === undefined && vendor !== undefined && !adapters.includes(vendor.adapter)) {
        report({
          message: `${vendor.title} is in the catalogue, but this version has no adapter ${quoteValue(vendor.adapter)} to call it with.`,
          span: project.tree.spanOf(pointerTo('/providers', id), 'key'),
          notes: ['only its models and prices are known'],
          help: [
            'where a server offers the same models in the format of OpenAI, write `adapter: openai` and its `baseUrl`',
          ],
          pointer: pointerTo('/providers', id),
        });
      }
      if (adapter === undefined || adapters.includes(adapter)) continue;
      const pointer = pointerTo('/providers', id, 'adapter');
      const span = project.tree.spanOf(pointer);
      report({
        message: `There is no adapter ${quoteValue(adapter)}.`,
        span,
        ...nearName(adapter, adapters, 'adapters', span),
        notes: [
          'an adapter is a wire format, not a vendor: servers that speak the format of OpenAI use `openai`',
        ],
        pointer,
      });
    }
  },
};
