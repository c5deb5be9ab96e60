// Tries the candidates in order, within one deadline, and knows when to try again, when elsewhere and when to stop. All
// retries of Capstan are here; nobody else retries. The most calls that one invocation can make:
//
//   min(limits.attempts, candidates × (retry.maxAttempts + repair.maxAttempts) [+ 1 with hedging])

import { waitFor } from '../clock.ts';
import { CapabilityError } from '../errors.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Hedge, Policies, RetryReason } from '../registry/snapshot.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { costUsd } from '../usage/cost-usd.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import { InvalidOutput, isAboutModel, startAttempt, Superseded } from './attempt.ts';
import type { Attempt, AttemptResult, Ended, Running } from './attempt.ts';
import type { Course } from './course.ts';
import { hedgeDelay } from './hedge.ts';
import { spentUsd } from './record-usage.ts';
import { describeViolations } from './validate-input.ts';

export interface DispatchPolicies {
  readonly retry: Policies['retry'];
  /** Re-asks of one candidate after invalid outputs; default: none. */
  readonly repair?: Policies['repair'];
  /** What all attempts together may cost. */
  readonly maxCostUsd?: number | undefined;
  readonly hedging?: Hedging | undefined;
}

export interface Hedging {
  readonly hedge: Hedge;
  /** Whose share of calls it is counted in. */
  readonly key: string;
  readonly stream: boolean;
}

/** Makes one attempt; `invalid` is the last answer of the same candidate, when that broke the contract. */
export type Ask<Answer> = (attempt: Attempt, invalid?: InvalidOutput) => Promise<AttemptResult<Answer>>;

/** The first good answer. Rejects with a `CapabilityError` when no candidate is left. */
export async function dispatch<Answer>(
  course: Course,
  candidates: readonly Candidate[],
  policies: DispatchPolicies,
  ask: Ask<Answer>,
): Promise<Answer> {
  const standings = candidates.map(standingOf);
  const { hedging } = policies;
  let last: Failure | undefined;
  for (;;) {
    const step = nextStep(course, standings, policies);
    if (step.kind === 'stop') throw failed(course, last, step.why);
    if (step.waitMs > 0) await waitFor(course.runtime, step.waitMs, course.signal);
    const { standing } = step;
    if (hedging === undefined || course.begun > 0) {
      const ended = await startLeg(course, standings, standing, ask).ended;
      if (ended.ok) return ended.value;
      last = judge(course, standings, standing, policies, ended.error) ?? last;
      continue;
    }
    const legs = await askHedged(course, standings, standing, policies, hedging, ask);
    for (const { ended, standing: asked } of legs) {
      if (ended.ok) return ended.value;
      last = judge(course, standings, asked, policies, ended.error) ?? last;
    }
  }
}

/** What becomes of an attempt that failed; throws when nobody else is to be asked. */
function judge(
  course: Course,
  standings: readonly Standing[],
  asked: Standing,
  policies: DispatchPolicies,
  error: unknown,
): Failure | undefined {
  course.signal.throwIfAborted();
  if (error instanceof Superseded) return undefined;
  if (!isFailure(error)) throw error;
  if (course.answering !== undefined || isRefusal(error)) throw failed(course, error);
  note(course, standings, asked, policies, error);
  return error;
}

interface EndedLeg<Answer> {
  readonly standing: Standing;
  readonly ended: Ended<Answer>;
}

async function endOf<Answer>(standing: Standing, running: Running<Answer>): Promise<EndedLeg<Answer>> {
  return { standing, ended: await running.ended };
}

/** One attempt and how it ended; where it is slow, two. The one that is good comes first. */
async function askHedged<Answer>(
  course: Course,
  standings: readonly Standing[],
  standing: Standing,
  policies: DispatchPolicies,
  hedging: Hedging,
  ask: Ask<Answer>,
): Promise<readonly EndedLeg<Answer>[]> {
  const { runtime } = course;
  const first = startLeg(course, standings, standing, ask);
  const firstEnd = endOf(standing, first);
  runtime.hedges.earn(hedging.key, hedging.hedge.maxExtraLoad);
  const delayMs = hedgeDelay(runtime, standing.candidate, hedging.hedge, hedging.stream);
  if (delayMs === undefined) return [await firstEnd];

  const due = Promise.withResolvers<undefined>();
  const timer = runtime.after(delayMs, () => due.resolve(undefined));
  const early = await Promise.race([firstEnd, due.promise]);
  timer.cancel();
  if (early !== undefined) return [early];
  const rival = rivalOf(course, standings, standing, policies);
  if (rival === undefined || !runtime.hedges.spend(hedging.key)) return [await firstEnd];
  const second = startLeg(course, standings, rival, ask, true);
  const secondEnd = endOf(rival, second);
  const { ended } = await Promise.race([firstEnd, secondEnd]);
  if (ended.ok) {
    first.supersede();
    second.supersede();
  }
  const both = await Promise.all([firstEnd, secondEnd]);
  return both.toSorted((left, right) => Number(right.ended.ok) - Number(left.ended.ok));
}

