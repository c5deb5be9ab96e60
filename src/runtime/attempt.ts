// One attempt: one call of one candidate, with its own signal and limits, and a record of it however it ends.

import type { TokenUsage } from '../chat/chat.ts';
import { Cancellation } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import { millisecondsBetween } from '../clock.ts';
import { CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import type { WireHeaders } from '../providers/adapter.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import { readRateLimits } from '../providers/rate-limits.ts';
import type { RateLimits } from '../providers/rate-limits.ts';
import type { CallOptions } from '../providers/transport.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { costUsd } from '../usage/cost-usd.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import type { Course } from './course.ts';
import type { Finding } from './health.ts';

/** What an attempt is given to work with. */
export interface Attempt {
  readonly candidate: Candidate;
  /** For the transport: when to stop, and whom to tell that the call is under way. */
  readonly call: CallOptions;
  /** So many more characters of content came. */
  heard(characters: number): void;
  /** From now on this attempt answers the caller, and others are ended. Throws `Superseded` when another one does. */
  commit(): void;
}

/** What an attempt came to: its value, or an answer that breaks the contract; and what the provider counted. */
export type AttemptResult<Value> = { readonly usage?: TokenUsage | undefined } & (
  | { readonly value: Value; /** A refusal of the caller's own words, handed on. */ readonly refused?: true }
  | { readonly invalid: InvalidOutput }
);

/** An answer that breaks the contract and could not be mended. */
export class InvalidOutput extends Error {
  readonly violations: readonly Violation[];
  /** The model's own words, for asking again; absent when that would not help. */
  readonly text: string | undefined;

  constructor(violations: readonly Violation[], text?: string) {
    super('The answer breaks the contract.');
    this.violations = violations;
    this.text = text;
  }
}

/** Another attempt answered first. */
export class Superseded extends Error {
  constructor() {
    super('Another attempt answered first.');
  }
}

export interface AttemptOptions {
  readonly firstByteMs: number;
  /** A second leg beside one that is slow. */
  readonly hedge?: true;
}

/** How an attempt ended; `error` is a `ProviderFailure`, an `InvalidOutput`, `Superseded` or why the course ended. */
export type Ended<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown };

export interface Running<Value> {
  readonly ended: Promise<Ended<Value>>;
  /** Ends it, because another attempt is the better one. */
  supersede(): void;
}

/** Starts an attempt. Its record is kept, and its health noted, before `ended` settles. */
export function startAttempt<Value>(
  course: Course,
  candidate: Candidate,
  options: AttemptOptions,
  work: (attempt: Attempt) => Promise<AttemptResult<Value>>,
): Running<Value> {
  return new OneAttempt(course, candidate, options, work);
}

/** What is known of an attempt while it is under way; times in milliseconds since 1970. */
interface Progress {
  readonly startedAt: number;
  readonly sentAt: number | undefined;
  readonly headAt: number | undefined;
  readonly contentAt: number | undefined;
  readonly limits: RateLimits | undefined;
  readonly characters: number;
}

/** One object for what the work, the transport and the course each see of an attempt: every call makes one. */
class OneAttempt<Value> extends Cancellation implements Attempt, CallOptions, Progress, Running<Value> {
  readonly candidate: Candidate;
  readonly ended: Promise<Ended<Value>>;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly startedAt: number;
  sentAt: number | undefined = undefined;
  headAt: number | undefined = undefined;
  contentAt: number | undefined = undefined;
  limits: RateLimits | undefined = undefined;
  characters = 0;
  private readonly course: Course;
  private readonly options: AttemptOptions;

  constructor(
    course: Course,
    candidate: Candidate,
    options: AttemptOptions,
    work: (attempt: Attempt) => Promise<AttemptResult<Value>>,
  ) {
    super();
    this.candidate = candidate;
    this.firstByteMs = options.firstByteMs;
    this.idleMs = course.runtime.limits.idleMs;
    this.startedAt = course.runtime.now();
    this.course = course;
    this.options = options;
    this.ended = this.run(work);
  }

  get call(): CallOptions {
    return this;
  }

  get signal(): CancelSignal {
    return this;
  }

  onSent(): void {
    this.sentAt = this.course.runtime.now();
  }

  onHead(headers: WireHeaders): void {
    this.headAt = this.course.runtime.now();
    this.limits = readRateLimits(headers, this.headAt);
  }

  heard(characters: number): void {
    this.characters += characters;
    this.contentAt ??= this.course.runtime.now();
  }

  commit(): void {
    const course = this.course;
    if (course.answering !== undefined && course.answering !== this) throw new Superseded();
    course.answering = this;
    if (course.running.length < 2) return;
    for (const other of [...course.running]) if (other !== this) other.abort(new Superseded());
  }

  supersede(): void {
    this.abort(new Superseded());
  }

  private async run(work: (attempt: Attempt) => Promise<AttemptResult<Value>>): Promise<Ended<Value>> {
    const course = this.course;
    const { runtime, signal } = course;
    const { candidate } = this;
    const onEnd = (): void => this.abort(signal.reason);
    if (signal.aborted) onEnd();
    else signal.addEventListener('abort', onEnd);
    course.begun += 1;
    course.running.push(this);
    const visit = runtime.health.enter(candidate);
    try {
      this.throwIfAborted();
      const result = await work(this);
      const now = runtime.now();
      keep(course, candidate, this.options, this, now, recordOfResult(result));
      visit.leave(findingOfResult(this, now, result.usage));
      return 'invalid' in result ? { ok: false, error: result.invalid } : { ok: true, value: result.value };
    } catch (error) {
      keep(course, candidate, this.options, this, runtime.now(), recordOfFailure(course, this, error));
      visit.leave({ ...findingOfFailure(course, candidate, this, error), limits: this.limits });
      this.abort(error);
      return { ok: false, error };
    } finally {
      course.running.splice(course.running.indexOf(this), 1);
      signal.removeEventListener('abort', onEnd);
    }
  }
}

