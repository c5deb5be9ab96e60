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
      if (adapters.includes(adapter)) continue;
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
