// Phase 4: resolved declarations to entries of the Snapshot. Cannot fail: what could is settled before.

import type {
  Capability,
  Constraints,
  JsonSchema,
  Policies,
  PromptPart,
  Requires,
  RetryReason,
  TierOffer,
  TierRule,
} from '../registry/snapshot.ts';
import { dereference } from '../schema/dereference.ts';
import type { CapabilityDeclaration, Constraints as DeclaredConstraints } from './declaration.gen.ts';
import { parseDuration } from '../duration.ts';
import type { CapabilityUnit, Project } from './program.ts';
import { revisionOf } from './revision.ts';

/** The longest time an answer stays in the cache when the capability does not say. */
const DEFAULT_CACHE_TTL_MS = 3_600_000;

const DEFAULT_RETRY: Policies['retry'] = {
  maxAttempts: 2,
  on: ['timeout', 'rate-limited', 'upstream-error'],
};

/** One call in twenty may be asked twice. */
const DEFAULT_EXTRA_LOAD = 0.05;

const DEFAULT_REPAIR: Policies['repair'] = { maxAttempts: 1 };

/** The Snapshot's entry of a capability that has no errors. */
export function lower(
  unit: CapabilityUnit,
  input: JsonSchema,
  output: JsonSchema,
  project: Project,
): Capability {
  const { declaration } = unit;
  const { metadata, routing = {} } = declaration;
  const textProperty = textPropertyOf(declaration, input);
  const entry: Omit<Capability, 'revision'> = {
    key: unit.key,
    name: metadata.name,
    version: metadata.version,
    major: unit.major,
    ...(metadata.title !== undefined && { title: metadata.title }),
    description: metadata.description,
    owner: metadata.owner,
    lifecycle: metadata.lifecycle ?? 'experimental',
    tags: metadata.tags ?? [],
    ...(metadata.deprecation && { deprecation: metadata.deprecation }),
    input,
    output,
    outputKind: dereference(output, output)['type'] === 'string' ? 'text' : 'json',
    ...(textProperty !== undefined && { textProperty }),
    prompt: declaration.prompt.map(lowerPart),
    partials: Object.fromEntries([...unit.partials].map(([name, file]) => [name, file.text])),
    tiers: lowerTiers(declaration, project),
    sampling: { ...declaration.sampling },
    routing: {
      requires: lowerRequires(routing.requires),
      constraints: lowerConstraints(routing.constraints),
      prefer: routing.prefer ?? [],
      ...(routing.when && routing.when.length > 0 && { when: routing.when as readonly TierRule[] }),
    },
    policies: lowerPolicies(declaration, project),
    examples: (declaration.examples ?? []).map(({ name, input: value, output: answer }) => ({
      name,
      input: value,
      ...(answer !== undefined && { output: answer }),
    })),
  };
  return { ...entry, revision: revisionOf(entry) };
}

function lowerPart(part: CapabilityDeclaration['prompt'][number]): PromptPart {
  return 'slot' in part
    ? { kind: 'slot', slot: part.slot }
    : { kind: 'message', role: part.role, template: part.content };
}

/** Named by `input.x-text`, else the only required property when that is text. */
function textPropertyOf(declaration: CapabilityDeclaration, input: JsonSchema): string | undefined {
  const named = declaration.input['x-text'];
  if (typeof named === 'string') return named;
  const object = dereference(input, input);
  const required = (object['required'] as readonly string[] | undefined) ?? [];
  const [only] = required;
  if (only === undefined || required.length > 1) return undefined;
  const property = (object['properties'] as Record<string, JsonSchema> | undefined)?.[only];
  return property && dereference(property, input)['type'] === 'string' ? only : undefined;
}

function lowerTiers(declaration: CapabilityDeclaration, project: Project): Capability['tiers'] {
  const declared = declaration.tiers?.offer;
  const offer: Record<string, TierOffer> = {};
  for (const tier of Object.keys(declared ?? project.tiers).sort()) {
    const { maxOutputTokens, requires } = declared?.[tier] ?? {};
    offer[tier] = {
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(requires && { requires: lowerRequires(requires) }),
    };
  }
  return { default: declaration.tiers?.default ?? project.defaults.tier, offer };
}

function lowerRequires(requires: Requires = {}): Requires {
  return {
    ...requires,
    ...(requires.features && { features: [...requires.features].sort() }),
    ...(requires.modalities && { modalities: [...requires.modalities].sort() }),
  };
}

function lowerConstraints(constraints: DeclaredConstraints = {}): Constraints {
  const { maxLatency, ...rest } = constraints;
  return { ...rest, ...(maxLatency !== undefined && { maxLatencyMs: parseDuration(maxLatency) }) };
}

function lowerPolicies(declaration: CapabilityDeclaration, project: Project): Policies {
  const { timeout, retry, repair, cache, hedge } = declaration.policies ?? {};
  return {
    timeoutMs: timeout === undefined ? project.defaults.timeoutMs : parseDuration(timeout),
    retry: retry
      ? { maxAttempts: retry.maxAttempts, on: (retry.on as RetryReason[] | undefined) ?? DEFAULT_RETRY.on }
      : DEFAULT_RETRY,
    repair: repair ? { maxAttempts: repair.maxAttempts } : DEFAULT_REPAIR,
    cache:
      cache === undefined || cache.mode === 'none'
        ? { mode: 'none', ttlMs: 0, scope: 'caller' }
        : {
            mode: cache.mode,
            ttlMs: cache.ttl === undefined ? DEFAULT_CACHE_TTL_MS : parseDuration(cache.ttl),
            scope: cache.scope ?? 'caller',
          },
    ...(hedge && {
      hedge: {
        after: hedge.after === 'p95' ? hedge.after : parseDuration(hedge.after),
        maxExtraLoad: hedge.maxExtraLoad ?? DEFAULT_EXTRA_LOAD,
      },
    }),
  };
}
