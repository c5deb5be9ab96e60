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
import type { CallSize } from '../routing/requirements.ts';
import { costUsd } from '../usage/cost-usd.ts';
import type { DecisionRecord } from '../usage/usage-record.ts';
import { answererOf } from './answer.ts';
import type { Answerer } from './answer.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import { openCourse } from './course.ts';
import type { Course } from './course.ts';
import { dispatch } from './dispatch.ts';
import type { Invocation } from './invocation.ts';
import { noRoute } from './no-route.ts';
import { decisionOf } from './plan-call.ts';
import { recordUsage, spentUsd } from './record-usage.ts';
import { createRelayedStream } from './relayed-stream.ts';
import { healthOf, rankOptions } from './runtime.ts';
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
  const course = openCourse(runtime, invocation.signal, invocation.snapshot.defaults.timeoutMs);
  const call = readCall(body);
  course.promptTokens = Math.ceil(body.length / BYTES_PER_TOKEN);
  const relay: Relay = { course, invocation, call, sink };
  let outcome = 'internal';
  let answeredBy: Answerer | undefined;
  let decision: DecisionRecord | undefined;
  try {
    const chosen = candidatesFor(runtime, invocation, call);
    const { candidates } = chosen;
    decision = chosen.decision;
    await dispatch(course, candidates, { retry: RETRY }, async (attempt) => {
      const result = await relayOnce(relay, attempt);
      answeredBy = 'value' in result && result.value ? answererOf(attempt.candidate) : undefined;
      outcome = answeredBy === undefined ? 'request_invalid' : 'ok';
      return result;
    });
  } catch (error) {
    outcome = error instanceof CapabilityError ? error.code : 'internal';
    throw error;
  } finally {
    course.close();
    const { attempts } = course;
    const { stream } = call;
    recordUsage(runtime, invocation, outcome, { attempts, answeredBy, stream, cache: 'bypass', decision });
  }
}

