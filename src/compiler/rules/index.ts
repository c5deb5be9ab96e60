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
import { duplicateExample } from './example/duplicate-name.ts';
import { exampleInput } from './example/invalid-input.ts';
import { exampleOutput } from './example/invalid-output.ts';
import { defaultTimeoutOutOfRange, durationOutOfRange } from './policy/duration-out-of-range.ts';
import { latencyAboveTimeout } from './policy/latency-above-timeout.ts';
import { noCostLimit } from './policy/no-cost-limit.ts';
import { policyWithoutEffect } from './policy/no-effect.ts';
import { personalDataShared } from './policy/personal-data-shared.ts';
import { randomAnswerShared } from './policy/random-answer-shared.ts';
import { waitsExceedTimeout } from './policy/waits-exceed-timeout.ts';
import { incompleteAddress } from './project/incomplete-address.ts';
import { sameOut } from './project/same-out.ts';
import { unknownAdapter } from './project/unknown-adapter.ts';
import { unknownModel } from './project/unknown-model.ts';
import { unknownProvider } from './project/unknown-provider.ts';
import { unknownRule } from './project/unknown-rule.ts';
import { unknownTarget } from './project/unknown-target.ts';
import { unknownVendor } from './project/unknown-vendor.ts';
import { allowedAndDenied } from './routing/allowed-and-denied.ts';
import { costLimitTooLow } from './routing/cost-limit-too-low.ts';
import { modelPinned } from './routing/model-pinned.ts';
import { noModelFits } from './routing/no-model-fits.ts';
import { noModel } from './routing/no-model.ts';
import { outputTooLong } from './routing/output-too-long.ts';
import { singleModel } from './routing/single-model.ts';
import { tierRules } from './routing/tier-rules.ts';
import { unenforcedOutput } from './routing/unenforced-output.ts';
import { unknownName } from './routing/unknown-name.ts';
import { unknownPrice } from './routing/unknown-price.ts';
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
import { badPattern } from './test/bad-pattern.ts';
import { duplicateTest } from './test/duplicate-name.ts';
import { impossibleRoles } from './test/impossible-roles.ts';
import { inputTwice } from './test/input-twice.ts';
import { testInput } from './test/invalid-input.ts';
import { messageOutOfRange } from './test/message-out-of-range.ts';
import { missingTests } from './test/missing.ts';
import { noAssertion } from './test/no-assertion.ts';
import { singleRun } from './test/single-run.ts';
import { unknownExample } from './test/unknown-example.ts';
import { unknownPath } from './test/unknown-path.ts';
import { unknownSource } from './test/unknown-source.ts';
import { wrongLevel } from './test/wrong-level.ts';
import { duplicateTier } from './tier/duplicate.ts';
import { notOffered } from './tier/not-offered.ts';
import { tierOrder, tierOrderOfProject } from './tier/order-against-price.ts';
import { promptTooLong } from './tier/prompt-too-long.ts';
import { unknownDefaultTier, unknownTier } from './tier/unknown.ts';
import { personalDataUnprotected } from './trust/personal-data-unprotected.ts';
import { secretInText } from './trust/secret-in-text.ts';
import { trustedInput } from './trust/trusted-input.ts';
import { foldedPrompt } from './yaml/folded-prompt.ts';

export const contractRules: readonly ContractRule[] = [
  allowedAndDenied,
  badPattern,
  deprecation,
  duplicateExample,
  duplicateTest,
  durationOutOfRange,
  emptyObject,
  exampleInput,
  exampleOutput,
  foldedPrompt,
  freeFormOutput,
  impossibleRoles,
  inputTwice,
  messageOutOfRange,
  missingTests,
  modelPinned,
  noAssertion,
  optionalOutput,
  otherFileName,
  personalDataShared,
  personalDataUnprotected,
  policyWithoutEffect,
  poorDescription,
  randomAnswerShared,
  singleRun,
  templates,
  testInput,
  tierRules,
  trustedInput,
  unboundedList,
  unboundedText,
  undescribedOutput,
  unenforcedKeyword,
  unknownExample,
  unknownPath,
  unknownSource,
  unusedOwnDefinition,
  wrongLevel,
];

export const projectRules: readonly ProjectRule[] = [
  costLimitTooLow,
  duplicateTier,
  latencyAboveTimeout,
  noCostLimit,
  noModelFits,
  notOffered,
  outputTooLong,
  singleModel,
  tierOrder,
  unenforcedOutput,
  promptTooLong,
  unknownName,
  unknownOwner,
  unknownTier,
  waitsExceedTimeout,
];

export const programRules: readonly ProgramRule[] = [
  defaultTimeoutOutOfRange,
  duplicateName,
  incompleteAddress,
  nameOfModel,
  noModel,
  sameIdentifier,
  sameOut,
  secretInText,
  sunsetPassed,
  tierOrderOfProject,
  unknownAdapter,
  unknownDefaultTier,
  unknownModel,
  unknownPrice,
  unknownProvider,
  unknownReplacement,
  unknownRule,
  unknownTarget,
  unknownVendor,
  unusedSharedDefinition,
];
