// In which form a model is asked for an output: what its features say, never who its vendor is.

import { adapterNamed } from '../providers/index.ts';
import type { Candidate } from '../routing/plan-route.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import type { OutputForms } from './prepare.ts';

/**
 * Features by which a model enforces a schema while it writes; without them it is told the contract in words, where “may be
 * left out” is better understood than “null”.
 */
const enforcing: readonly string[] = ['structured-output', 'tools'];

/** A model that enforces any JSON Schema needs no strict form. */
const openSchema = 'open-schema';

export function outputFormFor(forms: OutputForms, { model, provider }: Candidate): OutputForm {
  const { strict, contract } = forms;
  const readsContract = adapterNamed(provider.adapter).answer !== undefined;
  const enforces = enforcing.some((feature) => model.features.includes(feature));
  return strict === undefined || readsContract || !enforces || model.features.includes(openSchema)
    ? contract
    : strict;
}
