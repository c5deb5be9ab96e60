// What of a model's text goes out as the content of a streamed chat. The content has to be the output in the end: text
// goes out as it comes; JSON does when the contract leaves no difference between what is written and what is meant,
// and in one piece once it is validated otherwise.
import { isDeepStrictEqual } from 'node:util';
import { CapabilityError } from '../errors.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import { createJsonRoot } from './json-root.ts';

export interface ModelContent {
  /** The part of a piece that goes out now. */
  take(piece: string): string;
  /**
   * What is still missing when the output is known. Throws `output_invalid` when something else went out: a text that
   * was repaired afterwards cannot be taken back.
   */
  rest(output: Json): string;
}

export function createModelContent(capability: Capability): ModelContent {
  if (capability.outputKind === 'text') return { take: (piece) => piece, rest: () => '' };
  if (!isMeantAsWritten(capability.output))
    return { take: () => '', rest: (output) => JSON.stringify(output) };
  const root = createJsonRoot();
  return {
    take: (piece) => root.take(piece),
    rest(output) {
      if (root.text === '') return JSON.stringify(output);
      if (isDeepStrictEqual(parsed(root.text), output)) return '';
      throw repairedTooLate(capability);
    },
  };
}

/**
 * An object without optional properties and defaults, to its leaves: where there are any, models are asked to write
 * `null` for what is absent, and defaults are filled, so the output differs from the model's text.
 */
function isMeantAsWritten(output: Capability['output']): boolean {
  return output['type'] === 'object' && isComplete(output);
}

function isComplete(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return true;
  const {
    properties = {},
    required = [],
    ...rest
  } = schema as {
    properties?: object;
    required?: readonly string[];
  } & Capability['output'];
  if (rest['default'] !== undefined) return false;
  if (Object.keys(properties).some((name) => !required.includes(name))) return false;
  const lists = [rest['anyOf'], rest['oneOf'], rest['$defs'], properties].map((inner) =>
    Object.values(inner ?? {}),
  );
  return [rest['items'], rest['additionalProperties'], ...lists.flat()].every(isComplete);
}

function repairedTooLate({ key }: Capability): CapabilityError {
  return new CapabilityError(
    'output_invalid',
    'The output was repaired after its beginning had been streamed. Ask again without "stream", or use ' +
      `POST /v1/capabilities/${key}, whose last event carries the repaired output.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not the output; there is nothing more to say of it.
    return undefined;
  }
}
