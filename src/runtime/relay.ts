// The raw passthrough of the OpenAI surface: the caller's bytes go to an OpenAI-compatible provider with `model` replaced,
// and the provider's bytes come back. Until the first bytes go out, a failure moves on to the next candidate.

import type { TokenUsage } from '../chat/chat.ts';
import { assert, CapabilityError } from '../errors.ts';
import type { WireHeaders, WireRequest } from '../providers/adapter.ts';
import { adapterNamed } from '../providers/index.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Policies } from '../registry/snapshot.ts';
import { planRoute } from '../routing/plan-route.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { requirementsOf } from '../routing/requirements.ts';
import { costUsd } from '../usage/cost-usd.ts';
import { attempt, openCourse } from './course.ts';
import type { AttemptResult, Course } from './course.ts';
import { dispatch } from './dispatch.ts';
import type { Invocation } from './invocation.ts';
import { noRoute } from './no-route.ts';
import { recordUsage, totalsOf } from './record-usage.ts';
import { createRelayedStream, dataOf } from './relayed-stream.ts';
import { healthOf } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import { findFields, placeAfterOpening, splice } from './splice-body.ts';
import type { Edit, FieldPlace } from './splice-body.ts';

/** Gets the provider's answer. `facts` comes before the head; a promise of `chunk` holds the provider back. */
export interface RelaySink {
  facts(facts: RelayFacts): void;
  head(status: number, headers: WireHeaders): void;
  chunk(bytes: Buffer): void | Promise<void>;
  end(): void;
}

export interface RelayFacts {
  readonly id: string;
  /** Revision of the Snapshot that serves. */
  readonly snapshot: string;
  readonly model: string;
  /** Known for whole answers only: a stream's head goes out before its price is known. */
  readonly costUsd?: number;
}

/** The relay's own policy: a passthrough has no capability to declare one. */
const RETRY: Policies['retry'] = { maxAttempts: 2, on: ['timeout', 'rate-limited', 'upstream-error'] };

/**
 * Relays one chat completion. A provider's refusal of the caller's own request is handed on as it is; every other
 * failure before the head rejects with a `CapabilityError`, and after it the caller's connection has to be cut.
 */
export async function relayChat(
  runtime: Runtime,
  invocation: Invocation,
  body: Buffer,
  sink: RelaySink,
): Promise<void> {
  const course = openCourse(runtime, invocation, invocation.snapshot.defaults.timeoutMs);
  const call = readCall(body);
  let outcome = 'internal';
  let answeredBy: Candidate | undefined;
  try {
    const candidates = candidatesFor(runtime, invocation, call);
    await dispatch(course, candidates, RETRY, async (candidate) => {
      const answered = await attempt(course, candidate, () => relayOnce(course, candidate, call, sink));
      answeredBy = answered ? candidate : undefined;
      outcome = answered ? 'ok' : 'request_invalid';
    });
  } catch (error) {
    outcome = error instanceof CapabilityError ? error.code : 'internal';
    throw error;
  } finally {
    course.close();
    recordUsage(course, outcome, { answeredBy, stream: call.stream });
  }
}

interface RelayCall {
  readonly body: Buffer;
  readonly model: FieldPlace;
  readonly stream: boolean;
  /** What makes the provider count tokens in a stream; absent when the caller asked for that already. */
  readonly askForUsage?: Edit;
  readonly maxOutputTokens?: number;
}

function readCall(body: Buffer): RelayCall {
  const places = findFields(body, [
    'model',
    'stream',
    'stream_options',
    'max_tokens',
    'max_completion_tokens',
  ]);
  const model = places.get('model');
  assert(model !== undefined, 'a relayed body has a model');
  const valueOf = (name: string): unknown => {
    const place = places.get(name);
    return place === undefined ? undefined : JSON.parse(body.toString('utf8', place.start, place.end));
  };
  const stream = valueOf('stream') === true;
  const limit = valueOf('max_completion_tokens') ?? valueOf('max_tokens');
  const askForUsage = stream
    ? usageEdit(body, places.get('stream_options'), valueOf('stream_options'))
    : undefined;
  return {
    body,
    model,
    stream,
    ...(askForUsage === undefined ? {} : { askForUsage }),
    ...(typeof limit === 'number' && limit > 0 ? { maxOutputTokens: limit } : {}),
  };
}

