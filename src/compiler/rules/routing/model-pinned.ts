// A capability that names the models it may use. Names of models age, and what the author wanted of them is not written down.

import { listWords } from '../../../diagnostics/words.ts';
import type { ContractRule } from '../rule.ts';

const place = '/routing/constraints/models/allow';

export const modelPinned: ContractRule = {
  code: 'routing/model-pinned',
  severity: 'deny',
  check({ unit, report }) {
    const models = unit.declaration.routing?.constraints?.models?.allow ?? [];
    if (models.length === 0) return;
    const names = models.length > 3 ? `${models.length} models` : listWords(models);
    report({
      message: `This capability is pinned to ${names}.`,
      span: unit.tree.spanOf(models.length === 1 ? `${place}/0` : place),
      help: [
        'say in `requires` and `constraints` what the model must be able to do and where it may run',
        'where a pin has to be, say why: `# capstan-ignore-next-line routing/model-pinned: REASON`',
      ],
      pointer: place,
    });
  },
};
