// One invocation of a capability from its input to its validated output, as a list of steps.

import type { ChatMessage, ChatRequest, Completion, TokenUsage } from '../chat/chat.ts';
import { assert, CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import { planRoute } from '../routing/plan-route.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { outputLimit, requirementsOf } from '../routing/requirements.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import { callModel } from './call-model.ts';
import { attempt, openCourse } from './course.ts';
import type { Course } from './course.ts';
import { decodeOutput } from './decode-output.ts';
import type { DecodedOutput } from './decode-output.ts';
import { ATTEMPTS_MAX, dispatch, InvalidOutput } from './dispatch.ts';
import { estimateTokens } from './estimate-tokens.ts';
import type { Invocation } from './invocation.ts';
import { noRoute } from './no-route.ts';
import { prepare } from './prepare.ts';
import type { Prepared } from './prepare.ts';
import { recordUsage, totalsOf } from './record-usage.ts';
import { renderPrompt } from './render-prompt.ts';
import { growOutput } from './grow-output.ts';
import { outputFormFor } from './output-form.ts';
import type { RepairReceipt } from './repair-receipts.ts';
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
  start(facts: InvocationFacts): void | Promise<void>;
  delta(text: string): void | Promise<void>;
}

/** Runs a capability; rejects with a `CapabilityError`. With a sink the answer is streamed. */
export async function runCapability(
  runtime: Runtime,
  invocation: Invocation,
  input: unknown,
  sink?: CapabilitySink,
): Promise<CapabilityResult> {
  const { capability, tier } = capabilityOf(invocation);
  const course = openCourse(runtime, invocation, capability.policies.timeoutMs);
  let outcome = 'internal';
  let answer: Answer | undefined;
  try {
    const prepared = prepare(capability);
    const value = validateInput(prepared, input);
    const request = requestOf(prepared, invocation, tier, value);
    const candidates = candidatesFor(runtime, invocation, capability, tier, request);
    answer = await dispatch(course, candidates, capability.policies.retry, (candidate) =>
      askForOutput(course, prepared, candidate, request, sink && openSink(course, candidate, sink)),
    );
    outcome = 'ok';
    return { output: answer.output, invocation: reportOf(course, answer) };
  } catch (error) {
    if (error instanceof CapabilityError) outcome = error.code;
    throw error;
  } finally {
    course.close();
    recordUsage(course, outcome, { answeredBy: answer?.candidate, stream: sink !== undefined });
  }
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

/** Asks one model, and asks it again with its violations, until its output is valid or it was asked often enough. */
async function askForOutput(
  course: Course,
  prepared: Prepared,
  candidate: Candidate,
  request: ChatRequest,
  sink: OpenSink | undefined,
): Promise<Answer> {
  const { capability, forms } = prepared;
  const { repair } = capability.policies;
  const form = forms && outputFormFor(forms, candidate);
  const outputSchema = form && { name: schemaNameOf(capability), schema: form.schema, strict: form.strict };
  let messages = request.messages;
  for (let reasks = 0; ; reasks += 1) {
    const { text, finishReason, decoded } = await attempt(course, candidate, async () => {
      const asked = { ...request, messages, ...(outputSchema === undefined ? {} : { outputSchema }) };
      const completion = await callModel(
        course,
        candidate,
        asked,
        sink && growOutput(prepared, form, sink.delta),
      );
      const read = readCompletion(prepared, completion, form);
      const { usage } = completion;
      return {
        value: { ...completion, decoded: read },
        outcome: read.ok ? 'ok' : 'invalid',
        ...(usage === undefined ? {} : { usage }),
      };
    });
    if (decoded.ok) {
      await sink?.open();
      return { candidate, output: decoded.output, repairs: decoded.repairs };
    }
    const isOver =
      course.committed ||
      finishReason === 'length' ||
      reasks >= repair.maxAttempts ||
      course.attempts.length >= ATTEMPTS_MAX;
    if (isOver) throw new InvalidOutput(decoded.violations);
    messages = [...request.messages, ...reask(text, decoded.violations)];
  }
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

function openSink(course: Course, candidate: Candidate, sink: CapabilitySink): OpenSink {
  const open = async (): Promise<void> => {
    if (course.committed) return;
    course.committed = true;
    await sink.start(factsOf(course, candidate));
  };
  return {
    open,
    async delta(text) {
      await open();
      await sink.delta(text);
    },
  };
}

function factsOf({ invocation }: Course, { model, provider }: Candidate): InvocationFacts {
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

function reportOf(course: Course, { candidate, repairs }: Answer): InvocationReport {
  return {
    ...factsOf(course, candidate),
    ...totalsOf(course.attempts),
    latencyMs: course.runtime.now() - course.invocation.openedAt,
    attempts: course.attempts,
    repairs,
    cached: false,
  };
}
