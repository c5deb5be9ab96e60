// The tokens that a whole answer says it took, found without parsing what may be megabytes of numbers or of base64.

import type { TokenUsage } from '../chat/chat.ts';
import { parseUsage } from '../chat/openai-format.ts';
import { findFields } from './splice-body.ts';

const fieldNames: ReadonlySet<string> = new Set(['usage']);

/** Reads the top-level `usage` of a JSON answer; undefined when there is none. */
export function answerUsage(body: Buffer): TokenUsage | undefined {
  const place = usagePlace(body);
  if (place === undefined) return undefined;
  try {
    return parseUsage(JSON.parse(body.toString('utf8', place.start, place.end)));
  } catch {
    // Not JSON says nothing of usage.
    return undefined;
  }
}

function usagePlace(body: Buffer): { readonly start: number; readonly end: number } | undefined {
  try {
    return findFields(body, fieldNames)?.get('usage');
  } catch {
    // Named twice: nobody knows which one counts.
    return undefined;
  }
}

const USAGE = Buffer.from('"usage"');

/** The same from the last bytes of an answer that was too long to be kept: the object after its last `"usage"`. */
export function tailUsage(tail: Buffer): TokenUsage | undefined {
  const at = tail.lastIndexOf(USAGE);
  return at < 0 ? undefined : answerUsage(Buffer.concat([Buffer.from('{'), tail.subarray(at)]));
}
