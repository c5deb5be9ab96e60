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

const USAGE = '"usage"';
const CHOICES = '"choices"';
/** Usage nearly always comes last: so little is parsed as it is. */
const SHORT_BYTES = 4 * 1024;
/** Words are looked for in a text of one character a byte, which is several times as quick as in bytes, where it is short. */
const TEXT_BYTES_MAX = 16 * 1024;

/** The usage of a whole chat; undefined when there is none, or when it does not look like a chat. */
export function chatUsage(body: Buffer): TokenUsage | undefined {
  if (body.length > TEXT_BYTES_MAX) return body.includes(CHOICES) ? tailUsage(body) : undefined;
  const text = body.toString('latin1');
  return text.includes(CHOICES) ? usageOf(body, text.lastIndexOf(USAGE)) : undefined;
}

/** The same from the last bytes of an answer that was too long to be kept: the object after its last `"usage"`. */
export function tailUsage(tail: Buffer): TokenUsage | undefined {
  return usageOf(tail, tail.lastIndexOf(USAGE));
}

function usageOf(tail: Buffer, at: number): TokenUsage | undefined {
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
