// How many tokens a prompt has, estimated from above without a tokenizer: counting costs milliseconds on long texts,
// so it is done only where the cheap bound would keep a model out.

import { estimateTokenCount } from 'tokenx';
import type { ChatMessage } from '../chat/chat.ts';
import type { Snapshot } from '../registry/snapshot.ts';

/** Prose has four bytes and more to a token, dense texts (digits, CJK, code) more than two. */
const BYTES_PER_TOKEN_MIN = 2;

/** What a message costs besides its text. */
const TOKENS_PER_MESSAGE = 8;

/** The counter's error on dense texts; it is a heuristic itself. */
const COUNT_MARGIN = 1.2;

/**
 * Tokens of the messages, at least. The cheap bound is taken when every model of the Snapshot has room for it beside the
 * answer; else the text is counted.
 */
export function estimateTokens(
  messages: readonly ChatMessage[],
  room: { readonly snapshot: Snapshot; readonly outputTokens: number; readonly exact: boolean },
): number {
  const overhead = messages.length * TOKENS_PER_MESSAGE;
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  const bound = overhead + Math.ceil(bytes / BYTES_PER_TOKEN_MIN);
  if (!room.exact && bound + room.outputTokens <= smallestWindow(room.snapshot)) return bound;
  const counted = messages.reduce((sum, { content }) => sum + estimateTokenCount(content), 0);
  return Math.min(bound, overhead + Math.ceil(counted * COUNT_MARGIN));
}

/** Bytes of a usual token. */
const BYTES_PER_TOKEN = 4;

/** What a prompt usually has: a guess at what is paid for it, where nobody counted. */
export function promptTokens(messages: readonly ChatMessage[]): number {
  return usualTokens(messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0));
}

/** Tokens of so many bytes, near enough to tell a book from a question. */
export function usualTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

const windows = new WeakMap<Snapshot['models'], number>();

function smallestWindow({ models }: Snapshot): number {
  const known = windows.get(models);
  if (known !== undefined) return known;
  const smallest = Math.min(...Object.values(models).map(({ contextTokens }) => contextTokens));
  windows.set(models, smallest);
  return smallest;
}