function usageEdit(body: Buffer, place: FieldPlace | undefined, options: unknown): Edit | undefined {
  if (place === undefined) {
    return { ...placeAfterOpening(body), text: '"stream_options":{"include_usage":true},' };
  }
  if (typeof options !== 'object' || Array.isArray(options)) return undefined;
  if (options !== null && 'include_usage' in options && options.include_usage === true) return undefined;
  return { ...place, text: JSON.stringify({ ...options, include_usage: true }) };
}

function candidatesFor(runtime: Runtime, invocation: Invocation, call: RelayCall): readonly Candidate[] {
  const { target, snapshot } = invocation;
  assert(target.kind !== 'capability', 'capabilities are not relayed');
  const health = healthOf(runtime, snapshot);
  if (target.kind === 'model') {
    if (health.available(target.provider.id)) return [target];
    const message = `The provider ${target.provider.id} is not available: its key is not set.`;
    throw new CapabilityError('no_route', message, { param: 'model' });
  }
  const inputTokens = Math.ceil(call.body.length / BYTES_PER_TOKEN);
  const { maxOutputTokens } = call;
  const size = maxOutputTokens === undefined ? { inputTokens } : { inputTokens, maxOutputTokens };
  const route = planRoute(snapshot, requirementsOf(snapshot, undefined, target.tier, size), health);
  if (route.candidates.length === 0) throw noRoute(route);
  return route.candidates;
}

/** A body's tokens, near enough to tell a book from a question; the provider counts for itself. */
const BYTES_PER_TOKEN = 4;

/** One attempt; false when the provider refused the request itself and its words were handed on. */
function relayOnce(
  course: Course,
  candidate: Candidate,
  call: RelayCall,
  sink: RelaySink,
): Promise<AttemptResult<boolean>> {
  const { relay } = adapterNamed(candidate.provider.adapter);
  assert(relay, 'the compiler lets only relaying adapters be called by model');
  return call.stream ? relayStream(course, candidate, call, sink) : relayWhole(course, candidate, call, sink);
}

function wireRequest(
  { model }: Candidate,
  { body, model: place, stream, askForUsage }: RelayCall,
): WireRequest {
  const edits = [{ ...place, text: JSON.stringify(model.name) }, ...(askForUsage ? [askForUsage] : [])];
  return {
    method: 'POST',
    path: '/chat/completions',
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
    },
    body: splice(body, edits),
  };
}

async function relayWhole(
  course: Course,
  candidate: Candidate,
  call: RelayCall,
  sink: RelaySink,
): Promise<AttemptResult<boolean>> {
  const { runtime, signal } = course;
  const response = await runtime.transport.collect(candidate.provider, wireRequest(candidate, call), signal);
  const { status, headers, body } = response;
  if (!isSuccess(status)) return handOn(course, candidate, status, headers, body, sink);
  const completion = adapterNamed(candidate.provider.adapter).decode(response);
  const usage = completion.usage;
  sendWhole(course, candidate, usage, status, headers, body, sink);
  return usage === undefined ? { value: true } : { value: true, usage };
}

function sendWhole(
  course: Course,
  candidate: Candidate,
  usage: TokenUsage | undefined,
  status: number,
  headers: WireHeaders,
  body: Buffer,
  sink: RelaySink,
): void {
  const cost = costOf(course, candidate, usage);
  course.committed = true;
  sink.facts({ ...factsOf(course, candidate), ...(cost === undefined ? {} : { costUsd: cost }) });
  sink.head(status, { ...passedHeaders(headers), 'content-length': String(body.length) });
  // One write; whole answers are limited in length, so there is nobody to hold back.
  void sink.chunk(body);
  sink.end();
}

