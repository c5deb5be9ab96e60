// Every spelling that `model` may have, and what it means.
import { expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import { parseTarget } from '../../src/runtime/target.ts';
import type { Target } from '../../src/runtime/target.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

const snapshot = sampleSnapshot();

test.each([
  ['summarize', 'capability summarize@1'],
  ['title', 'capability title@2'],
  ['title@1', 'capability title@1'],
  ['summarize:premium', 'capability summarize@1 premium'],
  ['summarize@1:economy', 'capability summarize@1 economy'],
  ['auto', 'tier standard'],
  ['auto:premium', 'tier premium'],
  ['simulator/small', 'model simulator/small'],
  ['fast', 'model simulator/small'],
  ['small', 'model simulator/small'],
  ['simulator/not-in-the-catalogue', 'model simulator/not-in-the-catalogue'],
  ['simulator/a/b:c', 'model simulator/a/b:c'],
])('%s is %s', (name, meaning) => {
  expect(describeTarget(parseTarget(snapshot, name))).toBe(meaning);
});

test.each([
  ['', 'GET /v1/models lists what is served.'],
  ['sumarize', 'Did you mean "summarize"?'],
  ['title@3', 'Did you mean "title'],
  ['auto:gold', 'there is "economy", "standard", "premium"'],
  ['nowhere/small', 'No model or capability'],
  ['simulator/', 'No model or capability'],
  ['constructor', 'No model or capability'],
  ['__proto__', 'No model or capability'],
  ['x'.repeat(100_000), 'No model or capability'],
])('%s is not found, with help', (name, message) => {
  const error = errorOf(() => parseTarget(snapshot, name));
  expect(error).toMatchObject({ code: 'not_found', param: 'model' });
  expect(error.message).toContain(message);
  expect(error.message.length).toBeLessThan(400);
});

function describeTarget(target: Target): string {
  if (target.kind === 'model') return `model ${target.model.id}`;
  if (target.kind === 'tier') return `tier ${target.tier}`;
  return ['capability', target.capability.key, target.tier].filter(Boolean).join(' ');
}

function errorOf(action: () => unknown): CapabilityError {
  try {
    action();
  } catch (error) {
    if (error instanceof CapabilityError) return error;
  }
  throw new Error('the name was understood');
}
