// Every rule there is.

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
import { allowedAndDenied } from './routing/allowed-and-denied.ts';
import { costLimitTooLow } from './routing/cost-limit-too-low.ts';
import { modelPinned } from './routing/model-pinned.ts';
import { noModelFits } from './routing/no-model-fits.ts';
import { noModel } from './routing/no-model.ts';
import { outputTooLong } from './routing/output-too-long.ts';
import { singleModel } from './routing/single-model.ts';
import { unenforcedOutput } from './routing/unenforced-output.ts';
import { unknownName } from './routing/unknown-name.ts';
import { unknownPrice } from './routing/unknown-price.ts';
import type { ContractRule, ProgramRule, ProjectRule } from './rule.ts';
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
import { unknownDefaultTier, unknownTier } from './tier/unknown.ts';
import { personalDataUnprotected } from './trust/personal-data-unprotected.ts';
import { secretInCapability, secretInSharedFiles } from './trust/secret-in-text.ts';
import { trustedInput } from './trust/trusted-input.ts';
import { foldedPrompt } from './yaml/folded-prompt.ts';

export const contractRules: readonly ContractRule[] = [
  templates,
  foldedPrompt,
  allowedAndDenied,
  modelPinned,
  durationOutOfRange,
  policyWithoutEffect,
  personalDataShared,
  randomAnswerShared,
  personalDataUnprotected,
  secretInCapability,
  trustedInput,
  duplicateExample,
  exampleInput,
  exampleOutput,
  badPattern,
  duplicateTest,
  impossibleRoles,
  inputTwice,
  testInput,
  messageOutOfRange,
  missingTests,
  noAssertion,
  singleRun,
  unknownExample,
  unknownPath,
  unknownSource,
  wrongLevel,
];

export const projectRules: readonly ProjectRule[] = [
  unknownTier,
  notOffered,
  duplicateTier,
  tierOrder,
  unknownName,
  noModelFits,
  costLimitTooLow,
  outputTooLong,
  singleModel,
  unenforcedOutput,
  latencyAboveTimeout,
  waitsExceedTimeout,
  noCostLimit,
];

export const programRules: readonly ProgramRule[] = [
  unknownDefaultTier,
  tierOrderOfProject,
  noModel,
  unknownPrice,
  defaultTimeoutOutOfRange,
  secretInSharedFiles,
];
