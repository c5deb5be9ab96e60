// A small project as a Snapshot, written by hand: tests of the server need a contract, not a compiler.
import { hash } from 'node:crypto';
import type { Capability, JsonSchema, Model, PromptPart, Snapshot } from '../../src/registry/snapshot.ts';

export interface SampleOptions {
  /** Base URL of the provider `upstream`. */
  readonly upstreamUrl?: string;
  /** Base URL of a second provider, `reserve`, tried after the first. */
  readonly reserveUrl?: string;
  /** Callers' keys in the clear; the Snapshot gets their digests. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly revision?: string;
  /** The deadline of every call. */
  readonly timeoutMs?: number;
  readonly retryAttempts?: number;
}

/** The environment variable that holds the upstream's key. */
export const UPSTREAM_KEY = 'UPSTREAM_API_KEY';

/**
 * Capabilities: `summarize@1` (JSON), `title@1` and `title@2` (text), `greet@1` (text, has no text property),
 * `converse@1` (text, takes history). With an `upstreamUrl` its model `upstream/large` serves them, else the simulator.
 */
export function sampleSnapshot(options: SampleOptions = {}): Snapshot {
  const capabilities = Object.fromEntries(
    [summarize, converse, greet, titleOne, titleTwo]
      .map((make) => make(options))
      .map((capability) => [capability.key, capability]),
  );
  return {
    formatVersion: 1,
    revision: options.revision ?? `sha256:${'a'.repeat(64)}`,
    project: { name: 'sample' },
    capabilities,
    latest: { converse: 'converse@1', greet: 'greet@1', summarize: 'summarize@1', title: 'title@2' },
    providers: providersOf(options),
    models: Object.fromEntries(modelsOf(options).map((each) => [each.id, each])),
    aliases: { fast: options.upstreamUrl === undefined ? 'simulator/small' : 'upstream/large' },
    tiers: {
      economy: { tolerance: 0.5, prefer: ['cost'] },
      standard: { tolerance: 0.2, prefer: ['cost', 'latency'] },
      premium: { tolerance: 0, prefer: ['quality'] },
    },
    defaults: { tier: 'standard', timeoutMs: options.timeoutMs ?? 60_000 },
    access: {
      keys: Object.entries(options.keys ?? {}).map(([name, key]) => ({ name, sha256: hash('sha256', key) })),
    },
    generate: [],
  };
}

function providersOf({ upstreamUrl, reserveUrl }: SampleOptions): Snapshot['providers'] {
  return {
    simulator: { id: 'simulator', adapter: 'simulator', dataClass: 'restricted' },
    ...(upstreamUrl === undefined
      ? {}
      : {
          upstream: {
            id: 'upstream',
            adapter: 'openai',
            baseUrl: upstreamUrl,
            apiKey: { environment: UPSTREAM_KEY },
            dataClass: 'restricted' as const,
          },
        }),
    ...(reserveUrl === undefined
      ? {}
      : {
          reserve: {
            id: 'reserve',
            adapter: 'openai',
            baseUrl: reserveUrl,
            dataClass: 'restricted' as const,
          },
        }),
  };
}

function modelsOf({ upstreamUrl, reserveUrl }: SampleOptions): Model[] {
  const models =
    upstreamUrl === undefined ? [model('simulator', 'small', 0.5)] : [model('upstream', 'large', 0.9)];
  return reserveUrl === undefined ? models : [...models, model('reserve', 'large', 0.85)];
}

function model(provider: string, name: string, quality: number): Model {
  return {
    id: `${provider}/${name}`,
    provider,
    name,
    quality,
    contextTokens: 200_000,
    maxOutputTokens: 8_000,
    features: ['structured-output', 'streaming', 'tools'],
    modalities: ['text'],
    price: provider === 'reserve' ? { input: 2, output: 4 } : { input: 1, output: 2 },
  };
}

const system = (template: string): PromptPart => ({ kind: 'message', role: 'system', template });
const user = (template: string): PromptPart => ({ kind: 'message', role: 'user', template });
const text = (limits: JsonSchema = {}): JsonSchema => ({ type: 'string', ...limits });
const closed = (required: readonly string[], properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});

function summarize(options: SampleOptions): Capability {
  return capability(options, 'summarize', 1, {
    input: closed(['document'], {
      document: text({ minLength: 1, maxLength: 200_000 }),
      maxPoints: { type: 'integer', minimum: 1, maximum: 12, default: 5 },
    }),
    output: closed(['summary', 'points'], { summary: text(), points: { type: 'array', items: text() } }),
    outputKind: 'json',
    textProperty: 'document',
    prompt: [
      system('You summarize documents in at most {{maxPoints}} points.\n'),
      user('{{fence document tag="document"}}\n'),
    ],
    examples: [
      {
        name: 'short',
        input: { document: 'Sales rose.', maxPoints: 1 },
        output: { summary: 'Sales rose.', points: ['Sales rose.'] },
      },
    ],
  });
}

function titleOne(options: SampleOptions): Capability {
  return capability(options, 'title', 1, {
    input: closed(['document'], { document: text({ minLength: 1 }) }),
    textProperty: 'document',
    prompt: [user('Give this a title: {{document}}\n')],
  });
}

function titleTwo(options: SampleOptions): Capability {
  return capability(options, 'title', 2, {
    input: closed(['document'], { document: text({ minLength: 1 }) }),
    textProperty: 'document',
    prompt: [system('You write titles.\n'), user('{{document}}\n')],
  });
}

function greet(options: SampleOptions): Capability {
  return capability(options, 'greet', 1, {
    input: closed(['name', 'language'], {
      name: text({ maxLength: 80 }),
      language: { type: 'string', enum: ['en', 'de'] },
    }),
    prompt: [user('Greet {{name}} in {{language}}.\n')],
  });
}

function converse(options: SampleOptions): Capability {
  return capability(options, 'converse', 1, {
    input: closed(['question'], { question: text({ minLength: 1 }) }),
    textProperty: 'question',
    prompt: [system('You answer briefly.\n'), { kind: 'slot', slot: 'history' }, user('{{question}}\n')],
  });
}

function capability(
  options: SampleOptions,
  name: string,
  major: number,
  contract: Pick<Capability, 'input' | 'prompt'> & Partial<Capability>,
): Capability {
  const key = `${name}@${major}`;
  return {
    key,
    name,
    version: `${major}.0.0`,
    major,
    revision: `sha256:${hash('sha256', `${key} ${options.revision ?? ''}`)}`,
    description: `The sample capability ${name}.`,
    owner: 'team-sample',
    lifecycle: 'stable',
    tags: [],
    output: { type: 'string' },
    outputKind: 'text',
    partials: {},
    tiers: {
      default: 'standard',
      offer: { economy: { maxOutputTokens: 400 }, standard: { maxOutputTokens: 900 }, premium: {} },
    },
    sampling: { temperature: 0.2 },
    routing: { requires: {}, constraints: {}, prefer: [] },
    policies: {
      timeoutMs: options.timeoutMs ?? 10_000,
      retry: { maxAttempts: options.retryAttempts ?? 1, on: ['timeout', 'rate-limited', 'upstream-error'] },
      repair: { maxAttempts: 0 },
      cache: { mode: 'none', ttlMs: 0, scope: 'team' },
    },
    examples: [],
    ...contract,
  };
}
