// Runs the tests that capabilities declare: what an input is rendered to, and what becomes of a given reply. Pure:
// nothing is called, nothing is written.

import type { CapabilityTest, PlacedTest } from '../compiler/compile.ts';
import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import { decodeOutput } from '../runtime/decode-output.ts';
import { prepare } from '../runtime/prepare.ts';
import { describeViolations } from '../runtime/validate-input.ts';
import { judgeAssertion, lookedAt } from './judge-assertion.ts';
import type { Subject } from './judge-assertion.ts';
import { renderInput } from './render-input.ts';

export interface TestResult {
  /** Its key. */
  readonly capability: string;
  readonly test: string;
  readonly level: CapabilityTest['level'];
  /** Of the test's name. */
  readonly span: SourceSpan;
  readonly outcome: 'passed' | 'failed' | 'not run';
  /** What does not hold, in words, one text for each assertion; lines with `-` are wanted, lines with `+` are there. */
  readonly failures: readonly string[];
  /** Expected texts and values that could be rewritten to what is there. */
  readonly updates: readonly Update[];
}

/** What an `equals` assertion would have to expect. */
export interface Update {
  readonly path: string;
  /** The pointer to the expected value in that file. */
  readonly pointer: string;
  readonly value: Json;
}

export function runCapabilityTests(
  capability: Capability,
  tests: readonly PlacedTest[],
): readonly TestResult[] {
  return tests.map((placed) => runTest(capability, placed));
}

function runTest(capability: Capability, { test, pointer, span }: PlacedTest): TestResult {
  const named = { capability: capability.key, test: test.name, level: test.level, span };
  if (test.level === 'eval') return { ...named, outcome: 'not run', failures: [], updates: [] };
  const subject = subjectOf(capability, test);
  const failures: string[] = [];
  const updates: Update[] = [];
  for (const [index, assertion] of test.expect.entries()) {
    const differences = judgeAssertion(assertion, subject);
    failures.push(...differences);
    if (differences.length === 0 || assertion.type !== 'equals' || subject.kind === 'error') continue;
    const value = lookedAt(assertion, subject);
    if (value !== undefined)
      updates.push({ path: span.path, pointer: `${pointer}/expect/${index}/value`, value });
  }
  return { ...named, outcome: failures.length === 0 ? 'passed' : 'failed', failures, updates };
}

function subjectOf(capability: Capability, test: Exclude<CapabilityTest, { level: 'eval' }>): Subject {
  const rendered = renderInput(capability, testInput(capability, test));
  if ('violations' in rendered) {
    return {
      kind: 'error',
      code: 'input_invalid',
      message: rendered.message,
      violations: rendered.violations,
    };
  }
  return test.level === 'render' ? { kind: 'messages', rendered } : outputOf(capability, test.reply);
}

/** Its own input, or that of the example it uses. */
export function testInput(
  capability: Capability,
  { input, use }: Exclude<CapabilityTest, { level: 'eval' }>,
): Json {
  return input ?? capability.examples.find(({ name }) => name === use)?.input ?? {};
}

function outputOf(capability: Capability, reply: string): Subject {
  const decoded = decodeOutput(prepare(capability), reply);
  if (decoded.ok) return { kind: 'output', output: decoded.output };
  const { violations } = decoded;
  return { kind: 'error', code: 'output_invalid', message: describeViolations(violations), violations };
}
