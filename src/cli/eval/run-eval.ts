// Makes the calls of an evaluation, several at once, through the same runtime that serves: a model passes when its answer,
// repairs included, fulfils the contract and every assertion.

import { CapabilityError } from '../../errors.ts';
import type { Violation } from '../../errors.ts';
import { openCaller } from '../../governance/caller.ts';
import type { Capability, Json, Model, Snapshot } from '../../registry/snapshot.ts';
import { openInvocation } from '../../runtime/invocation.ts';
import { runCapability } from '../../runtime/run-capability.ts';
import type { CapabilityResult } from '../../runtime/run-capability.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { readPointer } from '../../schema/json-pointer.ts';
import { judgeAssertion } from '../judge-assertion.ts';
import type { Subject } from '../judge-assertion.ts';
import { judgeCapability, verdictOf } from './judge-rubric.ts';
import type { EvalResult } from './journal.ts';
import { pinnedTo } from './plan-eval.ts';
import type { EvalCase, EvalTest } from './plan-eval.ts';

export interface EvalRun {
  readonly runtime: Runtime;
  readonly snapshot: Snapshot;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** No call begins that could take the sum beyond it. */
  readonly maxCostUsd: number;
  /** YYYY-MM-DD */
  readonly today: string;
  onResult(result: EvalResult): void;
}

/** Makes every call, until the signal or the limit ends it; answers how many were left out. */
export async function runEval(cases: readonly EvalCase[], run: EvalRun): Promise<number> {
  const waiting = [...cases];
  let reserved = 0;
  let leftOut = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const worst = next.cost?.worst ?? 0;
      if (run.signal.aborted || reserved + worst > run.maxCostUsd) {
        leftOut += 1;
        continue;
      }
      reserved += worst;
      const result = await runCase(next, run);
      if (result === undefined) {
        leftOut += 1;
        continue;
      }
      reserved += (result.costUsd ?? worst) - worst;
      run.onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, run.concurrency) }, work));
  return leftOut;
}

/** Undefined when it was interrupted, or nobody could be reached: that says nothing of the model. */
async function runCase(asked: EvalCase, run: EvalRun): Promise<EvalResult | undefined> {
  const { capability, test, input, tier, model, judge, key } = asked;
  const startedAt = run.runtime.now();
  const called = await call(run, { capability, model, tier, input });
  if (called === 'interrupted' || called === 'unreachable') return undefined;
  const subject = subjectOf(called);
  const judged = await judgeAll(asked, subject, run);
  if (judged === undefined) return undefined;
  const cost = sum(called instanceof CapabilityError ? undefined : called.invocation.costUsd, judged.costUsd);
  const why = judged.failures[0];
  return {
    key,
    capability: capability.key,
    revision: capability.revision,
    test: test.name,
    tier,
    model: model.id,
    ...(judge && { judge: judge.id }),
    date: run.today,
    held: judged.held,
    ...(why !== undefined && { why: why.slice(0, WHY_MAX) }),
    ...(cost !== undefined && { costUsd: cost }),
    latencyMs: Math.round(run.runtime.now() - startedAt),
  };
}

const WHY_MAX = 500;

interface Called {
  readonly capability: Capability;
  readonly model: Model;
  readonly tier: string;
  readonly input: Json;
}

type Outcome = CapabilityResult | CapabilityError | 'interrupted' | 'unreachable';

async function call(
  { runtime, snapshot, signal }: EvalRun,
  { capability, model, tier, input }: Called,
): Promise<Outcome> {
  const invocation = openInvocation(runtime, {
    snapshot: pinnedTo(snapshot, model),
    caller: openCaller,
    target: { kind: 'capability', capability },
    tier,
    signal,
    bypassCache: true,
  });
  try {
    return await runCapability(runtime, invocation, input);
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    if (!(error instanceof CapabilityError)) throw error;
    return UNREACHABLE.has(error.code) ? 'unreachable' : error;
  }
}

/** A provider that is down, or has no room for us, is no mistake of the model. */
const UNREACHABLE: ReadonlySet<string> = new Set(['provider_failed', 'overloaded', 'no_route', 'cancelled']);

function subjectOf(called: CapabilityResult | CapabilityError): Subject {
  if (!(called instanceof CapabilityError)) return { kind: 'output', output: called.output };
  const { code, message, details } = called;
  const violations = (details as { violations?: readonly Violation[] } | undefined)?.violations ?? [];
  return { kind: 'error', code, message, violations };
}

interface Judged {
  readonly held: readonly boolean[];
  readonly failures: readonly string[];
  readonly costUsd?: number;
}

/** A test without assertions asks for a valid output. */
async function judgeAll(asked: EvalCase, subject: Subject, run: EvalRun): Promise<Judged | undefined> {
  const expect: EvalTest['expect'] = asked.test.expect.length === 0 ? [{ type: 'valid' }] : asked.test.expect;
  const held: boolean[] = [];
  const failures: string[] = [];
  let costUsd: number | undefined = 0;
  for (const assertion of expect) {
    if (assertion.type !== 'rubric' || subject.kind !== 'output') {
      const found = judgeAssertion(assertion, subject);
      held.push(found.length === 0);
      failures.push(...found);
      continue;
    }
    const verdict = await askJudge(asked, assertion, subject.output, run);
    if (verdict === undefined) return undefined;
    held.push(verdict.holds);
    costUsd = sum(costUsd, verdict.costUsd);
    if (!verdict.holds) failures.push(`rubric: ${verdict.reason}`);
  }
  return { held, failures, ...(costUsd !== undefined && { costUsd }) };
}

async function askJudge(
  { input, judge }: EvalCase,
  { value, path }: Extract<EvalTest['expect'][number], { type: 'rubric' }>,
  output: Json,
  run: EvalRun,
): Promise<{ readonly holds: boolean; readonly reason: string; readonly costUsd?: number } | undefined> {
  if (judge === undefined) return undefined;
  const answer = readPointer(output, path ?? '');
  const text = (part: unknown): string =>
    typeof part === 'string' ? part : (JSON.stringify(part) ?? 'nothing');
  const judging = { ...run, snapshot: { ...run.snapshot, tiers: { judge: { tolerance: 1, prefer: [] } } } };
  const asked = { criterion: value, input: text(input), answer: text(answer) };
  const said = await call(judging, {
    capability: judgeCapability,
    model: judge,
    tier: 'judge',
    input: asked,
  });
  // A judge without a verdict has not judged; the call is made again by the next evaluation.
  if (said === 'interrupted' || said === 'unreachable' || said instanceof CapabilityError) return undefined;
  const { costUsd } = said.invocation;
  return { ...verdictOf(said.output), ...(costUsd !== undefined && { costUsd }) };
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}
