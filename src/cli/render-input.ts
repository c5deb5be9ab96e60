// Input → messages, as a call would send them, for commands that call nothing.

import { CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import { prepare } from '../runtime/prepare.ts';
import { renderPrompt } from '../runtime/render-prompt.ts';
import type { RenderedPrompt, RenderPromptOptions } from '../runtime/render-prompt.ts';
import { validateInput } from '../runtime/validate-input.ts';

/** An input that does not fit, in the words that a caller would read. */
export interface RefusedInput {
  readonly message: string;
  readonly violations: readonly Violation[];
}

/** A call's nonce is its own; a fixed one gives the same text on every run. */
const fixedNonce = 'rendered by the command line';

/** Validates the input and renders the prompt; never calls anything. */
export function renderInput(
  capability: Capability,
  input: Json,
  options: Pick<RenderPromptOptions, 'taken'> = {},
): RenderedPrompt | RefusedInput {
  const prepared = prepare(capability);
  try {
    return renderPrompt(prepared, validateInput(prepared, input), { nonce: fixedNonce, ...options });
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    return refusalOf(error);
  }
}

/** An error about an input, as a list of violations. */
export function refusalOf(error: CapabilityError): RefusedInput {
  return { message: error.message, violations: violationsOf(error) };
}

function violationsOf({ details, message }: CapabilityError): readonly Violation[] {
  const isList = typeof details === 'object' && details !== null && 'violations' in details;
  if (isList) return details.violations as readonly Violation[];
  return [{ pointer: '', keyword: 'size', message }];
}

/** What is wrong with an input, a line for each violation. */
export function printRefusal({ violations }: RefusedInput): string {
  return violations
    .map(({ pointer, message }) => `input_invalid: ${pointer === '' ? '' : `${pointer}: `}${message}\n`)
    .join('');
}
