// What every document has, whatever the capabilities: the invocation, errors, events and headers of the HTTP surface.

import { errorCatalogue } from '../../src/errors.ts';
import type { Capability } from '../../src/registry/snapshot.ts';
import type { ApiNode } from './describe-api.ts';

const text = (description?: string): ApiNode => ({
  type: 'string',
  ...(description === undefined ? {} : { description }),
});
const count = (description?: string): ApiNode => ({
  type: 'integer',
  minimum: 0,
  ...(description === undefined ? {} : { description }),
});
const amount = (description: string): ApiNode => ({ type: 'number', minimum: 0, description });

/** Open: a newer server may say more. */
const object = (properties: ApiNode, optional: readonly string[] = [], description?: string): ApiNode => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const facts = {
  id: text('For questions to the platform team.'),
  capability: text('`NAME@MAJOR`'),
  version: text(),
  revision: text('Of the capability as it was: which prompt produced this.'),
  snapshot: text('Revision of all that was served then.'),
  tier: text(),
  model: text('`PROVIDER/MODEL`'),
  provider: text(),
  cache: { type: 'string', enum: ['hit', 'miss', 'bypass'] },
};

const tokenUsage = object(
  {
    inputTokens: count(),
    outputTokens: count(),
    cachedInputTokens: count(),
    reasoningTokens: count(),
  },
  ['cachedInputTokens', 'reasoningTokens'],
);

const attempt = object(
  {
    model: text(),
    provider: text(),
    outcome: text('`ok`, `invalid` for an answer that broke the contract, or a class of failure.'),
    latencyMs: amount('Milliseconds.'),
    status: { type: 'integer', description: "The provider's HTTP status." },
    message: text(),
    firstByteMs: amount('Until the head of the answer, milliseconds.'),
    usage: { $ref: '#/components/schemas/TokenUsage' },
    estimated: { type: 'boolean', description: 'The attempt was cut off: its usage is a guess.' },
    hedge: { type: 'boolean', description: 'Started beside an attempt that was slow.' },
    costUsd: amount('US dollars.'),
  },
  ['status', 'message', 'firstByteMs', 'usage', 'estimated', 'hedge', 'costUsd'],
  'One call to one model.',
);

const repair = object(
  {
    step: text(),
    pointer: text('JSON pointer into the answer; empty for the text as a whole.'),
    before: text(),
    after: text(),
  },
  [],
  'What was done, losing nothing, to make an answer fit its schema.',
);

const invocation = object(
  {
    ...facts,
    usage: { $ref: '#/components/schemas/TokenUsage' },
    costUsd: amount('US dollars, of all attempts together; absent when a price is not known.'),
    latencyMs: amount('Milliseconds.'),
    attempts: { type: 'array', items: { $ref: '#/components/schemas/Attempt' } },
    repairs: { type: 'array', items: { $ref: '#/components/schemas/Repair' } },
    cached: { type: 'boolean' },
  },
  ['costUsd'],
  'What a call took.',
);

const error = object({
  error: object(
    {
      code: {
        type: 'string',
        description: 'A newer server may know more codes.',
        enum: Object.keys(errorCatalogue),
        'x-extensible-enum': true,
      },
      message: text(),
      type: text("The word of OpenAI's API for the same thing."),
      param: { type: ['string', 'null'], description: 'The part of the request that is wrong.' },
      details: {
        description: 'For `input_invalid` and `output_invalid`: every violation, with JSON pointers.',
      },
      invocation: text('For questions to the platform team.'),
    },
    ['details', 'invocation'],
  ),
});

export const fixedSchemas: Readonly<Record<string, ApiNode>> = {
  Invocation: invocation,
  Attempt: attempt,
  Repair: repair,
  TokenUsage: tokenUsage,
  Error: error,
  Metadata: {
    type: 'object',
    description: "The caller's own labels, kept with the usage record.",
    maxProperties: 16,
    propertyNames: { maxLength: 64 },
    additionalProperties: { type: 'string', maxLength: 512 },
  },
};

/** The data of the events that come before `result` and `error`, in every stream. */
export const streamEvents: ApiNode = {
  start: object({ invocation: object(facts) }),
  delta: object({ text: text('The next piece of the answer.') }),
};

export const fixedNames: readonly string[] = Object.keys(fixedSchemas);

const header = (description: string, schema: ApiNode = text()): ApiNode => ({ description, schema });

export const responseHeaders: Readonly<Record<string, ApiNode>> = {
  'x-request-id': header('That of the request, or a new one.'),
  'x-capstan-invocation': header('The id of the invocation.'),
  'x-capstan-revision': header('Revision of all that is served.'),
  'x-capstan-model': header('`PROVIDER/MODEL` that answered.'),
  'x-capstan-cost-usd': header('US dollars; absent when not known.'),
  'x-capstan-cache': header('Where the answer came from.', {
    type: 'string',
    enum: ['hit', 'miss', 'bypass'],
  }),
  'idempotent-replayed': header('`true` when the answer is that of an earlier call.'),
};

export const retryAfter: ApiNode = header('Seconds after which to try again.', count());

const exampleRevision = `sha256:${'0'.repeat(64)}`;

/** Shown beside the output of an example. */
export function exampleInvocation({ key, version, tiers }: Capability): ApiNode {
  return {
    id: '0b6f1c1e-8a5f-4c57-9d0a-2f6a1c3b7e11',
    capability: key,
    version,
    revision: exampleRevision,
    snapshot: exampleRevision,
    tier: tiers.default,
    model: 'provider/model',
    provider: 'provider',
    cache: 'bypass',
    usage: { inputTokens: 812, outputTokens: 96 },
    costUsd: 0.0004,
    latencyMs: 930,
    attempts: [{ model: 'provider/model', provider: 'provider', outcome: 'ok', latencyMs: 930 }],
    repairs: [],
    cached: false,
  };
}
