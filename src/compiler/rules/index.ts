// Every rule there is.

import type { ContractRule, ProgramRule, ProjectRule } from './rule.ts';
import { templates } from './templates.ts';

export const contractRules: readonly ContractRule[] = [templates];

export const projectRules: readonly ProjectRule[] = [];

export const programRules: readonly ProgramRule[] = [];
