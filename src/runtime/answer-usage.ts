// The tokens that a whole answer says it took, found without parsing what may be megabytes of numbers or of base64.

import type { TokenUsage } from '../chat/chat.ts';
import { parseUsage } from '../chat/openai-format.ts';
import { findFields, findFieldsFrom } from './splice-body.ts';
import type { FieldPlaces } from './splice-body.ts';

const fieldNames: ReadonlySet<string> = new Set(['usage']);

/** Reads the top-level `usage` of a JSON answer; undefined when there is none. */
export function answerUsage(body: Buffer): TokenUsage | undefined {
  return usageAt(body, () => findFields([body], fieldNames));
}

function usageAt(body: Buffer, find: () => FieldPlaces | undefined): TokenUsage | undefined {
  try {
    const place = find()?.get('usage');
    return place && parseUsage(JSON.parse(body.toString('utf8', place.start, place.end)));
  } catch {
    // Named twice, nobody knows which one counts; and what is not JSON says nothing of usage.
    return undefined;
  }
}

const USAGE = Buffer.from('"usage"');
/** Usage nearly always comes last: so little is parsed as it is. */
const SHORT_BYTES = 4 * 1024;

/** The same from the last bytes of an answer that was too long to be kept: the object after its last `"usage"`. */
export function tailUsage(tail: Buffer): TokenUsage | undefined {
  const at = tail.lastIndexOf(USAGE);
  if (at < 0) return undefined;
  if (tail.length - at > SHORT_BYTES) return usageAt(tail, () => findFieldsFrom(tail, at, fieldNames));
  try {
    const rest = JSON.parse(`{${tail.toString('utf8', at)}`) as { readonly usage: unknown };
    return parseUsage(rest.usage);
  } catch {
    // It stands inside something else, or nothing here is JSON.
    return undefined;
  }
}
