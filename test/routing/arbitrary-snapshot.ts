// Random pools of models and random requirements on them. Few names and round numbers, so that constraints often meet.
import fc from 'fast-check';
import type { Constraints, Model, Preference, Provider, Requires } from '../../src/registry/snapshot.ts';
import type { HealthView } from '../../src/routing/health-view.ts';
import type { Routable } from '../../src/routing/pool.ts';
import type { Requirements } from '../../src/routing/requirements.ts';

const regions = ['eu', 'us', 'local'];
const features = ['reasoning', 'structured-output', 'tools'];
const modalities = ['audio', 'image', 'text'];
const providerIds = ['alpha', 'beta', 'gamma'];
const dataClasses = ['public', 'internal', 'confidential', 'restricted'] as const;
const preferences: readonly Preference[] = ['cost', 'latency', 'quality'];

const tokens = fc.constantFrom(1_000, 4_000, 8_000, 32_000, 128_000);
const usd = fc.constantFrom(0, 0.1, 0.5, 1, 5, 20);

/** The value, or no such property. */
function maybe<Key extends string, Value>(
  key: Key,
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<{ readonly [key in Key]?: Value }> {
  return fc.option(value, { nil: undefined }).map((given) => {
    return (given === undefined ? {} : { [key]: given }) as { readonly [key in Key]?: Value };
  });
}

function merged<Left, Right>(
  left: fc.Arbitrary<Left>,
  right: fc.Arbitrary<Right>,
): fc.Arbitrary<Left & Right> {
  return fc.tuple(left, right).map(([one, other]) => ({ ...one, ...other }));
}

const providers: fc.Arbitrary<{ readonly [id: string]: Provider }> = fc
  .tuple(
    ...providerIds.map((id) =>
      merged(
        fc.record({
          id: fc.constant(id),
          adapter: fc.constant('openai'),
          dataClass: fc.constantFrom(...dataClasses),
        }),
        maybe('regions', fc.subarray(regions, { minLength: 1 })),
      ),
    ),
  )
  .map((all) => Object.fromEntries(all.map((provider) => [provider.id, provider])));

const model: fc.Arbitrary<Model> = merged(
  fc.record({
    provider: fc.constantFrom(...providerIds, 'unknown'),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    quality: fc.constantFrom(0, 0.3, 0.5, 0.55, 0.6, 0.8, 0.9, 1),
    contextTokens: tokens,
    maxOutputTokens: tokens,
    features: fc.subarray(features),
    modalities: fc.subarray(modalities, { minLength: 1 }),
  }),
  maybe('price', fc.record({ input: usd, output: usd })),
).map((drawn) => ({ ...drawn, id: `${drawn.provider}/${drawn.name}` }));

const routable: fc.Arbitrary<Routable> = fc
  .record({
    providers,
    models: fc.uniqueArray(model, { selector: ({ id }) => id, maxLength: 12 }),
    tolerance: fc.constantFrom(0, 0.05, 0.1, 0.5, 1),
  })
  .map(({ models, tolerance, ...rest }) => ({
    ...rest,
    models: Object.fromEntries(models.map((each) => [each.id, each])),
    tiers: { standard: { tolerance, prefer: ['cost'] } },
  }));

const requires: fc.Arbitrary<Requires> = merged(
  merged(maybe('contextTokens', tokens), maybe('maxOutputTokens', tokens)),
  merged(maybe('features', fc.subarray(features)), maybe('modalities', fc.subarray(modalities))),
);

function allowDeny(names: readonly string[]): fc.Arbitrary<{ allow?: string[]; deny?: string[] }> {
  const some = fc.subarray([...names], { minLength: 1 });
  return merged(maybe('allow', some), maybe('deny', some));
}

const modelIds = providerIds.flatMap((id) => ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${id}/${name}`));

const constraints: fc.Arbitrary<Constraints> = merged(
  merged(
    maybe('dataClass', fc.constantFrom(...dataClasses)),
    maybe('regions', fc.subarray(regions, { minLength: 1 })),
  ),
  merged(
    merged(maybe('maxCostUsd', fc.constantFrom(0.001, 0.01, 0.1)), maybe('maxLatencyMs', tokens)),
    merged(maybe('providers', allowDeny(providerIds)), maybe('models', allowDeny(modelIds))),
  ),
);

const prefer = fc.shuffledSubarray([...preferences]);

const requirements: fc.Arbitrary<Requirements> = fc.record({
  tier: fc.constant('standard'),
  inputTokens: fc.constantFrom(0, 100, 3_000, 30_000),
  maxOutputTokens: fc.constantFrom(1, 400, 4_000, 16_000),
  requires,
  constraints,
  prefer,
});

/** What is known of the present, as data, so that it can be shown. */
interface Present {
  readonly down: readonly string[];
  /** Models whose circuit is open. */
  readonly resting: readonly string[];
  readonly latencies: { readonly [modelId: string]: number };
}

const present: fc.Arbitrary<Present> = fc.record({
  down: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(providerIds) },
  ),
  resting: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(modelIds) },
  ),
  latencies: fc.dictionary(fc.constantFrom(...modelIds), tokens),
});

export function healthOf({ down, resting, latencies }: Present): HealthView {
  return {
    available: (id) => !down.includes(id),
    latencyMs: ({ id }) => (Object.hasOwn(latencies, id) ? latencies[id] : undefined),
    expectedMs: ({ id }) => (Object.hasOwn(latencies, id) ? latencies[id] : undefined),
    circuitOpen: ({ id }) => resting.includes(id),
  };
}

/** Everything that `planRoute` is asked with. */
export interface Question {
  readonly routable: Routable;
  readonly requirements: Requirements;
  readonly present: Present;
}

export const question: fc.Arbitrary<Question> = fc.record({ routable, requirements, present });
