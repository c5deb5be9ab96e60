// Aliases of models that the project does not list: they can be called, and nothing is known of them.

import { suggest } from '../../../diagnostics/suggest.ts';
import { pointerTo } from '../../json-pointer.ts';
import { didYouMean } from '../../../diagnostics/words.ts';
import { quoteValue } from '../../words.ts';
import { replaceBy } from '../near-name.ts';
import type { ProgramRule } from '../rule.ts';
import { hasProvider } from './unknown-provider.ts';

export const unknownModel: ProgramRule = {
  code: 'project/unknown-model',
  severity: 'warning',
  check({ project, report }) {
    if (project === undefined) return;
    const { aliases, models, tree } = project;
    for (const [alias, id] of Object.entries(aliases)) {
      if (Object.hasOwn(models, id) || !hasProvider(project, id)) continue;
      const pointer = pointerTo('/aliases', alias);
      const span = tree.spanOf(pointer);
      const provider = id.slice(0, id.indexOf('/') + 1);
      // Ids of one provider are alike by their beginning; what was mistyped is behind it.
      const names = Object.keys(models).flatMap((each) =>
        each.startsWith(provider) ? each.slice(provider.length) : [],
      );
      const near = suggest(id.slice(provider.length), names).map((name) => `${provider}${name}`);
      const help = didYouMean(near);
      report({
        message: `${quoteValue(id)} is not among the models: its price and its limits are not known.`,
        span,
        help: [help ?? 'declare it under `models`'],
        ...(near.length === 1 && { fixes: [replaceBy(near[0] ?? '', span)] }),
        pointer,
      });
    }
  },
};
