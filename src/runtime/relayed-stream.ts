// What passes through the relay as server-sent events: usage is read on the side, the event that we asked for and the
// caller did not is left out, and an end that is none is noticed. Bytes are handed on as they came.

import type { TokenUsage } from '../chat/chat.ts';
import { parseUsage } from '../chat/openai-format.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import { createEventSplitter } from './split-events.ts';

export interface RelayedStream {
  /**
   * Takes the next bytes and gives those to hand on now; empty while an event is not whole. Throws `ProviderFailure` on an
   * event that is an error: it is answered elsewhere, or in our words.
   */
  take(bytes: Buffer): Buffer;
  /** The rest, after the last bytes; throws `ProviderFailure` when the stream has no end. */
  finish(): Buffer;
  readonly usage: TokenUsage | undefined;
  /** Events so far that carry data. */
  readonly events: number;
  /** An event came that says something: words, a call of a tool, a refusal, or the end. */
  readonly hasContent: boolean;
}

/** Events that are held until they are whole; a longer one is not a completion chunk. */
const HELD_BYTES_MAX = 4 * 1024 * 1024;

const USAGE = Buffer.from('"usage"');
const FINISH = Buffer.from('"finish_reason"');
const DONE = Buffer.from('[DONE]');
const ERROR = Buffer.from('"error"');
const CHOICES = Buffer.from('"choices"');

/** `hideUsage`: the usage event was our wish, not the caller's. */
export function createRelayedStream(hideUsage: boolean): RelayedStream {
  const splitter = createEventSplitter();
  let usage: TokenUsage | undefined;
  let ended = false;
  let events = 0;
  let hasContent = false;

  const inspect = (event: Buffer): boolean => {
    if (event.includes(DONE)) ended = true;
    if (event.includes(ERROR) && !event.includes(CHOICES)) refuseError(dataOf(event));
    if (hasContent && !event.includes(USAGE) && !event.includes(FINISH)) return true;
    const chunk = parseEvent(event);
    if (chunk === undefined) return true;
    events += 1;
    hasContent ||= chunk.choices.some(saysSomething);
    const counted = parseUsage(chunk.usage);
    usage = counted ?? usage;
    ended ||= chunk.choices.some((choice) => typeof choice.finish_reason === 'string');
    return !(hideUsage && counted !== undefined && chunk.choices.length === 0);
  };

  return {
    get usage() {
      return usage;
    },
    get events() {
      return events;
    },
    get hasContent() {
      return hasContent || ended;
    },
    take(bytes) {
      const kept = splitter.take(bytes).filter(inspect);
      if (splitter.heldBytes > HELD_BYTES_MAX) {
        throw new ProviderFailure('server', 'The provider sent an event without end.');
      }
      return kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept);
    },
    finish() {
      const rest = splitter.rest();
      const isKept = rest.length === 0 || inspect(rest);
      if (!ended) throw new ProviderFailure('server', 'The stream broke off before its end.');
      return isKept ? rest : Buffer.alloc(0);
    },
  };
}

/** An error in the place of a chunk. Its words go through `ProviderFailure`, which removes what looks like a secret. */
function refuseError(event: unknown): void {
  if (!isObject(event) || !('error' in event) || event.error === null) return;
  const message = isObject(event.error) && 'message' in event.error ? event.error.message : event.error;
  throw new ProviderFailure('server', 'The provider sent an error inside the stream.', {
    ...(typeof message === 'string' ? { providerMessage: message } : {}),
  });
}

/** Whether a choice is more than the announcement of a role. */
function saysSomething({ delta, finish_reason: finish }: Choice): boolean {
  if (typeof finish === 'string') return true;
  return isObject(delta) && Object.entries(delta).some(([name, value]) => name !== 'role' && !isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

interface Choice {
  readonly finish_reason?: unknown;
  readonly delta?: unknown;
}

interface Chunk {
  readonly choices: readonly Choice[];
  readonly usage: unknown;
}

function parseEvent(event: Buffer): Chunk | undefined {
  const value = dataOf(event);
  if (typeof value !== 'object' || value === null || !('choices' in value)) return undefined;
  const { choices } = value;
  if (!Array.isArray(choices)) return undefined;
  return { choices: choices.filter(isObject), usage: 'usage' in value ? value.usage : undefined };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The JSON in an event's `data` lines; undefined when there is none. */
function dataOf(event: Buffer): unknown {
  const data = event
    .toString()
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
  try {
    return JSON.parse(data);
  } catch {
    // `[DONE]`, a comment, or something that is not ours to judge.
    return undefined;
  }
}