function startLeg<Answer>(
  course: Course,
  standings: readonly Standing[],
  standing: Standing,
  ask: Ask<Answer>,
  hedge?: true,
): Running<Answer> {
  const { candidate, invalid } = standing;
  const firstByteMs = firstByteLimit(course, standings, standing);
  const options = hedge === undefined ? { firstByteMs } : { firstByteMs, hedge };
  return startAttempt(course, candidate, options, (attempt) => ask(attempt, invalid));
}

/** Who is asked beside a slow candidate: the next one that is well, else the same once more. */
function rivalOf(
  course: Course,
  standings: readonly Standing[],
  slow: Standing,
  { maxCostUsd = Infinity }: DispatchPolicies,
): Standing | undefined {
  const { runtime } = course;
  // The first words are there: it is slow no more.
  if (course.answering !== undefined || course.signal.aborted) return undefined;
  if (course.begun >= runtime.limits.attempts) return undefined;
  const costOf = ({ candidate }: Standing): number => candidate.worstCostUsd ?? Infinity;
  const isPossible = (rival: Standing): boolean =>
    runtime.health.admits(rival.candidate) &&
    (maxCostUsd === Infinity || costOf(slow) + costOf(rival) <= maxCostUsd);
  return standings.find((each) => each !== slow && isPossible(each)) ?? (isPossible(slow) ? slow : undefined);
}

type Failure = ProviderFailure | InvalidOutput;

function isFailure(error: unknown): error is Failure {
  return error instanceof ProviderFailure || error instanceof InvalidOutput;
}

/** The request itself is refused; it would be refused elsewhere. */
function isRefusal(error: Failure): boolean {
  return error instanceof ProviderFailure && error.class === 'caller';
}

/** How far one candidate has come in this invocation. */
interface Standing {
  readonly candidate: Candidate;
  /**
   * - `fresh`: not asked yet.
   * - `again`: asked again before anybody else is, at `notBefore`.
   * - `later`: asked again when nobody else is left, at `notBefore`.
   * - `out`: not asked any more.
   */
  state: 'fresh' | 'again' | 'later' | 'out';
  failures: number;
  reasks: number;
  notBefore: number;
  /** Its last answer, when that broke the contract. */
  invalid: InvalidOutput | undefined;
}

function standingOf(candidate: Candidate): Standing {
  return { candidate, state: 'fresh', failures: 0, reasks: 0, notBefore: 0, invalid: undefined };
}

type WhyStop = 'candidates' | 'attempts' | 'cost' | 'deadline';

type Step =
  | { readonly kind: 'ask'; readonly standing: Standing; readonly waitMs: number }
  | { readonly kind: 'stop'; readonly why: WhyStop };

/** Whom to ask next, and when. Reads, and changes nothing. */
function nextStep(course: Course, standings: readonly Standing[], policies: DispatchPolicies): Step {
  const { runtime } = course;
  if (course.begun >= runtime.limits.attempts) return { kind: 'stop', why: 'attempts' };
  let why: WhyStop = 'candidates';
  let again: Standing | undefined;
  let well: Standing | undefined;
  let later: Standing | undefined;
  let fresh: Standing | undefined;
  for (const standing of standings) {
    const { state, candidate, notBefore } = standing;
    if (state === 'out') continue;
    if (!isAffordable(course, standing, policies)) {
      why = 'cost';
      continue;
    }
    if (state === 'again') again ??= standing;
    else if (state === 'later') {
      if (later === undefined || notBefore < later.notBefore) later = standing;
    } else {
      fresh ??= standing;
      // Where there is nobody else, it is asked however it is.
      if (well === undefined && (standings.length === 1 || runtime.health.admits(candidate))) well = standing;
    }
  }
  // Nobody is well: the best is tried anyway. After a first failure the others are left in peace.
  const standing = again ?? well ?? later ?? (course.begun === 0 ? fresh : undefined);
  if (standing === undefined) return { kind: 'stop', why: fresh === undefined ? why : 'candidates' };
  const waitMs = standing.notBefore === 0 ? 0 : Math.max(0, standing.notBefore - runtime.now());
  return waitMs < course.remainingMs()
    ? { kind: 'ask', standing, waitMs }
    : { kind: 'stop', why: 'deadline' };
}

/** What was spent, and the worst that one more attempt can cost, stay within the limit. */
function isAffordable(
  { attempts }: Course,
  { candidate, invalid }: Standing,
  { maxCostUsd }: DispatchPolicies,
): boolean {
  if (maxCostUsd === undefined || attempts.length === 0) return true;
  const spent = spentUsd(attempts);
  const next = candidate.worstCostUsd;
  if (spent === undefined || next === undefined) return false;
  const quoted = Math.ceil((invalid?.text?.length ?? 0) / CHARACTERS_PER_TOKEN);
  const quoting = costUsd(candidate.model.price, { inputTokens: quoted, outputTokens: 0 }) ?? 0;
  return spent + next + quoting <= maxCostUsd;
}

