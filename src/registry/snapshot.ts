// The waist: everything the runtime and the generators may know of a project, as plain JSON data.
// No functions, spans, class instances or secrets; credentials are named (an environment variable), not held.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A resolved schema: JSON Schema 2020-12 in Capstan's subset, `$ref`s only to its own `#/$defs/…`, closed objects written out. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One compiled project. `revision` is `sha256:` and the hex digest of the canonical JSON of all other fields. */
export interface Snapshot {
  readonly formatVersion: 1;
  readonly revision: string;
  readonly project: { readonly name: string };
  /** By key `NAME@MAJOR`, in key order. */
  readonly capabilities: { readonly [key: string]: Capability };
  /** Bare name → key of its highest major. */
  readonly latest: { readonly [name: string]: string };
  readonly providers: { readonly [id: string]: Provider };
  /** By id `PROVIDER/MODEL`. */
  readonly models: { readonly [id: string]: Model };
  /** Alias → model id. */
  readonly aliases: { readonly [alias: string]: string };
  readonly tiers: { readonly [name: string]: Tier };
  /** What `capstan eval` measured: by capability key, then by model id. Absent when nothing was. */
  readonly quality?: { readonly [capability: string]: { readonly [model: string]: MeasuredQuality } };
  readonly defaults: {
    readonly tier: string;
    readonly timeoutMs: number;
    /** Gets what names neither a model nor a provider, and models that nobody else has; absent means: the only one. */
    readonly provider?: string;
  };
  readonly access: { readonly keys: readonly AccessKey[] };
  readonly generate: readonly GenerateTarget[];
}

export type Lifecycle = 'experimental' | 'beta' | 'stable' | 'deprecated';

/** `revision` is the sha256 of the canonical JSON of the entry's other fields; schemas and partials are resolved into it. */
export interface Capability {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly major: number;
  readonly revision: string;
  readonly title?: string;
  readonly description: string;
  readonly owner: string;
  readonly lifecycle: Lifecycle;
  readonly tags: readonly string[];
  readonly deprecation?: { readonly since: string; readonly sunset: string; readonly replacement: string };
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  /** `text` when the output schema is `type: string` at its root, else `json`. */
  readonly outputKind: 'text' | 'json';
  /** The input property that plain text fills when the capability is called as a model; absent when there is none. */
  readonly textProperty?: string;
  readonly prompt: readonly PromptPart[];
  /** Every partial reachable from the prompt: name → template text. */
  readonly partials: { readonly [name: string]: string };
  readonly tiers: { readonly default: string; readonly offer: { readonly [tier: string]: TierOffer } };
  readonly sampling: { readonly temperature?: number; readonly topP?: number };
  readonly routing: {
    readonly requires: Requires;
    readonly constraints: Constraints;
    readonly prefer: readonly Preference[];
    /** Inputs that need more than the tier that was asked for; absent when there are none. */
    readonly when?: readonly TierRule[];
  };
  readonly policies: Policies;
  readonly examples: readonly Example[];
}

export type PromptRole = 'system' | 'developer' | 'user' | 'assistant';

export type PromptPart =
  | { readonly kind: 'message'; readonly role: PromptRole; readonly template: string }
  | { readonly kind: 'slot'; readonly slot: 'history' };

export interface TierOffer {
  readonly maxOutputTokens?: number;
  readonly requires?: Requires;
}

/** A call whose input fulfils every condition runs on at least `tier`: on the one of the two with the smaller tolerance. */
export interface TierRule {
  /** JSON pointer to the part of the input that is looked at; a condition on nothing does not hold. */
  readonly input: string;
  /** Bounds on the items of a list, the characters of a text, or a number itself. */
  readonly moreThan?: number;
  readonly lessThan?: number;
  readonly is?: readonly (string | number | boolean | null)[];
  readonly tier: string;
}

/** What a model must be able to do. */
export interface Requires {
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly features?: readonly string[];
  readonly modalities?: readonly string[];
}

/** Where, and at what price, it may run. Absent means unconstrained. */
export interface Constraints {
  readonly dataClass?: DataClass;
  readonly regions?: readonly string[];
  readonly maxCostUsd?: number;
  readonly maxLatencyMs?: number;
  readonly providers?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  readonly models?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
}

/** Ordered: a provider cleared for a class may also see every class before it. */
export type DataClass = 'public' | 'internal' | 'confidential' | 'restricted';

export type Preference = 'cost' | 'latency' | 'quality';

export type RetryReason = 'timeout' | 'rate-limited' | 'upstream-error';

export interface Policies {
  readonly timeoutMs: number;
  /** `maxAttempts` counts the first call, per candidate. */
  readonly retry: { readonly maxAttempts: number; readonly on: readonly RetryReason[] };
  /** Re-asks of the same model after an invalid output. */
  readonly repair: { readonly maxAttempts: number };
  readonly cache: {
    readonly mode: 'none' | 'exact';
    readonly ttlMs: number;
    readonly scope: 'team' | 'global' | 'caller';
  };
  /** Asks a second time beside a call that is slow; absent means never. */
  readonly hedge?: Hedge;
}

export interface Hedge {
  /** Milliseconds, or the time that 95 % of the very model's answers keep to. */
  readonly after: 'p95' | number;
  /** The largest share of calls that may be asked twice. */
  readonly maxExtraLoad: number;
}

export interface Example {
  readonly name: string;
  readonly input: Json;
  readonly output?: Json;
}

/** How often a model passed a capability's eval tests. */
export interface MeasuredQuality {
  readonly passes: number;
  readonly runs: number;
  /** Revision of the capability that was measured; another one has made the measurement old. */
  readonly revision: string;
  /** YYYY-MM-DD */
  readonly date: string;
}

/** How far below the best admissible quality a model may be, and what to optimise among those that stay. */
export interface Tier {
  readonly tolerance: number;
  readonly prefer: readonly Preference[];
}

export interface Provider {
  readonly id: string;
  /** A name in `src/providers/index.ts`. */
  readonly adapter: string;
  readonly baseUrl?: string;
  /** The field that limits the length of an answer, where the format has two names for it. */
  readonly limitField?: 'max_completion_tokens' | 'max_tokens';
  /** How to find the key: the name of an environment variable. Literal keys are refused at compile time. */
  readonly apiKey?: { readonly environment: string };
  /** Absent means: everywhere it is not known, so a region constraint removes it. */
  readonly regions?: readonly string[];
  /** The highest class of data it may see. */
  readonly dataClass: DataClass;
}

export interface Model {
  /** `PROVIDER/MODEL` */
  readonly id: string;
  readonly provider: string;
  /** The name the provider knows it by. */
  readonly name: string;
  /** Which model it is, the same at every provider that serves it; absent when it is its name. */
  readonly identity?: string;
  /** 0…1, the platform's prior. */
  readonly quality: number;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly features: readonly string[];
  readonly modalities: readonly string[];
  /** USD per million tokens; absent when unknown. */
  readonly price?: Price;
}

/** USD per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** Default: as any input. */
  readonly cachedInput?: number;
}

export interface Price extends Rates {
  /** What a whole call costs when its input is longer than `aboveInputTokens`; shortest first. */
  readonly longContext?: readonly (Rates & { readonly aboveInputTokens: number })[];
}

/** A caller's key, by the SHA-256 of its text (hex). The key itself is never stored. */
export interface AccessKey {
  readonly name: string;
  readonly sha256: string;
  readonly team?: string;
}

export interface GenerateTarget {
  readonly target: string;
  readonly out: string;
  /** `package` imports `capstan/client`; `embedded` writes its code into the generated file. */
  readonly client?: 'package' | 'embedded';
}
