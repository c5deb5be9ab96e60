// One invocation of a capability from its input to its validated output, as a list of steps.

import type { ChatMessage, ChatRequest, Completion, TokenUsage } from '../chat/chat.ts';
import { assert, CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import { planRoute } from '../routing/plan-route.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { outputLimit, requirementsOf } from '../routing/requirements.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import { InvalidOutput } from './attempt.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import { callModel } from './call-model.ts';
import { openCourse } from './course.ts';
import type { Course } from './course.ts';
import { decodeOutput } from './decode-output.ts';
import type { DecodedOutput } from './decode-output.ts';
import { dispatch } from './dispatch.ts';
import type { DispatchPolicies } from './dispatch.ts';
import { estimateTokens, promptTokens } from './estimate-tokens.ts';
import type { Invocation } from './invocation.ts';
import { noRoute } from './no-route.ts';
import { prepare } from './prepare.ts';
import type { Prepared } from './prepare.ts';
import { recordUsage, totalsOf } from './record-usage.ts';
import { renderPrompt } from './render-prompt.ts';
import type { RepairReceipt } from './repair-json.ts';
import { healthOf } from './runtime.ts';
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
}

export interface InvocationReport extends InvocationFacts {
  readonly usage: TokenUsage;
  /** Absent when it is not known. */
  readonly costUsd?: number;
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

/** Chooses what of a model's words goes out. Until some do, a failure is not the caller's. */
export interface PieceFilter {
  take(piece: string): string;
}

/** Runs a capability; rejects with a `CapabilityError`. With a sink the answer is streamed. */
export async function runCapability(
  runtime: Runtime,
  invocation: Invocation,
  input: unknown,
  sink?: CapabilitySink,
): Promise<CapabilityResult> {
  const { capability, tier } = capabilityOf(invocation);
  const course = openCourse(runtime, invocation.signal, capability.policies.timeoutMs);
  let outcome = 'internal';
  let answer: Answer | undefined;
  try {
    const prepared = prepare(capability);
    const value = validateInput(prepared, input);
    const request = requestOf(prepared, invocation, tier, value);
    const candidates = candidatesFor(runtime, invocation, capability, tier, request);
    course.promptTokens = promptTokens(request.messages);
    answer = await dispatch(course, candidates, dispatchPolicies(capability), (attempt, invalid) =>
      askForOutput(course, invocation, prepared, { attempt, invalid, request }, sink),
    );
    outcome = 'ok';
    return { output: answer.output, invocation: reportOf(course, invocation, answer) };
  } catch (error) {
    if (error instanceof CapabilityError) outcome = error.code;
    throw error;
  } finally {
    course.close();
    recordUsage(runtime, invocation, outcome, {
      attempts: course.attempts,
      answeredBy: answer?.candidate,
      stream: sink !== undefined,
    });
  }
}

function dispatchPolicies({ policies, routing }: Capability): DispatchPolicies {
  return {
    retry: policies.retry,
    repair: policies.repair,
    maxCostUsd: routing.constraints.maxCostUsd,
  };
}

function capabilityOf({ target, tier }: Invocation): { capability: Capability; tier: string } {
  assert(target.kind === 'capability' && tier !== undefined, 'an invocation of a capability names it');
  return { capability: target.capability, tier };
}

function requestOf(prepared: Prepared, invocation: Invocation, tier: string, input: Json): ChatRequest {
  const { capability, strict } = prepared;
  const { sampling } = capability;
  const { messages } = renderPrompt(prepared, input, {
    nonce: invocation.id,
    history: invocation.history,
  });
  return {
    messages,
    ...sampling,
    maxOutputTokens: outputLimit(capability, tier),
    ...(strict === undefined
      ? {}
      : {
          outputSchema: {
            name: capability.name.slice(0, SCHEMA_NAME_MAX),
            schema: strict.enforceable ? strict.schema : capability.output,
            strict: strict.enforceable,
          },
        }),
    task: {
      capability: capability.key,
      input,
      outputSchema: capability.output,
      examples: capability.examples,
    },
  };
}

/** The longest name of a schema that providers take. */
const SCHEMA_NAME_MAX = 64;

function candidatesFor(
  runtime: Runtime,
  { snapshot }: Invocation,
  capability: Capability,
  tier: string,
  { messages }: ChatRequest,
): readonly Candidate[] {
  const outputTokens = outputLimit(capability, tier);
  const exact = capability.routing.constraints.maxCostUsd !== undefined;
  const inputTokens = estimateTokens(messages, { snapshot, outputTokens, exact });
  const requirements = requirementsOf(snapshot, capability, tier, { inputTokens });
  const route = planRoute(snapshot, requirements, healthOf(runtime, snapshot));
  if (route.candidates.length === 0) throw noRoute(route);
  return route.candidates;
}

interface Answer {
  readonly candidate: Candidate;
  readonly output: Json;
  readonly repairs: readonly RepairReceipt[];
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
  invocation: Invocation,
  prepared: Prepared,
  { attempt, invalid, request }: Asking,
  sink: CapabilitySink | undefined,
): Promise<AttemptResult<Answer>> {
  const open = sink && openSink(course, invocation, attempt, sink);
  const messages =
    invalid === undefined
      ? request.messages
      : [...request.messages, ...reask(invalid.text ?? '', invalid.violations)];
  const completion = await callModel(course.runtime, attempt, { ...request, messages }, open?.delta);
  const decoded = readCompletion(prepared, completion);
  const usage = completion.usage === undefined ? {} : { usage: completion.usage };
  if (!decoded.ok) {
    const text = completion.finishReason === 'length' ? undefined : completion.text;
    return { invalid: new InvalidOutput(decoded.violations, text), ...usage };
  }
  await open?.open();
  return {
    value: { candidate: attempt.candidate, output: decoded.output, repairs: decoded.repairs },
    ...usage,
  };
}

function readCompletion(prepared: Prepared, completion: Completion): DecodedOutput {
  if (completion.finishReason === 'refusal') {
    throw new ProviderFailure('content', 'The model refused to answer.');
  }
  if (completion.finishReason !== 'length') return decodeOutput(prepared, completion.text);
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

function openSink(course: Course, invocation: Invocation, attempt: Attempt, sink: CapabilitySink): OpenSink {
  const filter = sink.filter?.();
  let opened = false;
  const open = async (): Promise<void> => {
    if (opened) return;
    attempt.commit();
    opened = true;
    await sink.start(factsOf(invocation, attempt.candidate), filter);
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

function factsOf(invocation: Invocation, { model, provider }: Candidate): InvocationFacts {
  const { capability, tier } = capabilityOf(invocation);
  return {
    id: invocation.id,
    capability: capability.key,
    version: capability.version,
    revision: capability.revision,
    snapshot: invocation.snapshot.revision,
    tier,
    model: model.id,
    provider: provider.id,
  };
}

function reportOf(course: Course, invocation: Invocation, { candidate, repairs }: Answer): InvocationReport {
  return {
    ...factsOf(invocation, candidate),
    ...totalsOf(course.attempts),
    latencyMs: course.runtime.now() - invocation.openedAt,
    attempts: course.attempts,
    repairs,
    cached: false,
  };
}