async function relayStream(
  course: Course,
  candidate: Candidate,
  call: RelayCall,
  sink: RelaySink,
): Promise<AttemptResult<boolean>> {
  const { runtime, signal } = course;
  const response = await runtime.transport.send(candidate.provider, wireRequest(candidate, call), signal);
  const { status, headers } = response;
  if (!isSuccess(status)) {
    return handOn(course, candidate, status, headers, await collect(response.body), sink);
  }
  if (!(headers['content-type'] ?? '').includes('text/event-stream')) {
    throw new ProviderFailure('server', 'The provider answered with something that is not an event stream.', {
      status,
    });
  }
  const stream = createRelayedStream(call.askForUsage !== undefined);
  for await (const bytes of response.body) {
    const ready = stream.take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (ready.length === 0) continue;
    if (!course.committed) begin(course, candidate, headers, ready, sink);
    await sink.chunk(ready);
  }
  const rest = stream.finish();
  if (!course.committed) begin(course, candidate, headers, rest, sink);
  if (rest.length > 0) await sink.chunk(rest);
  sink.end();
  const { usage } = stream;
  return usage === undefined ? { value: true } : { value: true, usage };
}

/** The first whole events are here: an error among them may still be answered elsewhere, later ones may not. */
function begin(
  course: Course,
  candidate: Candidate,
  headers: WireHeaders,
  first: Buffer,
  sink: RelaySink,
): void {
  const data = dataOf(first);
  if (typeof data === 'object' && data !== null && 'error' in data && !('choices' in data)) {
    throw new ProviderFailure('server', 'The provider sent an error inside the stream.');
  }
  course.committed = true;
  course.lift();
  sink.facts(factsOf(course, candidate));
  sink.head(200, passedHeaders(headers));
}

/** A refusal of what the caller itself wrote keeps its status and words; all else is for `dispatch` to decide. */
function handOn(
  course: Course,
  candidate: Candidate,
  status: number,
  headers: WireHeaders,
  body: Buffer,
  sink: RelaySink,
): AttemptResult<boolean> {
  const failure = adapterNamed(candidate.provider.adapter).classify(status, headers, body);
  const isCallers =
    failure.class === 'caller' || (status === 404 && course.invocation.target.kind === 'model');
  if (!isCallers || failure.providerMessage === undefined) throw failure;
  const error = {
    message: course.runtime.transport.redact(failure.providerMessage),
    type: 'invalid_request_error',
    param: null,
    code: failure.providerCode === undefined ? null : course.runtime.transport.redact(failure.providerCode),
  };
  const answer = Buffer.from(JSON.stringify({ error }));
  sendWhole(
    course,
    candidate,
    undefined,
    status,
    { ...headers, 'content-type': 'application/json' },
    answer,
    sink,
  );
  return { value: false, outcome: 'caller' };
}

function factsOf({ invocation }: Course, { model }: Candidate): RelayFacts {
  return { id: invocation.id, snapshot: invocation.snapshot.revision, model: model.id };
}

function costOf(
  { attempts }: Course,
  { model, provider }: Candidate,
  usage: TokenUsage | undefined,
): number | undefined {
  if (usage === undefined) return undefined;
  const cost = costUsd(model.price, usage);
  const record = { model: model.id, provider: provider.id, outcome: 'ok', latencyMs: 0, usage };
  return totalsOf([...attempts, cost === undefined ? record : { ...record, costUsd: cost }]).costUsd;
}

/** What of a provider's head the caller may see. */
function passedHeaders(headers: WireHeaders): WireHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        name === 'content-type' ||
        name === 'retry-after' ||
        name === 'x-request-id' ||
        name.startsWith('openai-') ||
        name.startsWith('x-ratelimit-'),
    ),
  );
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ERROR_BYTES_MAX) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** More of an error's body is not read. */
const ERROR_BYTES_MAX = 64 * 1024;
