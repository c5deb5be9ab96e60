// What passes through the relay as server-sent events: usage is read on the side, the event that we asked for and the
// caller did not is left out, and an end that is none is noticed. Bytes are handed on as they came.

import type { TokenUsage } from '../chat/chat.ts';
import { parseUsage } from '../chat/openai-format.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { RelayKind } from './relay-call.ts';
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

/** `hideUsage`: the usage event was our wish, not the caller's. */
export function createRelayedStream(kind: RelayKind, hideUsage: boolean): RelayedStream {
  const state: StreamState = {
    usage: undefined,
    ended: kind === 'other',
    events: 0,
    hasContent: kind === 'other',
  };
  const reader = readers[kind];
  const splitter = createEventSplitter();
  // Words are looked for in a text of one character a byte: in short events that is several times as quick as in bytes.
  const isKept = (event: Buffer): boolean => reader(event, event.toString('latin1'), state, hideUsage);

  return {
    get usage() {
      return state.usage;
    },
    get events() {
      return state.events;
    },
    get hasContent() {
      return state.hasContent || state.ended;
    },
    take(bytes) {
      const events = splitter.take(bytes);
      if (splitter.heldBytes > HELD_BYTES_MAX) {
        throw new ProviderFailure('server', 'The provider sent an event without end.');
      }
      const [only] = events;
      if (only !== undefined && events.length === 1) return isKept(only) ? only : NOTHING;
      return Buffer.concat(events.filter(isKept));
    },
    finish() {
      const rest = splitter.rest();
      const isRestKept = rest.length === 0 || isKept(rest);
      if (!state.ended) throw new ProviderFailure('server', 'The stream broke off before its end.');
      return isRestKept ? rest : NOTHING;
    },
  };
}

const NOTHING = Buffer.alloc(0);

interface StreamState {
  usage: TokenUsage | undefined;
  ended: boolean;
  events: number;
  hasContent: boolean;
}

/** Notes what an event says of the whole stream; false when the caller is not to see it. */
type EventReader = (event: Buffer, text: string, state: StreamState, hideUsage: boolean) => boolean;

const readers: Readonly<Record<RelayKind, EventReader>> = {
  chat: readChunk,
  text: readChunk,
  response: readResponseEvent,
  other: readOtherEvent,
};

const USAGE = '"usage"';
const FINISH = '"finish_reason"';
const DONE = '[DONE]';
const ERROR = '"error"';
const CHOICES = '"choices"';

function readChunk(event: Buffer, text: string, state: StreamState, hideUsage: boolean): boolean {
  if (text.includes(DONE)) state.ended = true;
  if (text.includes(ERROR) && !text.includes(CHOICES)) refuseError(dataOf(event));
  if (state.hasContent && !saysMoreThanNull(text, USAGE) && !saysMoreThanNull(text, FINISH)) return true;
  const chunk = parseChunk(event);
  if (chunk === undefined) return true;
  state.events += 1;
  state.hasContent ||= chunk.choices.some(saysSomething);
  const counted = parseUsage(chunk.usage);
  state.usage = counted ?? state.usage;
  state.ended ||= chunk.choices.some((choice) => typeof choice.finish_reason === 'string');
  return !(hideUsage && counted !== undefined && chunk.choices.length === 0);
}

const LETTER_N = 0x6e;
const SPACE = 0x20;
const COLON = 0x3a;

/** Whether a field stands in the event with another value than null, without parsing it. */
function saysMoreThanNull(text: string, field: string): boolean {
  for (let at = text.indexOf(field); at >= 0; at = text.indexOf(field, at)) {
    at += field.length;
    while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === COLON) at += 1;
    if (text.charCodeAt(at) !== LETTER_N) return true;
  }
  return false;
}

/** Events that say no more than that the work has begun, and those that end it. */
const BEGINNINGS = ['"response.created"', '"response.in_progress"', '"response.queued"'];
const ENDINGS = ['"response.completed"', '"response.incomplete"', '"response.failed"', '"error"'];

function readResponseEvent(event: Buffer, text: string, state: StreamState): boolean {
  state.events += 1;
  state.hasContent ||= text.includes('data:') && !BEGINNINGS.some((type) => text.includes(type));
  if (!ENDINGS.some((type) => text.includes(type))) return true;
  const value = dataOf(event);
  if (!isObject(value)) return true;
  const { type, response } = value as { type?: unknown; response?: unknown };
  state.ended ||= ENDINGS.includes(`"${String(type)}"`);
  if (isObject(response) && 'usage' in response) state.usage = parseUsage(response.usage) ?? state.usage;
  return true;
}

function readOtherEvent(event: Buffer, text: string, state: StreamState): boolean {
  if (!text.includes(USAGE)) return true;
  const value = dataOf(event);
  if (isObject(value) && 'usage' in value) state.usage = parseUsage(value.usage) ?? state.usage;
  return true;
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
function saysSomething({ delta, text, finish_reason: finish }: Choice): boolean {
  if (typeof finish === 'string' || (typeof text === 'string' && text !== '')) return true;
  return isObject(delta) && Object.entries(delta).some(([name, value]) => name !== 'role' && !isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

interface Choice {
  readonly finish_reason?: unknown;
  readonly delta?: unknown;
  /** Of the older completions. */
  readonly text?: unknown;
}

interface Chunk {
  readonly choices: readonly Choice[];
  readonly usage: unknown;
}

function parseChunk(event: Buffer): Chunk | undefined {
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
