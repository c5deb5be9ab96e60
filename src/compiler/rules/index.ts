// Every rule there is.

import { deprecation } from './capability/deprecation.ts';
import { duplicateName } from './capability/duplicate-name.ts';
import { nameOfModel } from './capability/name-of-model.ts';
import { otherFileName } from './capability/other-file-name.ts';
import { poorDescription } from './capability/poor-description.ts';
import { sameIdentifier } from './capability/same-identifier.ts';
import { sunsetPassed } from './capability/sunset-passed.ts';
import { unknownOwner } from './capability/unknown-owner.ts';
import { unknownReplacement } from './capability/unknown-replacement.ts';
import { sameOut } from './project/same-out.ts';
import { unknownAdapter } from './project/unknown-adapter.ts';
import { unknownModel } from './project/unknown-model.ts';
import { unknownProvider } from './project/unknown-provider.ts';
import { unknownRule } from './project/unknown-rule.ts';
import { unknownTarget } from './project/unknown-target.ts';
import { unknownTier } from './project/unknown-tier.ts';
import type { ContractRule, ProgramRule, ProjectRule } from './rule.ts';
import { templates } from './templates.ts';
import { foldedPrompt } from './yaml/folded-prompt.ts';

export const contractRules: readonly ContractRule[] = [
  deprecation,
  foldedPrompt,
  otherFileName,
  poorDescription,
  templates,
];

export const projectRules: readonly ProjectRule[] = [unknownOwner];

export const programRules: readonly ProgramRule[] = [
  duplicateName,
  nameOfModel,
  sameIdentifier,
  sameOut,
  sunsetPassed,
  unknownAdapter,
  unknownModel,
  unknownProvider,
  unknownReplacement,
  unknownRule,
  unknownTarget,
  unknownTier,
];
