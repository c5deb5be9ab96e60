// What an evaluation is going to ask: every eval test, on every model that may serve it, so many times; and what that costs.

import { hash } from 'node:crypto';
import type { CapabilityTest, CapabilityTests } from '../../compiler/compile.ts';
import type { Capability, Json, Model, Snapshot } from '../../registry/snapshot.ts';
import { printRejection } from '../../routing/plan-route.ts';
import { outputLimit } from '../../routing/requirements.ts';
import { planCall } from '../../runtime/plan-call.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import { costUsd } from '../../usage/cost-usd.ts';
import { renderInput } from '../render-input.ts';

export type EvalTest = Extract<CapabilityTest, { level: 'eval' }>;

/** One call that is to be made, or was. */
export interface EvalCase {
  readonly capability: Capability;
  readonly test: EvalTest;
  readonly input: Json;
  readonly tier: string;
  readonly model: Model;
  /** Who judges rubrics; absent when the test has none. Never the same model as the one tested. */
  readonly judge?: Model;
  /** From 0. */
  readonly run: number;
  /** Equal for calls that ask the same: what was journalled under it is not asked again. */
  readonly key: string;
  /** USD, with answers of the usual length, and at the worst; absent when a price is not known. */
  readonly cost?: { readonly expected: number; readonly worst: number };
}

export interface EvalPlan {
  readonly cases: readonly EvalCase[];
  /** Models that were asked for and cannot serve, with the reason. */
  readonly left: readonly { readonly capability: string; readonly model: string; readonly because: string }[];
}

export interface EvalOptions {
  readonly models: readonly Model[];
  /** In the order in which they are to judge. */
  readonly judges: readonly Model[];
  /** Wins over what tests say. */
  readonly runs: number | undefined;
  readonly tier: string | undefined;
  available(provider: string): boolean;
}

/** How often a test is asked that does not say. */
const DEFAULT_RUNS = 5;

/** Throws an Error whose message says what is missing: a judge that is not the model it judges. */
export function planEval(
  snapshot: Snapshot,
  tests: readonly CapabilityTests[],
  options: EvalOptions,
): EvalPlan {
  const cases: EvalCase[] = [];
  const left = new Map<string, EvalPlan['left'][number]>();
  for (const { capability: key, tests: declared } of tests) {
    const capability = snapshot.capabilities[key];
    if (capability === undefined) continue;
    for (const { test } of declared) {
      if (test.level !== 'eval') continue;
      const input = inputOf(capability, test);
      for (const tier of tiersOf(capability, test, options.tier)) {
        for (const model of options.models) {
          const because = obstacle(snapshot, capability, tier, model, input, options);
          if (because === undefined)
            cases.push(...casesOf({ capability, test, input, tier, model }, options));
          else left.set(`${key} ${model.id}`, { capability: key, model: model.id, because });
        }
      }
    }
  }
  return { cases, left: [...left.values()] };
}

/** The Snapshot as if it had one model only: whatever is called, that model answers. */
export function pinnedTo(snapshot: Snapshot, model: Model): Snapshot {
  return { ...snapshot, models: { [model.id]: model } };
}

function tiersOf(capability: Capability, test: EvalTest, only: string | undefined): readonly string[] {
  const declared = test.tiers ?? [capability.tiers.default];
  return only === undefined ? declared : Object.hasOwn(capability.tiers.offer, only) ? [only] : [];
}

function inputOf({ examples }: Capability, { input, use }: EvalTest): Json {
  return (input as Json | undefined) ?? examples.find(({ name }) => name === use)?.input ?? {};
}

function obstacle(
  snapshot: Snapshot,
  capability: Capability,
  tier: string,
  model: Model,
  input: Json,
  options: EvalOptions,
): string | undefined {
  const rendered = renderInput(capability, input);
  if ('violations' in rendered) return `the input does not fit: ${rendered.message}`;
  const { messages } = rendered;
  const { route } = planCall(
    { snapshot: pinnedTo(snapshot, model), capability, tier, messages },
    { available: (provider) => options.available(provider) },
  );
  return route.candidates.length > 0 ? undefined : route.rejections.map(printRejection).join('; ');
}

function casesOf(
  asked: Pick<EvalCase, 'capability' | 'test' | 'input' | 'tier' | 'model'>,
  { judges, runs }: EvalOptions,
): EvalCase[] {
  const { capability, test, input, tier, model } = asked;
  const judge = test.expect.some(({ type }) => type === 'rubric') ? judgeOf(judges, model) : undefined;
  const cost = costOf(asked, judge);
  const said = canonicalJson({ expect: test.expect, input, tier, model: model.id, judge: judge?.id ?? null });
  const fingerprint = hash('sha256', `${capability.revision} ${test.name} ${said}`).slice(0, 32);
  return Array.from({ length: runs ?? test.runs ?? DEFAULT_RUNS }, (_, run) => ({
    ...asked,
    ...(judge && { judge }),
    run,
    key: `${fingerprint}-${run}`,
    ...(cost && { cost }),
  }));
}

/** A model is no judge in its own cause, under whatever name or provider. */
function judgeOf(judges: readonly Model[], model: Model): Model {
  const judge = judges.find((each) => identityOf(each) !== identityOf(model));
  if (judge !== undefined) return judge;
  const who =
    judges.length === 0
      ? 'there is no model to judge with'
      : `${judges.map(({ id }) => id).join(', ')} would judge itself`;
  throw new Error(`A rubric needs a judge for ${model.id}: ${who}; name another model with --judge.`);
}

export function identityOf({ identity, name }: Model): string {
  return identity ?? name;
}

// -- cost

const CHARACTERS_PER_TOKEN = 4;
/** The judge's own instructions, and its verdict. */
const JUDGE_TOKENS = { input: 400, output: 120 };

function costOf(
  {
    capability,
    test,
    input,
    tier,
    model,
  }: Pick<EvalCase, 'capability' | 'test' | 'input' | 'tier' | 'model'>,
  judge: Model | undefined,
): EvalCase['cost'] {
  const rendered = renderInput(capability, input);
  if ('violations' in rendered) return undefined;
  const prompt = rendered.messages.reduce((sum, { content }) => sum + content.length, 0);
  const inputTokens = Math.ceil(prompt / CHARACTERS_PER_TOKEN);
  const most = outputLimit(capability, tier);
  const usual = Math.min(most, usualTokens(capability) ?? most);
  const [expected, worst] = [usual, most].map((outputTokens) => {
    const answer = costUsd(model.price, { inputTokens, outputTokens });
    if (judge === undefined || answer === undefined) return answer;
    const rubrics = test.expect.filter(({ type }) => type === 'rubric').length;
    const judged = {
      inputTokens: inputTokens + outputTokens + JUDGE_TOKENS.input,
      outputTokens: JUDGE_TOKENS.output,
    };
    const judging = costUsd(judge.price, judged);
    return judging === undefined ? undefined : answer + rubrics * judging;
  });
  return expected === undefined || worst === undefined ? undefined : { expected, worst };
}

/** As long as the examples' outputs are, and a quarter more. */
function usualTokens({ examples }: Capability): number | undefined {
  const lengths = examples.flatMap(({ output }) =>
    output === undefined ? [] : [JSON.stringify(output).length],
  );
  if (lengths.length === 0) return undefined;
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  return Math.ceil((1.25 * mean) / CHARACTERS_PER_TOKEN);
}
