// One attempt of a relay: the provider's answer on its way to the caller, in one piece or as it comes. Usage is read on
// the side, and nothing is parsed that need not be.

import type { TokenUsage } from '../chat/chat.ts';
import { CapabilityError } from '../errors.ts';
import type { WireHeaders } from '../providers/adapter.ts';
import { adapterNamed } from '../providers/index.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { WireSink } from '../providers/transport.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { costUsd } from '../usage/cost-usd.ts';
import { answererOf } from './answer.ts';
import type { Answerer } from './answer.ts';
import { answerUsage, chatUsage, tailUsage } from './answer-usage.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import { joinBytes } from './byte-list.ts';
import type { Course } from './course.ts';
import type { Invocation } from './invocation.ts';
import { spentUsd } from './record-usage.ts';
import type { RelayFacts, RelaySink } from './relay.ts';
import { wireRequest } from './relay-call.ts';
import type { RelayCall } from './relay-call.ts';
import { createRelayedStream } from './relayed-stream.ts';

/** One relayed call, from its first attempt to its last byte. */
export interface Relay {
  readonly course: Course;
  readonly invocation: Invocation;
  readonly call: RelayCall;
  readonly sink: RelaySink;
  /** The last answer that was a failure of the provider, for the caller who named its model. */
  refusal: Refusal | undefined;
  /** Who gave the answer that was handed on. */
  answeredBy: Answerer | undefined;
}

interface Refusal {
  readonly candidate: Candidate;
  readonly status: number;
  readonly headers: WireHeaders;
  readonly body: Buffer;
}

/** What becomes of an answer once its head is known. */
interface Reading {
  chunk(bytes: Buffer): void | Promise<void>;
  end(): AttemptResult<boolean>;
}

/** One attempt; false when the provider refused the request itself and its words were handed on. */
export async function relayOnce(relay: Relay, attempt: Attempt): Promise<AttemptResult<boolean>> {
  const { model, provider } = attempt.candidate;
  const sink = new RelayedAnswer(relay, attempt);
  const wire = wireRequest(relay.call, model.name);
  await relay.course.runtime.transport.relay(provider, wire, sink, attempt.call);
  const { result } = sink;
  if (result === undefined) throw new ProviderFailure('server', 'The provider gave no answer.');
  if ('value' in result && result.value) relay.answeredBy = answererOf(attempt.candidate);
  return result;
}

class RelayedAnswer implements WireSink {
  result: AttemptResult<boolean> | undefined = undefined;
  private readonly relay: Relay;
  private readonly attempt: Attempt;
  private reading: Reading | undefined = undefined;

  constructor(relay: Relay, attempt: Attempt) {
    this.relay = relay;
    this.attempt = attempt;
  }

  head(status: number, headers: WireHeaders): void {
    this.reading = readingOf(this.relay, this.attempt, status, headers);
  }

  chunk(bytes: Buffer): void | Promise<void> {
    return this.reading?.chunk(bytes);
  }

  end(): void {
    this.result = this.reading?.end();
  }
}

function readingOf(relay: Relay, attempt: Attempt, status: number, headers: WireHeaders): Reading {
  const { kind, stream } = relay.call;
  if (status < 200 || status > 299) return readError(relay, attempt, status, headers);
  const isEvents = headers['content-type']?.includes('text/event-stream') === true;
  if (isEvents && (stream || kind === 'other')) return readEvents(relay, attempt, headers);
  if (stream && kind !== 'other') {
    throw new ProviderFailure('server', 'The provider answered with something that is not an event stream.', {
      status,
    });
  }
  return readWhole(relay, attempt, status, headers);
}

/** Longer answers go on as they come: those of pictures and of files have no end worth waiting for. */
const WHOLE_BYTES_MAX = 1024 * 1024;
/** Of a longer one, so much of its end is searched for its usage. */
const TAIL_BYTES = 64 * 1024;

