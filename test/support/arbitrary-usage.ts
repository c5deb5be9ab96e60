// Any usage record that the runtime could write, for properties of whatever keeps them.
import fc from 'fast-check';
import type { UsageRecord } from '../../src/usage/usage-record.ts';

const NOON = Date.UTC(2026, 10, 3, 12);
const DAYS_MS = 4 * 24 * 60 * 60 * 1000;

const name = fc.oneof(fc.constantFrom('a', 'b', 'constructor', '__proto__', 'Ä😀', "o'clock"), fc.string());
const milliseconds = fc.integer({ min: 0, max: 10_000_000 }).map((microseconds) => microseconds / 1000);
const tokens = fc.nat({ max: 2_000_000 });
/** Sums of such costs are exact, whatever the order. */
const cost = fc.nat({ max: 4096 }).map((part) => part / 1024);

const usage = record(
  { inputTokens: tokens, outputTokens: tokens },
  { cachedInputTokens: tokens, reasoningTokens: tokens },
);

const attempt = record(
  {
    model: name,
    provider: name,
    outcome: fc.constantFrom('ok', 'invalid', 'server', 'superseded', 'cancelled'),
    at: fc.integer({ min: NOON, max: NOON + DAYS_MS }),
    latencyMs: milliseconds,
  },
  {
    status: fc.integer({ min: 200, max: 599 }),
    message: fc.string(),
    queueMs: milliseconds,
    firstByteMs: milliseconds,
    usage,
    estimated: fc.constant(true as const),
    hedge: fc.constant(true as const),
    costUsd: cost,
  },
);

/** Ids are drawn from few, so that the same one comes twice. */
export const arbitraryUsageRecord: fc.Arbitrary<UsageRecord> = record(
  {
    invocation: fc.nat({ max: 30 }).map((number) => `id-${number}`),
    at: fc.integer({ min: NOON, max: NOON + DAYS_MS }),
    caller: name,
    snapshot: name,
    attempts: fc.array(attempt, { maxLength: 3 }),
    usage,
    outcome: fc.constantFrom('ok', 'timeout', 'provider_failed'),
    latencyMs: milliseconds,
    stream: fc.boolean(),
  },
  {
    request: name,
    team: name,
    capability: name,
    version: name,
    revision: name,
    tier: name,
    model: name,
    provider: name,
    costUsd: cost,
    estimated: fc.constant(true as const),
    firstByteMs: milliseconds,
    ownMs: milliseconds,
    cache: fc.constantFrom('hit' as const, 'miss' as const),
    repairs: fc.array(fc.record({ step: name, pointer: name }), { minLength: 1, maxLength: 3 }),
    decision: record(
      {
        inputTokens: tokens,
        maxOutputTokens: tokens,
        candidates: fc.array(name, { maxLength: 3 }),
        tied: fc.nat(3),
      },
      {
        seed: fc.double({ min: 0, max: 1, noNaN: true }),
        down: fc.array(name, { minLength: 1, maxLength: 2 }),
      },
    ),
    metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
  },
);

/** Objects whose second part may be missing. */
function record<Required extends object, Optional extends object>(
  required: { [Key in keyof Required]: fc.Arbitrary<Required[Key]> },
  optional: { [Key in keyof Optional]: fc.Arbitrary<Optional[Key]> },
): fc.Arbitrary<Required & Partial<Optional>> {
  const all = { ...required, ...optional };
  const requiredKeys = Object.keys(required) as never[];
  return fc.record(all, { requiredKeys, noNullPrototype: true }) as unknown as fc.Arbitrary<
    Required & Partial<Optional>
  >;
}