/** One relayed call, from its first attempt to its last byte. */
interface Relay {
  readonly course: Course;
  readonly invocation: Invocation;
  readonly call: RelayCall;
  readonly sink: RelaySink;
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

interface Chosen {
  readonly candidates: readonly Candidate[];
  /** Absent when the caller chose. */
  readonly decision?: DecisionRecord;
}

function candidatesFor(runtime: Runtime, invocation: Invocation, call: RelayCall): Chosen {
  const { target, snapshot } = invocation;
  assert(target.kind !== 'capability', 'capabilities are not relayed');
  const health = healthOf(runtime, snapshot);
  if (target.kind === 'model') {
    if (health.available(target.provider.id)) return { candidates: [target] };
    const message = `The provider ${target.provider.id} is not available: its key is not set.`;
    throw new CapabilityError('no_route', message, { param: 'model' });
  }
  const options = rankOptions(runtime);
  const requirements = requirementsOf(snapshot, undefined, target.tier, sizeOf(call));
  const route = planRoute(snapshot, requirements, health, options);
  if (route.candidates.length === 0) throw noRoute(route);
  return {
    candidates: route.candidates,
    decision: decisionOf({ requirements, route }, health, options),
  };
}

/** What is asked of any model that is to answer: by what the body holds, found without parsing it. */
function sizeOf({ body, maxOutputTokens }: RelayCall): CallSize {
  const features = [
    ...(body.includes('"json_schema"') ? ['structured-output'] : []),
    ...(body.includes('"tools"') ? ['tools'] : []),
  ];
  const inputModalities = [
    ...(body.includes('"input_audio"') ? ['audio'] : []),
    ...(body.includes('"image_url"') ? ['image'] : []),
  ];
  return {
    inputTokens: Math.ceil(body.length / BYTES_PER_TOKEN),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(features.length === 0 ? {} : { features }),
    ...(inputModalities.length === 0 ? {} : { inputModalities }),
  };
}

/** A body's tokens, near enough to tell a book from a question; the provider counts for itself. */
const BYTES_PER_TOKEN = 4;

/** One attempt; false when the provider refused the request itself and its words were handed on. */
function relayOnce(relay: Relay, attempt: Attempt): Promise<AttemptResult<boolean>> {
  const { relay: relays } = adapterNamed(attempt.candidate.provider.adapter);
  assert(relays, 'the compiler lets only relaying adapters be called by model');
  return relay.call.stream ? relayStream(relay, attempt) : relayWhole(relay, attempt);
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

async function relayWhole(relay: Relay, attempt: Attempt): Promise<AttemptResult<boolean>> {
  const { provider } = attempt.candidate;
  const wire = wireRequest(attempt.candidate, relay.call);
  const response = await relay.course.runtime.transport.collect(provider, wire, attempt.call);
  const { status, headers, body } = response;
  if (!isSuccess(status)) return handOn(relay, attempt, status, headers, body);
  const { usage } = adapterNamed(provider.adapter).decode(response);
  sendWhole(relay, attempt, usage, status, headers, body);
  return usage === undefined ? { value: true } : { value: true, usage };
}

function sendWhole(
  { course, invocation, sink }: Relay,
  attempt: Attempt,
  usage: TokenUsage | undefined,
  status: number,
  headers: WireHeaders,
  body: Buffer,
): void {
  const cost = costOf(course, attempt.candidate, usage);
  attempt.commit();
  sink.facts({
    ...factsOf(invocation, attempt.candidate),
    ...(cost === undefined ? {} : { costUsd: cost }),
  });
  sink.head(status, { ...passedHeaders(headers), 'content-length': String(body.length) });
  // One write; whole answers are limited in length, so there is nobody to hold back.
  void sink.chunk(body);
  sink.end();
}

/** Nothing goes out before the first content: until then a failure is answered elsewhere. */
async function relayStream(relay: Relay, attempt: Attempt): Promise<AttemptResult<boolean>> {
  const { course, call, sink } = relay;
  const { transport, limits } = course.runtime;
  const { provider } = attempt.candidate;
  const response = await transport.send(provider, wireRequest(attempt.candidate, call), attempt.call);
  const { status, headers } = response;
  if (!isSuccess(status)) return handOn(relay, attempt, status, headers, await collect(response.body));
  if (!(headers['content-type'] ?? '').includes('text/event-stream')) {
    throw new ProviderFailure('server', 'The provider answered with something that is not an event stream.', {
      status,
    });
  }
  const stream = createRelayedStream(call.askForUsage !== undefined);
  let held: Buffer[] | undefined = [];
  let heldBytes = 0;
  const send = async (ready: Buffer): Promise<void> => {
    if (ready.length === 0) return;
    attempt.heard(ready.length);
    await sink.chunk(ready);
  };
  const commit = async (): Promise<void> => {
    if (held === undefined) return;
    const first = Buffer.concat(held);
    held = undefined;
    begin(relay, attempt, headers);
    await send(first);
  };
  for await (const bytes of response.body) {
    const ready = stream.take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (held === undefined) {
      await send(ready);
      continue;
    }
    held.push(ready);
    heldBytes += ready.length;
    const isFull = stream.events > limits.heldEvents || heldBytes > limits.heldBytes;
    if (stream.hasContent || isFull) await commit();
  }
  const rest = stream.finish();
  await commit();
  await send(rest);
  sink.end();
  const { usage } = stream;
  return usage === undefined ? { value: true } : { value: true, usage };
}

/** The stream has its own limit of time from here: the deadline was for its beginning. */
function begin({ course, invocation, sink }: Relay, attempt: Attempt, headers: WireHeaders): void {
  attempt.commit();
  course.extend(course.runtime.limits.streamMs);
  sink.facts(factsOf(invocation, attempt.candidate));
  sink.head(200, passedHeaders(headers));
}

/** A refusal of what the caller itself wrote keeps its status and words; all else is for `dispatch` to decide. */
function handOn(
  relay: Relay,
  attempt: Attempt,
  status: number,
  headers: WireHeaders,
  body: Buffer,
): AttemptResult<boolean> {
  const { transport } = relay.course.runtime;
  const failure = adapterNamed(attempt.candidate.provider.adapter).classify(status, headers, body);
  const isCallers =
    failure.class === 'caller' || (status === 404 && relay.invocation.target.kind === 'model');
  if (!isCallers || failure.providerMessage === undefined) throw failure;
  const error = {
    message: transport.redact(failure.providerMessage),
    type: 'invalid_request_error',
    param: null,
    code: failure.providerCode === undefined ? null : transport.redact(failure.providerCode),
  };
  const answer = Buffer.from(JSON.stringify({ error }));
  sendWhole(relay, attempt, undefined, status, { ...headers, 'content-type': 'application/json' }, answer);
  return { value: false, refused: true };
}

function factsOf({ id, snapshot }: Invocation, { model }: Candidate): RelayFacts {
  return { id, snapshot: snapshot.revision, model: model.id };
}

function costOf(
  { attempts }: Course,
  { model, provider }: Candidate,
  usage: TokenUsage | undefined,
): number | undefined {
  if (usage === undefined) return undefined;
  const cost = costUsd(model.price, usage);
  const record = { model: model.id, provider: provider.id, outcome: 'ok', at: 0, latencyMs: 0, usage };
  return spentUsd([...attempts, cost === undefined ? record : { ...record, costUsd: cost }]);
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
