// Providers that are to be a vendor of the catalogue, which does not have it.

import { suggest } from '../../../diagnostics/suggest.ts';
import { pointerTo } from '../../json-pointer.ts';
import { vendorNameOf } from '../../lower-project.ts';
import { didYouMean } from '../../../diagnostics/words.ts';
import { quoteValue } from '../../words.ts';
import type { ProgramRule } from '../rule.ts';

export const unknownVendor: ProgramRule = {
  code: 'project/unknown-vendor',
  severity: 'error',
  check({ project, vendorNames, report }) {
    if (project === undefined) return;
    for (const [id, provider] of Object.entries(project.declaration.providers ?? {})) {
      const name = vendorNameOf(id, provider);
      if (name === undefined || project.vendors[id] !== undefined) continue;
      const isNamed = provider.vendor !== undefined;
      const pointer = isNamed ? pointerTo('/providers', id, 'vendor') : pointerTo('/providers', id);
      const near = suggest(name, vendorNames?.() ?? []);
      report({
        message: isNamed
          ? `The catalogue has no vendor ${quoteValue(name)}.`
          : `The provider ${quoteValue(name)} names no adapter, and the catalogue has no vendor of that name.`,
        span: project.tree.spanOf(pointer, isNamed ? 'value' : 'key'),
        help: [
          didYouMean(near) ?? '`capstan models --vendors` lists the vendors',
          'for any other server, say its wire format and its address: `{ adapter: openai, baseUrl: … }`',
        ],
        pointer,
      });
    }
  },
};
