// Every rule there is.

import type { ContractRule, ProgramRule, ProjectRule } from './rule.ts';
import { templates } from './templates.ts';
import { foldedPrompt } from './yaml/folded-prompt.ts';

export const contractRules: readonly ContractRule[] = [templates, foldedPrompt];

export const projectRules: readonly ProjectRule[] = [];

export const programRules: readonly ProgramRule[] = [];
