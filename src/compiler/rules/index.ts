// Every rule there is.

import type { ContractRule, ProgramRule, ProjectRule } from './rule.ts';
import { emptyObject } from './schema/empty-object.ts';
import { freeFormOutput } from './schema/free-form-output.ts';
import { optionalOutput } from './schema/optional-output.ts';
import { unboundedList } from './schema/unbounded-list.ts';
import { unboundedText } from './schema/unbounded-text.ts';
import { undescribedOutput } from './schema/undescribed-output.ts';
import { unenforcedKeyword } from './schema/unenforced-keyword.ts';
import { unusedOwnDefinition, unusedSharedDefinition } from './schema/unused-definition.ts';
import { templates } from './templates.ts';
import { foldedPrompt } from './yaml/folded-prompt.ts';

export const contractRules: readonly ContractRule[] = [
  templates,
  foldedPrompt,
  emptyObject,
  freeFormOutput,
  optionalOutput,
  unboundedList,
  unboundedText,
  undescribedOutput,
  unenforcedKeyword,
  unusedOwnDefinition,
];

export const projectRules: readonly ProjectRule[] = [];

export const programRules: readonly ProgramRule[] = [unusedSharedDefinition];