function readWhole(relay: Relay, attempt: Attempt, status: number, headers: WireHeaders): Reading {
  const { call, sink } = relay;
  const isJson = headers['content-type']?.includes('json') === true;
  let chunks: Buffer[] = [];
  let length = 0;
  /** It goes out as it comes; of what has gone, only the end is kept. */
  let goesOn = false;

  const goOn = (): void | Promise<void> => {
    goesOn = true;
    begin(relay, attempt, status, headers, headers['content-length']);
    // In one piece: each that the caller does not take at once would wait for it by itself.
    const whole = joinBytes(chunks);
    chunks = [whole];
    return sink.chunk(whole);
  };
  return {
    chunk(bytes) {
      length += bytes.length;
      chunks.push(bytes);
      if (goesOn) {
        for (
          let first = chunks[0];
          first !== undefined && length - first.length >= TAIL_BYTES;
          first = chunks[0]
        ) {
          length -= first.length;
          chunks.shift();
        }
        return sink.chunk(bytes);
      }
      // A chat is judged before it goes out; what is no JSON holds nothing to wait for.
      const waits = isJson && (call.kind === 'chat' || length <= WHOLE_BYTES_MAX);
      if (!waits && call.kind !== 'chat') return goOn();
      if (length <= relay.course.runtime.limits.answerBytes) return undefined;
      throw new ProviderFailure('server', 'The provider’s answer is too long.');
    },
    end() {
      if (goesOn) {
        sink.end();
        return resultOf(call, isJson ? tailUsage(joinBytes(chunks)) : undefined);
      }
      const body = joinBytes(chunks);
      const usage = wholeUsage(relay, attempt, status, headers, body);
      sendWhole(relay, attempt.candidate, usage, { status, headers, body }, () => attempt.commit());
      return resultOf(call, usage);
    },
  };
}

/** What a whole answer took. One to a chat that does not look like one is judged by its adapter, which may throw. */
function wholeUsage(
  { call }: Relay,
  { candidate }: Attempt,
  status: number,
  headers: WireHeaders,
  body: Buffer,
): TokenUsage | undefined {
  if (call.kind !== 'chat') return answerUsage(body);
  return chatUsage(body) ?? adapterNamed(candidate.provider.adapter).decode({ status, headers, body }).usage;
}

/** Reading what is there already costs nothing, and whatever usage it tells of was counted when it was made. */
function resultOf({ method }: RelayCall, usage: TokenUsage | undefined): AttemptResult<boolean> {
  if (method !== 'POST') return { value: true, usage: { inputTokens: 0, outputTokens: 0 } };
  return { value: true, usage };
}

/** Nothing goes out before the first content: until then a failure is answered elsewhere. */
function readEvents(relay: Relay, attempt: Attempt, headers: WireHeaders): Reading {
  const { course, call, sink } = relay;
  const { limits } = course.runtime;
  const stream = createRelayedStream(call.kind, call.askForUsage !== undefined);
  let held: Buffer[] | undefined = [];
  let heldBytes = 0;
  const send = (ready: Buffer): void | Promise<void> => {
    if (ready.length === 0) return undefined;
    attempt.heard(ready.length);
    return sink.chunk(ready);
  };
  const commit = (): void | Promise<void> => {
    if (held === undefined) return undefined;
    const first = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = undefined;
    begin(relay, attempt, 200, headers);
    return send(first);
  };
  return {
    chunk(bytes) {
      const ready = stream.take(bytes);
      if (held === undefined) return send(ready);
      held.push(ready);
      heldBytes += ready.length;
      const isFull = stream.events > limits.heldEvents || heldBytes > limits.heldBytes;
      return stream.hasContent || isFull ? commit() : undefined;
    },
    end() {
      const rest = stream.finish();
      void commit();
      void send(rest);
      sink.end();
      return resultOf(call, stream.usage);
    },
  };
}

/** The answer goes out as it comes, and has its own limit of time from here: the deadline was for its beginning. */
function begin(
  { course, invocation, sink }: Relay,
  attempt: Attempt,
  status: number,
  headers: WireHeaders,
  length?: string,
): void {
  attempt.commit();
  course.extend(course.runtime.limits.streamMs);
  const passed = passedHeaders(headers, attempt.candidate);
  if (length !== undefined) passed.push('content-length', length);
  sink.head(status, passed, factsOf(invocation, attempt.candidate));
}

/** More of an error's body is not read. */
const ERROR_BYTES_MAX = 64 * 1024;

function readError(relay: Relay, attempt: Attempt, status: number, headers: WireHeaders): Reading {
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    chunk(bytes) {
      length += bytes.length;
      if (length <= ERROR_BYTES_MAX) chunks.push(bytes);
    },
    end: () => refuse(relay, attempt, { status, headers, body: Buffer.concat(chunks) }),
  };
}