type Ending = Pick<AttemptRecord, 'outcome' | 'status' | 'message' | 'usage' | 'estimated'>;

function keep(
  { attempts }: Course,
  { model, provider }: Candidate,
  { hedge }: AttemptOptions,
  { startedAt, sentAt, headAt }: Progress,
  now: number,
  ending: Ending,
): void {
  const { outcome, status, message, usage, estimated } = ending;
  attempts.push({
    model: model.id,
    provider: provider.id,
    outcome,
    status,
    message,
    at: millisecondsBetween(0, startedAt),
    latencyMs: millisecondsBetween(startedAt, now),
    queueMs: sentAt && millisecondsBetween(startedAt, sentAt),
    firstByteMs: headAt && millisecondsBetween(startedAt, headAt),
    usage,
    estimated,
    hedge,
    costUsd: costUsd(model.price, usage),
  });
}

function recordOfResult(result: AttemptResult<unknown>): Ending {
  const { usage } = result;
  if ('invalid' in result) return { outcome: 'invalid', usage };
  return { outcome: result.refused === true ? 'caller' : 'ok', usage };
}

function recordOfFailure(course: Course, progress: Progress, error: unknown): Ending {
  const cut = estimateOf(course, progress, error);
  if (error instanceof CapabilityError) return { outcome: error.code, ...cut };
  if (error instanceof Superseded) return { outcome: 'superseded', ...cut };
  if (!(error instanceof ProviderFailure)) return { outcome: 'internal', ...cut };
  const { status, message, providerMessage } = error;
  const words = providerMessage === undefined ? message : `${message} “${providerMessage}”`;
  return {
    outcome: error.class,
    ...(status === undefined ? {} : { status }),
    message: course.runtime.transport.redact(words),
    ...cut,
  };
}

const CHARACTERS_PER_TOKEN = 4;

/**
 * A provider that was cut off while it worked has not said what it counted, but will charge for it: its prompt, and the
 * words that came. An answer with a status was whole, so nothing of it is guessed.
 */
function estimateOf(
  { promptTokens }: Course,
  { sentAt, characters }: Progress,
  error: unknown,
): Pick<Ending, 'usage' | 'estimated'> {
  const answered = error instanceof ProviderFailure && error.status !== undefined;
  if (sentAt === undefined || answered) return {};
  const usage = { inputTokens: promptTokens, outputTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN) };
  return { usage, estimated: true };
}

function findingOfResult(
  { startedAt, contentAt, limits }: Progress,
  now: number,
  usage: TokenUsage | undefined,
): Finding {
  return {
    verdict: 'well',
    totalMs: now - startedAt,
    limits,
    outputTokens: usage?.outputTokens,
    firstMs: contentAt === undefined ? undefined : contentAt - startedAt,
  };
}

/** A provider that refuses our key, or says that it has no such model, says the same for a while. */
const CREDENTIAL_REST_MS = 30_000;

function findingOfFailure(course: Course, candidate: Candidate, progress: Progress, error: unknown): Finding {
  if (!(error instanceof ProviderFailure)) return findingOfEnd(course, candidate, progress, error);
  if (error.saturated) return { verdict: 'unknown' };
  const restMs = error.retryAfterSeconds === undefined ? undefined : error.retryAfterSeconds * 1000;
  switch (error.class) {
    case 'server':
      return { verdict: 'ill', ...(restMs === undefined ? {} : { modelRestMs: restMs }) };
    case 'throttled':
      return { verdict: 'ill', modelOnly: true, ...(restMs === undefined ? {} : { modelRestMs: restMs }) };
    case 'credential':
      return isAboutModel(error)
        ? { verdict: 'unknown', modelRestMs: CREDENTIAL_REST_MS }
        : { verdict: 'unknown', providerRestMs: CREDENTIAL_REST_MS };
    default:
      return { verdict: 'well' };
  }
}

/** A refusal for the sake of the model's name, not of our key. */
export function isAboutModel({ status }: ProviderFailure): boolean {
  return status === 404;
}

/** A wait in vain that is longer than this speaks against a model of which nothing is known yet. */
const UNKNOWN_TAIL_MS = 10_000;

/**
 * An attempt that we ended. A deadline of ours says something of the model only when it was generous: when the model had said nothing for longer
 * than nearly all of its answers take.
 */
function findingOfEnd(
  { runtime }: Course,
  candidate: Candidate,
  { startedAt, headAt }: Progress,
  error: unknown,
): Finding {
  const waitedMs = runtime.now() - startedAt;
  // It took at least so long. Without this, only quick answers would be known, and everything would seem slow.
  if (error instanceof Superseded) return { verdict: 'unknown', firstMs: waitedMs, totalMs: waitedMs };
  const isDeadline = error instanceof CapabilityError && error.code === 'timeout';
  if (!isDeadline || headAt !== undefined) return { verdict: 'unknown' };
  const tail = runtime.health.tailMs(candidate, 'total', 0.95) ?? UNKNOWN_TAIL_MS;
  return { verdict: waitedMs >= tail ? 'ill' : 'unknown' };
}
