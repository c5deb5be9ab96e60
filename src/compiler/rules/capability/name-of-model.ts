// A capability with the name of a model: callers address both by that name in one and the same field.

import type { SourceSpan } from '../../../diagnostics/diagnostic.ts';
import { pointerTo } from '../../json-pointer.ts';
import type { Project } from '../../program.ts';
import { quoteValue } from '../../words.ts';
import type { ProgramRule } from '../rule.ts';

export const nameOfModel: ProgramRule = {
  code: 'capability/name-of-model',
  severity: 'error',
  check({ headings, project, report }) {
    if (project === undefined) return;
    const models = modelNames(project);
    for (const { tree, name } of headings) {
      const other = models.get(name);
      if (other === undefined) continue;
      report({
        message: `${quoteValue(name)} is also ${other.what}.`,
        span: tree.spanOf('/metadata/name'),
        ...(other.span && { labels: [{ span: other.span, message: 'the other meaning of the name' }] }),
        help: ['rename the capability: callers name capabilities and models in the same place'],
        capability: name,
        pointer: '/metadata/name',
      });
    }
  },
};

interface OtherMeaning {
  readonly what: string;
  readonly span?: SourceSpan;
}

/** Every bare name that callers may use for something else than a capability. */
function modelNames({ tree, aliases, models, declaration }: Project): ReadonlyMap<string, OtherMeaning> {
  const names = new Map<string, OtherMeaning>([['auto', { what: 'the word for "any model that fits"' }]]);
  for (const { id, name } of Object.values(models)) {
    const isDeclared = declaration.models?.[id] !== undefined;
    names.set(name, {
      what: `the model ${id}`,
      ...(isDeclared && { span: tree.spanOf(pointerTo('/models', id), 'key') }),
    });
  }
  for (const [alias, id] of Object.entries(aliases)) {
    names.set(alias, { what: `an alias of ${id}`, span: tree.spanOf(pointerTo('/aliases', alias), 'key') });
  }
  return names;
}