const CHARACTERS_PER_TOKEN = 4;

/** While somebody else could still answer, a provider that stays silent does not get all the time that there is. */
function firstByteLimit(course: Course, standings: readonly Standing[], asked: Standing): number {
  const { firstByteMs, firstByteShare } = course.runtime.limits;
  const remainingMs = course.remainingMs();
  // Nearly always the deadline comes first: then nothing else has to watch the clock.
  const ownMs = firstByteMs > remainingMs ? Infinity : firstByteMs;
  if (standings.length === 1) return ownMs;
  const { health } = course.runtime;
  const isAlone = !standings.some(
    (each) => each !== asked && each.state === 'fresh' && health.admits(each.candidate),
  );
  return isAlone ? ownMs : Math.min(firstByteMs, firstByteShare * remainingMs);
}

/** What a failure means for the candidate, and for the others of its provider. */
function note(
  course: Course,
  standings: readonly Standing[],
  standing: Standing,
  policies: DispatchPolicies,
  failure: Failure,
): void {
  standing.state = 'out';
  if (failure instanceof InvalidOutput) {
    standing.invalid = failure;
    if (failure.text === undefined || standing.reasks >= (policies.repair?.maxAttempts ?? 0)) return;
    standing.reasks += 1;
    standing.state = 'again';
    standing.notBefore = 0;
    return;
  }
  standing.failures += 1;
  if (failure.class === 'credential' && !isAboutModel(failure)) {
    for (const each of standings) {
      if (each.candidate.provider.id === standing.candidate.provider.id) each.state = 'out';
    }
  }
  const reason = reasonToRetry(failure);
  const { maxAttempts, on } = policies.retry;
  if (reason === undefined || standing.failures >= maxAttempts || !on.includes(reason)) return;
  const waitMs = pauseBefore(course, standing.failures, failure);
  if (waitMs >= course.remainingMs()) return;
  standing.notBefore = course.runtime.now() + waitMs;
  standing.state = mayWaitHere(course, failure) ? 'again' : 'later';
}

function reasonToRetry(failure: ProviderFailure): RetryReason | undefined {
  if (failure.class === 'throttled') return 'rate-limited';
  if (failure.class !== 'server') return undefined;
  return failure.timedOut ? 'timeout' : 'upstream-error';
}

/** Doubles with every failure, takes chance, and is never shorter than the provider asked. */
function pauseBefore({ runtime }: Course, failures: number, failure: ProviderFailure): number {
  const { backoffMs, backoffMaxMs } = runtime.limits;
  const backoff = Math.min(backoffMs * 2 ** (failures - 1), backoffMaxMs);
  const jittered = backoff * (0.5 + runtime.random() / 2);
  return Math.max(jittered, (failure.retryAfterSeconds ?? 0) * 1000);
}

/**
 * Whether the retry comes before anybody else is asked. Another model answers now, where a throttled one would answer
 * later and a silent one has used up the time; a second that the provider itself named is worth the better model.
 */
function mayWaitHere({ runtime }: Course, failure: ProviderFailure): boolean {
  const askedMs = failure.retryAfterSeconds === undefined ? undefined : failure.retryAfterSeconds * 1000;
  if (askedMs !== undefined) return askedMs <= runtime.limits.patienceMs;
  return failure.class === 'server' && !failure.timedOut;
}

const whyStopped: Readonly<Record<WhyStop, string>> = {
  candidates: '',
  attempts: 'No further attempt is allowed.',
  cost: 'The cost limit leaves no room for another attempt.',
  deadline: 'The deadline leaves no time for another attempt.',
};

/** The caller's error: the broken contract when a model answered at all, else the providers' own words. */
function failed(course: Course, last: Failure | undefined, why: WhyStop = 'candidates'): CapabilityError {
  const { attempts } = course;
  const stopped = whyStopped[why];
  if (last instanceof InvalidOutput) {
    const message = `No model gave a valid output. ${describeViolations(last.violations)} ${stopped}`;
    return new CapabilityError('output_invalid', message.trim(), {
      details: { violations: last.violations, attempts },
      cause: last,
    });
  }
  if (last?.saturated === true) {
    return new CapabilityError('overloaded', 'The server is at its limit of calls to the provider.', {
      retryAfterSeconds: 1,
      cause: last,
    });
  }
  const lines = attempts.map(describeAttempt).join(' ');
  return new CapabilityError('provider_failed', `Every candidate failed. ${lines} ${stopped}`.trim(), {
    details: { attempts },
    cause: last,
    ...(last?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: last.retryAfterSeconds }),
  });
}

function describeAttempt({ model, outcome, message }: AttemptRecord): string {
  return `${model}: ${message ?? outcome}`;
}
