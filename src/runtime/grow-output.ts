// An output while the model writes it: pieces of a model's text in, pieces of the output out. What comes out is, joined, always
// the beginning of the JSON of an output (or of its text): reasoning, fences and sentences before it are left out, absent
// properties are absent, and numbers, words and listed values stand there when they are whole. What cannot be followed ends
// the growth, not the call: the result is validated apart from all this.

import type { JsonSchema } from '../registry/snapshot.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import type { TextSink } from './call-model.ts';
import { createGrowingJson } from './grow-json.ts';
import type { Prepared } from './prepare.ts';
import { createReasoningSkipper } from './skip-reasoning.ts';

/** Gives `sink` the output as it grows out of the pieces that it gets. One for each attempt. */
export function growOutput(
  { capability }: Prepared,
  form: OutputForm | undefined,
  sink: (text: string) => void | Promise<void>,
): TextSink {
  const growing = createGrowingOutput(capability.output, form);
  return (piece) => {
    const grown = growing.take(piece);
    return grown === '' ? undefined : sink(grown);
  };
}

export interface GrowingOutput {
  /** What a piece of the model's text adds to the output. */
  take(piece: string): string;
}

export function createGrowingOutput(contract: JsonSchema, form: OutputForm | undefined): GrowingOutput {
  const reasoning = createReasoningSkipper();
  if (form === undefined) return reasoning;
  const json = createGrowingJson(contract, form);
  return { take: (piece) => json.take(reasoning.take(piece)) };
}
