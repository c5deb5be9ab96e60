// One invocation of a capability from its input to its validated output, as a list of steps.

import type { ChatMessage, ChatRequest, Completion, TokenUsage } from '../chat/chat.ts';
import { millisecondsBetween } from '../clock.ts';
import { assert, CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { outputLimit } from '../routing/requirements.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import type { AttemptRecord, DecisionRecord } from '../usage/usage-record.ts';
import { questionKey } from './answer-cache.ts';
import { answererOf, replay } from './answer.ts';
import type { Answer, AnswerSink, Answerer, CacheStatus, PieceFilter } from './answer.ts';
import { InvalidOutput } from './attempt.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import { callModel } from './call-model.ts';
import { openCourse } from './course.ts';
import type { Course } from './course.ts';
import { decodeOutput } from './decode-output.ts';
import type { DecodedOutput } from './decode-output.ts';
import { dispatch } from './dispatch.ts';
import type { DispatchPolicies } from './dispatch.ts';
import { promptTokens } from './estimate-tokens.ts';
import type { Invocation } from './invocation.ts';
import { noRoute } from './no-route.ts';
import { prepare } from './prepare.ts';
import type { Prepared } from './prepare.ts';
import { decisionOf, planCall } from './plan-call.ts';
import { raiseTier } from './raise-tier.ts';
import { recordUsage, totalsOf } from './record-usage.ts';
import { renderPrompt } from './render-prompt.ts';
import { growOutput } from './grow-output.ts';
import { outputFormFor } from './output-form.ts';
import { recordedRepairs } from './repair-receipts.ts';
import type { RepairReceipt } from './repair-receipts.ts';
import { healthOf, rankOptions } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import { validateInput } from './validate-input.ts';

/** What is known of an invocation when its answer begins. */
export interface InvocationFacts {
  readonly id: string;
  /** `NAME@MAJOR` */
  readonly capability: string;
  readonly version: string;
  /** Of the capability. */
  readonly revision: string;
  /** Revision of the Snapshot that serves. */
  readonly snapshot: string;
  readonly tier: string;
  readonly model: string;
  readonly provider: string;
  readonly cache: CacheStatus;
}

export interface InvocationReport extends InvocationFacts {
  readonly usage: TokenUsage;
  /** Absent when it is not known. */
  readonly costUsd?: number | undefined;
  readonly latencyMs: number;
  readonly attempts: readonly AttemptRecord[];
  readonly repairs: readonly RepairReceipt[];
  readonly cached: boolean;
}

export interface CapabilityResult {
  /** Fits the output schema. */
  readonly output: Json;
  readonly invocation: InvocationReport;
}

/** Hears of an answer while it comes. Nothing is called before the first content; promises hold the provider back. */
export interface CapabilitySink {
  /** `filter` is the one that chose the first words, where the sink has filters. */
  start(facts: InvocationFacts, filter?: PieceFilter): void | Promise<void>;
  delta(text: string): void | Promise<void>;
  /** Made anew for every attempt; default: every word goes out. */
  filter?(): PieceFilter;
}

/** Runs a capability; rejects with a `CapabilityError`. With a sink the answer is streamed. */
export async function runCapability(
  runtime: Runtime,
  invocation: Invocation,
  input: unknown,
  sink?: CapabilitySink,
): Promise<CapabilityResult> {
  const { capability } = capabilityOf(invocation);
  const account: Account = { attempts: [], cache: 'bypass', shared: false };
  let running = invocation;
  let outcome = 'internal';
  let answer: Answer | undefined;
  try {
    const prepared = prepare(capability);
    const value = validateInput(prepared, input);
    running = onRaisedTier(invocation, value);
    const call: Call = { runtime, invocation: running, prepared, input: value };
    answer = await answerCall(call, account, sink && answerSink(running, account, sink));
    outcome = 'ok';
    return { output: answer.output, invocation: reportOf(runtime, running, account, answer) };
  } catch (error) {
    if (error instanceof CapabilityError) outcome = error.code;
    throw error;
  } finally {
    const { attempts, cache, shared, decision } = account;
    const repairs = answer && recordedRepairs(answer.repairs, capability.output);
    const stream = sink !== undefined;
    const details = { attempts, answeredBy: answer, stream, cache, repairs, shared, decision };
    recordUsage(runtime, running, outcome, details);
    learn(runtime, running, attempts, answer);
  }
}

/** Rules over the input may ask for a better tier than the caller did. */
function onRaisedTier(invocation: Invocation, input: Json): Invocation {
  const { capability, tier } = capabilityOf(invocation);
  const raised = raiseTier(invocation.snapshot.tiers, capability.routing.when, tier, input);
  return raised === tier ? invocation : { ...invocation, tier: raised };
}

/** What the attempts teach, and who may judge the answer later. */
function learn(
  { learning, judged }: Runtime,
  invocation: Invocation,
  attempts: readonly AttemptRecord[],
  answer: Answer | undefined,
): void {
  const { capability, tier } = capabilityOf(invocation);
  const { snapshot, caller, id } = invocation;
  learning.note(snapshot, capability, tier, attempts);
  const model = answer && snapshot.models[answer.model];
  if (model !== undefined) judged.open(id, { capability, model, caller: caller.name });
}

/** What an invocation answers for: the attempts that it pays for, and where its answer came from. */
interface Account {
  attempts: readonly AttemptRecord[];
  cache: CacheStatus;
  /** It waited for an equal call. */
  shared: boolean;
  /** How the models were chosen that it asked. */
  decision?: DecisionRecord;
}

/** A call whose input is known to be right. */
interface Call {
  readonly runtime: Runtime;
  readonly invocation: Invocation;
  readonly prepared: Prepared;
  readonly input: Json;
}

/** From memory, from an equal call on its way, or from a model. */
async function answerCall(call: Call, account: Account, sink: AnswerSink | undefined): Promise<Answer> {
  const { runtime, invocation, prepared } = call;
  const { cache, timeoutMs } = prepared.capability.policies;
  if (cache.mode === 'none' || invocation.bypassCache === true) {
    const course = openCourse(runtime, invocation.signal, timeoutMs);
    account.attempts = course.attempts;
    try {
      return await askModels(call, course, account, sink);
    } finally {
      course.close();
    }
  }
  const key = questionOf(call);
  const known = runtime.answers.get(key);
  account.cache = known === undefined ? 'miss' : 'hit';
  if (known !== undefined) {
    const answer = { ...known, repairs: [] };
    if (sink !== undefined) await replay(sink, answer);
    return answer;
  }
  return boardFlight(call, key, account, sink);
}

function questionOf({ invocation, input }: Call): string {
  const { snapshot, caller, history } = invocation;
  const { capability, tier } = capabilityOf(invocation);
  return questionKey({ snapshot, capability, tier, caller, input, history });
}

/** Equal calls share one; a call whose flight failed before it heard a word, though others did, takes off itself. */
async function boardFlight(
  call: Call,
  key: string,
  account: Account,
  sink: AnswerSink | undefined,
): Promise<Answer> {
  const { runtime, invocation, prepared } = call;
  const { timeoutMs, cache } = prepared.capability.policies;
  for (;;) {
    const remainingMs = timeoutMs - (runtime.now() - invocation.openedAt);
    const boarding = { signal: invocation.signal, timeoutMs: remainingMs, sink };
    const seat = runtime.flights.board(runtime, key, boarding, async (course, words) => {
      const answer = await askModels(call, course, account, words);
      runtime.answers.set(key, answer, cache.ttlMs);
      return answer;
    });
    account.cache = seat.isFirst ? 'miss' : 'hit';
    account.shared ||= !seat.isFirst;
    try {
      const answer = await seat.arrive();
      if (sink !== undefined && !seat.heard) await replay(sink, answer);
      return answer;
    } catch (error) {
      if (!seat.mayTryAgain) throw error;
    } finally {
      account.attempts = await seat.leave();
    }
  }
}

/** Throws before it asks anybody when the input makes no prompt, or leaves no model. */
function askModels(
  { runtime, invocation, prepared, input }: Call,
  course: Course,
  account: Account,
  sink: AnswerSink | undefined,
): Promise<Answer> {
  const { capability, tier } = capabilityOf(invocation);
  const request = requestOf(prepared, invocation, tier, input);
  const candidates = candidatesFor(runtime, invocation, request, account);
  course.promptTokens = promptTokens(request.messages);
  return dispatch(course, candidates, dispatchPolicies(capability, sink !== undefined), (attempt, invalid) =>
    askForOutput(course, prepared, { attempt, invalid, request }, sink),
  );
}

/** The caller's own view of an answer that may be shared. */
function answerSink(invocation: Invocation, account: Account, sink: CapabilitySink): AnswerSink {
  return {
    start: (answerer, filter) => sink.start(factsOf(invocation, answerer, account.cache), filter),
    delta: (text) => sink.delta(text),
    ...(sink.filter === undefined ? {} : { filter: () => sink.filter?.() ?? EVERYTHING }),
  };
}

const EVERYTHING: PieceFilter = { take: (piece) => piece };

function dispatchPolicies({ key, policies, routing }: Capability, stream: boolean): DispatchPolicies {
  const { retry, repair, hedge } = policies;
  return {
    retry,
    repair,
    maxCostUsd: routing.constraints.maxCostUsd,
    hedging: hedge && { hedge, key, stream },
  };
}

function capabilityOf({ target, tier }: Invocation): { capability: Capability; tier: string } {
  assert(target.kind === 'capability' && tier !== undefined, 'an invocation of a capability names it');
  return { capability: target.capability, tier };
}

function requestOf(prepared: Prepared, invocation: Invocation, tier: string, input: Json): ChatRequest {
  const { capability } = prepared;
  const { sampling } = capability;
  const { messages } = renderPrompt(prepared, input, {
    nonce: invocation.id,
    history: invocation.history,
  });
  return {
    messages,
    ...sampling,
    maxOutputTokens: outputLimit(capability, tier),
    task: {
      capability: capability.key,
      input,
      outputSchema: capability.output,
      examples: capability.examples,
    },
  };
}

function candidatesFor(
  runtime: Runtime,
  invocation: Invocation,
  { messages }: ChatRequest,
  account: Account,
): readonly Candidate[] {
  const { snapshot } = invocation;
  const { capability, tier } = capabilityOf(invocation);
  const expectedOutputTokens = runtime.learning.expectedOutputTokens(capability, tier);
  const health = healthOf(runtime, snapshot);
  const options = rankOptions(runtime);
  const planned = planCall({ snapshot, capability, tier, messages, expectedOutputTokens }, health, options);
  account.decision = decisionOf(planned, health, options);
  if (planned.route.candidates.length === 0) throw noRoute(planned.route);
  return planned.route.candidates;
}

interface Asking {
  readonly attempt: Attempt;
  /** The same model's last answer, when that broke the contract. */
  readonly invalid: InvalidOutput | undefined;
  readonly request: ChatRequest;
}

/** One attempt: asks a model, or asks it again with its violations, and reads its answer. */
async function askForOutput(
  course: Course,
  prepared: Prepared,
  { attempt, invalid, request }: Asking,
  sink: AnswerSink | undefined,
): Promise<AttemptResult<Answer>> {
  const { capability, forms } = prepared;
  const form = forms && outputFormFor(forms, attempt.candidate);
  const outputSchema = form && { name: schemaNameOf(capability), schema: form.schema, strict: form.strict };
  const open = sink && openSink(attempt, sink);
  const messages =
    invalid === undefined
      ? request.messages
      : [...request.messages, ...reask(invalid.text ?? '', invalid.violations)];
  const asked =
    outputSchema === undefined ? { ...request, messages } : { ...request, messages, outputSchema };
  const delta = open && growOutput(prepared, form, open.delta);
  const completion = await callModel(course.runtime, attempt, asked, delta);
  const decoded = readCompletion(prepared, completion, form);
  const { usage } = completion;
  if (!decoded.ok) {
    const text = completion.finishReason === 'length' ? undefined : completion.text;
    return { invalid: new InvalidOutput(decoded.violations, text), usage };
  }
  if (open !== undefined) await open.open();
  const { model, provider } = attempt.candidate;
  const { output, repairs } = decoded;
  return { value: { model: model.id, provider: provider.id, output, repairs }, usage };
}

/** The longest name of a schema that providers take. */
const SCHEMA_NAME_MAX = 64;

function schemaNameOf({ name }: Capability): string {
  return name.slice(0, SCHEMA_NAME_MAX);
}

function readCompletion(
  prepared: Prepared,
  completion: Completion,
  form: OutputForm | undefined,
): DecodedOutput {
  if (completion.finishReason === 'refusal') {
    throw new ProviderFailure('content', 'The model refused to answer.');
  }
  if (completion.finishReason !== 'length') return decodeOutput(prepared, completion.text, form);
  const message = 'The answer was cut off at the longest output that this tier allows.';
  return { ok: false, violations: [{ pointer: '', keyword: 'length', message }], repairs: [] };
}

/** Violations named in one re-ask; a model does not read a longer list better. */
const REASK_VIOLATIONS_MAX = 20;

function reask(text: string, violations: readonly Violation[]): ChatMessage[] {
  const list = violations
    .slice(0, REASK_VIOLATIONS_MAX)
    .map(({ pointer, message }) => `- ${pointer === '' ? '(the whole answer)' : pointer}: ${message}`)
    .join('\n');
  const content = `That answer does not fit the required schema:\n${list}\nGive the whole corrected answer, and nothing else.`;
  return [
    { role: 'assistant', content: text },
    { role: 'user', content },
  ];
}

interface OpenSink {
  /** Says that the answer begins; once. */
  readonly open: () => Promise<void>;
  readonly delta: (text: string) => Promise<void>;
}

function openSink(attempt: Attempt, sink: AnswerSink): OpenSink {
  const filter = sink.filter?.();
  let opened = false;
  const open = async (): Promise<void> => {
    if (opened) return;
    attempt.commit();
    opened = true;
    await sink.start(answererOf(attempt.candidate), filter);
  };
  return {
    open,
    async delta(text) {
      const chosen = filter === undefined ? text : filter.take(text);
      if (chosen === '') return;
      await open();
      await sink.delta(chosen);
    },
  };
}

function factsOf(invocation: Invocation, { model, provider }: Answerer, cache: CacheStatus): InvocationFacts {
  const { capability, tier } = capabilityOf(invocation);
  return {
    id: invocation.id,
    capability: capability.key,
    version: capability.version,
    revision: capability.revision,
    snapshot: invocation.snapshot.revision,
    tier,
    model,
    provider,
    cache,
  };
}

function reportOf(
  runtime: Runtime,
  invocation: Invocation,
  { attempts, cache }: Account,
  answer: Answer,
): InvocationReport {
  return {
    ...factsOf(invocation, answer, cache),
    ...totalsOf(attempts),
    latencyMs: millisecondsBetween(invocation.openedAt, runtime.now()),
    attempts,
    repairs: answer.repairs,
    cached: cache === 'hit',
  };
}
