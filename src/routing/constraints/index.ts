// Every routing constraint, in the order in which rejections are listed. To add one, write its file and a line here.

import { availability } from './availability.ts';
import type { ModelConstraint, ProviderConstraint } from './constraint.ts';
import { context } from './context.ts';
import { cost } from './cost.ts';
import { dataClass } from './data-class.ts';
import { features } from './features.ts';
import { inputModalities } from './input-modalities.ts';
import { latency } from './latency.ts';
import { modalities } from './modalities.ts';
import { models } from './models.ts';
import { output } from './output.ts';
import { providers } from './providers.ts';
import { region } from './region.ts';

export const providerConstraints: readonly ProviderConstraint[] = [
  availability,
  providers,
  region,
  dataClass,
];

export const modelConstraints: readonly ModelConstraint[] = [
  models,
  features,
  modalities,
  inputModalities,
  context,
  output,
  cost,
  latency,
];
