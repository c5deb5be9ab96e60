// The second step: input → messages. Roles come from the capability, never from text, and earlier turns stand only in
// the slot that the prompt has for them.

import { hash } from 'node:crypto';
import type { ChatMessage } from '../chat/chat.ts';
import { CapabilityError } from '../errors.ts';
import type { Json } from '../registry/snapshot.ts';
import { RenderLimitError, renderTemplate, segmentsText } from '../template/evaluate.ts';
import type { Segment } from '../template/evaluate.ts';
import type { Prepared } from './prepare.ts';

export interface RenderedPrompt {
  readonly messages: readonly ChatMessage[];
  /** Of each message, what it is made of; empty for earlier turns. */
  readonly segments: readonly (readonly Segment[])[];
}

export interface RenderPromptOptions {
  /** Makes the tags of fences unguessable; the same nonce gives the same text. */
  readonly nonce: string;
  readonly history?: readonly ChatMessage[] | undefined;
  /** For each part of the prompt a set that collects the branches that its template takes. */
  readonly taken?: readonly Set<string>[];
}

/** Renders a validated input; throws `input_invalid` when it is larger than a prompt can be. */
export function renderPrompt(prepared: Prepared, input: Json, options: RenderPromptOptions): RenderedPrompt {
  const fenceSuffix = fenceSuffixOf(options.nonce);
  const messages: ChatMessage[] = [];
  const segments: (readonly Segment[])[] = [];
  for (const [index, part] of prepared.prompt.entries()) {
    if (part.kind === 'slot') {
      for (const turn of options.history ?? []) {
        messages.push(turn);
        segments.push([]);
      }
      continue;
    }
    const taken = options.taken?.[index];
    const rendered = withinLimits(() =>
      renderTemplate(part.template, input, { fenceSuffix, role: part.role, taken }),
    );
    messages.push({ role: part.role, content: segmentsText(rendered) });
    segments.push(rendered);
  }
  return { messages, segments };
}

const SUFFIX_CHARACTERS = 8;

/** The last group of an invocation's name is chance alone: as good as a hash of the whole, and free. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function fenceSuffixOf(nonce: string): string {
  if (UUID.test(nonce)) return nonce.slice(-SUFFIX_CHARACTERS);
  return hash('sha256', `fence ${nonce}`).slice(0, SUFFIX_CHARACTERS);
}

function withinLimits<Result>(render: () => Result): Result {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof RenderLimitError)) throw error;
    throw new CapabilityError('input_invalid', error.message, { param: 'input', cause: error });
  }
}