/** A refusal of what the caller itself wrote is its answer; all else is for `dispatch` to decide. */
function refuse(relay: Relay, attempt: Attempt, answer: Omit<Refusal, 'candidate'>): AttemptResult<boolean> {
  const { candidate } = attempt;
  const { status, headers, body } = answer;
  const failure = adapterNamed(candidate.provider.adapter).classify(status, headers, body);
  const refusal = { candidate, ...answer };
  const isNamed = relay.invocation.target.kind === 'model';
  relay.refusal = isNamed && isCallersToSee(status, failure) ? refusal : undefined;
  const isCallers = failure.class === 'caller' || (status === 404 && isNamed);
  if (!isCallers || failure.providerMessage === undefined) throw failure;
  sendWhole(relay, candidate, undefined, clean(relay, answer), () => attempt.commit());
  return { value: false, refused: true };
}

/** Statuses by which a provider refuses our key: they would tell the caller that its own is wrong. */
const ABOUT_OUR_KEY: ReadonlySet<number> = new Set([401, 402, 403, 407]);

function isCallersToSee(status: number, { providerMessage }: ProviderFailure): boolean {
  return providerMessage !== undefined && !ABOUT_OUR_KEY.has(status);
}

/** Hands a provider's failure on as it is, when that is what the call came to; false when it has to be told in our words. */
export function sendRefusal(relay: Relay, error: unknown): boolean {
  const { refusal, course } = relay;
  const isThatFailure = error instanceof CapabilityError && error.code === 'provider_failed';
  if (refusal === undefined || !isThatFailure || course.answering !== undefined) return false;
  sendWhole(relay, refusal.candidate, undefined, clean(relay, refusal), () => {});
  return true;
}

/** An error's body without any key of ours; byte for byte where it holds none. */
function clean({ course }: Relay, answer: Omit<Refusal, 'candidate'>): Omit<Refusal, 'candidate'> {
  const text = answer.body.toString();
  const redacted = course.runtime.transport.redact(text);
  return redacted === text ? answer : { ...answer, body: Buffer.from(redacted) };
}

function sendWhole(
  { course, invocation, sink }: Relay,
  candidate: Candidate,
  usage: TokenUsage | undefined,
  { status, headers, body }: Omit<Refusal, 'candidate'>,
  commit: () => void,
): void {
  const cost = costOf(course, candidate, usage);
  commit();
  const passed = passedHeaders(headers, candidate);
  // No body has a length of its own.
  if (status !== 204) passed.push('content-length', String(body.length));
  sink.head(status, passed, factsOf(invocation, candidate, cost));
  sink.end(body);
}

function factsOf({ id, snapshot }: Invocation, { model }: Candidate, costUsd?: number): RelayFacts {
  return { id, snapshot: snapshot.revision, model: model.id, costUsd };
}

function costOf(
  { attempts }: Course,
  { model, provider }: Candidate,
  usage: TokenUsage | undefined,
): number | undefined {
  if (usage === undefined) return undefined;
  const cost = costUsd(model.price, usage);
  if (attempts.length === 0) return cost;
  const record = { model: model.id, provider: provider.id, outcome: 'ok', at: 0, latencyMs: 0, usage };
  return spentUsd([...attempts, cost === undefined ? record : { ...record, costUsd: cost }]);
}

/** What of a provider's head the caller may see, names and values in turn. */
function passedHeaders(headers: WireHeaders, { provider }: Candidate): string[] {
  const passed: string[] = [];
  for (const name in headers) {
    if (mayPass(name) || (name === IGNORED && adapterNamed(provider.adapter).answer !== undefined))
      passed.push(name, headers[name] ?? '');
  }
  return passed;
}

/** Only what answers in this process may speak in our name. */
const IGNORED = 'x-capstan-ignored';

const PASSED: ReadonlySet<string> = new Set([
  'content-type',
  'content-disposition',
  'retry-after',
  'retry-after-ms',
  'x-request-id',
  'x-should-retry',
]);

function mayPass(name: string): boolean {
  return PASSED.has(name) || name.startsWith('openai-') || name.startsWith('x-ratelimit-');
}
