// One capability as an operation: what it takes, what it gives, how it streams, how it fails.

import type { Capability, Example, JsonSchema } from '../../src/registry/snapshot.ts';
import { describeDeprecation } from '../describe-deprecation.ts';
import type { ApiNode } from './describe-api.ts';
import { errorStatuses } from './error-responses.ts';
import { exampleInvocation, responseHeaders } from './fixed-components.ts';

export interface NamedOperation {
  readonly capability: Capability;
  /** What generated clients call the method. */
  readonly operationId: string;
  /** What the names of its schemas begin with. */
  readonly stem: string;
  /** Whether its bare name means this major. */
  readonly isLatest: boolean;
}

type SchemaOf = (operation: NamedOperation, side: 'input' | 'output') => JsonSchema;

export function describeOperation(
  operation: NamedOperation,
  all: readonly NamedOperation[],
  schemaOf: SchemaOf,
): ApiNode {
  const { capability, operationId } = operation;
  const { title, name, lifecycle, tags, deprecation } = capability;
  return {
    operationId,
    summary: title ?? name,
    description: describeCapability(operation, all),
    ...(tags.length === 0 ? {} : { tags }),
    ...(lifecycle === 'deprecated' || deprecation !== undefined ? { deprecated: true } : {}),
    ...(deprecation === undefined ? {} : { 'x-sunset': deprecation.sunset }),
    'x-capstan': {
      capability: capability.key,
      version: capability.version,
      owner: capability.owner,
      lifecycle,
    },
    parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
    requestBody: { required: true, content: { 'application/json': requestOf(operation, schemaOf) } },
    responses: {
      '200': {
        description: 'The output, which fits its schema, and what it took.',
        headers: Object.fromEntries(
          Object.keys(responseHeaders).map((header) => [header, { $ref: `#/components/headers/${header}` }]),
        ),
        content: {
          'application/json': resultOf(operation, schemaOf),
          'text/event-stream': eventsOf(operation),
        },
      },
      ...Object.fromEntries(
        errorStatuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
      ),
    },
  };
}

function describeCapability(
  { capability, isLatest }: NamedOperation,
  all: readonly NamedOperation[],
): string {
  const { description, name, version, lifecycle, owner, deprecation } = capability;
  const paragraphs = [
    description,
    `Version ${version}, ${lifecycle}, owned by ${owner}.`,
    isLatest ? `\`/v1/capabilities/${name}\` leads here as well.` : '',
    deprecation === undefined
      ? ''
      : `Deprecated ${describeDeprecation(deprecation, (reference) => operationOf(all, reference))}`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** What generated clients call another operation, by `NAME` or `NAME@MAJOR`. */
function operationOf(all: readonly NamedOperation[], reference: string): string | undefined {
  return all.find(
    ({ capability, isLatest }) => capability.key === reference || (isLatest && capability.name === reference),
  )?.operationId;
}

function requestOf(operation: NamedOperation, schemaOf: SchemaOf): ApiNode {
  const { capability } = operation;
  const { tiers, examples } = capability;
  const offered = Object.keys(tiers.offer);
  return {
    schema: {
      type: 'object',
      required: ['input'],
      additionalProperties: false,
      properties: {
        input: schemaOf(operation, 'input'),
        tier: {
          type: 'string',
          description: `Absent: ${tiers.default}.`,
          enum: offered.length === 0 ? [tiers.default] : offered,
        },
        stream: { type: 'boolean', description: 'Whether the answer comes as server-sent events.' },
        metadata: { $ref: '#/components/schemas/Metadata' },
      },
    },
    ...examplesOf(examples, ({ input }) => ({ input })),
  };
}

function resultOf(operation: NamedOperation, schemaOf: SchemaOf): ApiNode {
  const { capability } = operation;
  const answered = capability.examples.filter(({ output }) => output !== undefined);
  return {
    schema: {
      type: 'object',
      required: ['output', 'invocation'],
      properties: {
        output: schemaOf(operation, 'output'),
        invocation: { $ref: '#/components/schemas/Invocation' },
      },
    },
    ...examplesOf(answered, ({ output }) => ({ output, invocation: exampleInvocation(capability) })),
  };
}

function examplesOf(examples: readonly Example[], valueOf: (example: Example) => unknown): ApiNode {
  if (examples.length === 0) return {};
  return {
    examples: Object.fromEntries(examples.map((example) => [example.name, { value: valueOf(example) }])),
  };
}

/** The format has no words for the events of a stream; the extension says where the schema of each event's `data` is. */
function eventsOf({ capability, stem }: NamedOperation): ApiNode {
  const growing =
    capability.outputKind === 'text'
      ? 'the deltas joined are the text'
      : 'the deltas joined are JSON that may still be mended';
  return {
    schema: {
      type: 'string',
      description:
        `Events \`start\` (who answers), \`delta\` (the next piece of text; ${growing}), then \`result\` (the ` +
        'validated output and the invocation, as without streaming) or `error`. Only `result` is final.',
      'x-capstan-events': {
        start: '#/x-capstan-events/start',
        delta: '#/x-capstan-events/delta',
        result: `#/paths/~1v1~1capabilities~1${capability.key}/post/responses/200/content/application~1json/schema`,
        error: '#/components/schemas/Error',
      },
    },
    examples: { [`${stem}Stream`]: { value: exampleEvents } },
  };
}

const exampleEvents =
  'event: start\ndata: {"invocation":{"model":"provider/model"}}\n\n' +
  'event: delta\ndata: {"text":"…"}\n\n' +
  'event: result\ndata: {"output":"…","invocation":{"model":"provider/model"}}\n\n';
