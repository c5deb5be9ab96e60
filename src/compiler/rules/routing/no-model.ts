// A project without any model: nothing that its capabilities say can ever be answered.

import type { ProgramRule } from '../rule.ts';

export const noModel: ProgramRule = {
  code: 'routing/no-model',
  severity: 'error',
  check({ units, project, report }) {
    if (project === undefined || units.length === 0 || Object.keys(project.models).length > 0) return;
    const place = project.declaration.models === undefined ? '/providers' : '/models';
    report({
      message: 'The project has no model, so no capability can be served.',
      span: project.tree.spanOf(place, 'key'),
      help: [
        'name one under `models`, as PROVIDER/MODEL with the name of a provider of this project',
        'for answers without a key or a network, add the provider `simulator: { adapter: simulator }`',
      ],
      pointer: place,
    });
  },
};
