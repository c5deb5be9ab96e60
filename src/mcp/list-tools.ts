// Capabilities as tools of the Model Context Protocol: one for each capability and major version.

import type { Tool } from '@modelcontextprotocol/server';
import { describeDeprecation } from '../../codegen/describe-deprecation.ts';
import { nameMethods } from '../../codegen/name-methods.ts';
import type { Capability, JsonSchema, Snapshot } from '../registry/snapshot.ts';
import { dereference } from '../schema/dereference.ts';

export interface CapabilityTool {
  readonly capability: Capability;
  readonly tool: Tool;
  /** Structured content is an object; any other output stands in it as `output`. */
  readonly wrapsOutput: boolean;
}

/** An entry goes with its Snapshot. */
const known = new WeakMap<Snapshot, ReadonlyMap<string, CapabilityTool>>();

/** By name, which is that of the method in generated clients: what a tool means never changes under its users. */
export function toolsOf(snapshot: Snapshot): ReadonlyMap<string, CapabilityTool> {
  const ready = known.get(snapshot);
  if (ready !== undefined) return ready;
  const capabilities = Object.values(snapshot.capabilities);
  const names = nameMethods(capabilities);
  const byKey = new Map(capabilities.map(({ key }, index) => [key, names[index]]));
  const nameOf = (reference: string): string | undefined =>
    byKey.get(snapshot.latest[reference] ?? reference);
  const tools = new Map(
    capabilities.map((capability, index) => {
      const name = names[index] ?? capability.name;
      return [name, toTool(capability, name, nameOf)] as const;
    }),
  );
  known.set(snapshot, tools);
  return tools;
}

/** Whether somebody who listed the tools before has to list them again. */
export function haveToolsChanged(previous: Snapshot, current: Snapshot): boolean {
  const print = (snapshot: Snapshot): string =>
    JSON.stringify([...toolsOf(snapshot).values()].map(({ tool }) => tool));
  return print(previous) !== print(current);
}

function toTool(
  capability: Capability,
  name: string,
  nameOf: (reference: string) => string | undefined,
): CapabilityTool {
  const { title, input, output, key, version, owner } = capability;
  const { schema: outputSchema, wraps } = objectSchema(output);
  const shown = title ?? capability.name;
  return {
    capability,
    wrapsOutput: wraps,
    tool: {
      name,
      title: shown,
      description: describe(capability, nameOf),
      inputSchema: { ...input, type: 'object' },
      outputSchema,
      annotations: {
        title: shown,
        // It answers and changes nothing, in no world but the one of its input.
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
      // No revision: a new prompt is no new tool.
      _meta: { 'capstan/capability': key, 'capstan/version': version, 'capstan/owner': owner },
    },
  };
}

function describe(
  { description, deprecation }: Capability,
  nameOf: (reference: string) => string | undefined,
): string {
  if (deprecation === undefined) return description;
  return `${description}\n\nDeprecated ${describeDeprecation(deprecation, nameOf)}`;
}

function objectSchema(output: JsonSchema): {
  readonly schema: NonNullable<Tool['outputSchema']>;
  readonly wraps: boolean;
} {
  const { $defs: definitions, ...own } = output;
  const shared = definitions === undefined ? {} : { $defs: definitions };
  const root = dereference(own, output);
  if (root['type'] === 'object') return { schema: { ...root, type: 'object', ...shared }, wraps: false };
  const schema = {
    type: 'object' as const,
    required: ['output'],
    properties: { output: own },
    additionalProperties: false,
    ...shared,
  };
  return { schema, wraps: true };
}
