// The tools of a Snapshot, served over any transport of the Model Context Protocol. It knows neither HTTP nor pipes.

import type { CallToolResult, Server } from '@modelcontextprotocol/server';
import { toAbortSignal } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import { CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import type { Caller } from '../governance/caller.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { openInvocation } from '../runtime/invocation.ts';
import { runCapability } from '../runtime/run-capability.ts';
import type { CapabilityResult } from '../runtime/run-capability.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { toolsOf } from './list-tools.ts';
import type { CapabilityTool } from './list-tools.ts';

/** Who asks, and on which Snapshot: taken once for every message. */
export interface ToolScope {
  readonly snapshot: Snapshot;
  readonly caller: Caller;
  /** Aborted when the caller leaves. */
  readonly signal?: CancelSignal;
  readonly requestId?: string;
  /** Hears of each call that failed. */
  readonly onFailure?: (error: unknown) => void;
  /** Hears the id of each invocation. */
  readonly onInvocation?: (id: string) => void;
}

/**
 * Makes a server of the protocol that is not connected yet. It stands on the protocol's low-level server: tools are looked
 * up in the Snapshot when they are asked for, not registered one by one for every request.
 */
export async function createMcpServer(runtime: Runtime, scopeOf: () => ToolScope): Promise<Server> {
  // Loaded late: most servers are never asked in this protocol.
  const sdk = await import('@modelcontextprotocol/server');
  const name = scopeOf().snapshot.project.name;
  const server = new sdk.Server(
    { name, version: scopeOf().snapshot.revision },
    { capabilities: { tools: { listChanged: true } } },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: [...toolsOf(scopeOf().snapshot).values()].map(({ tool }) => tool),
  }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const scope = scopeOf();
    const found = toolsOf(scope.snapshot).get(params.name);
    if (found === undefined) {
      throw new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, `No tool is named "${params.name}".`);
    }
    const signal =
      scope.signal === undefined
        ? mcpReq.signal
        : AbortSignal.any([toAbortSignal(scope.signal), mcpReq.signal]);
    return callTool(runtime, found, params.arguments ?? {}, { ...scope, signal });
  });
  return server;
}

async function callTool(
  runtime: Runtime,
  { capability, wrapsOutput }: CapabilityTool,
  input: unknown,
  scope: ToolScope & { readonly signal: AbortSignal },
): Promise<CallToolResult> {
  try {
    const { snapshot, caller, signal, requestId } = scope;
    const target = { kind: 'capability', capability } as const;
    const invocation = openInvocation(runtime, {
      ...{ snapshot, caller, signal, target },
      ...(requestId === undefined ? {} : { requestId }),
    });
    scope.onInvocation?.(invocation.id);
    return toResult(await runCapability(runtime, invocation, input), wrapsOutput);
  } catch (error) {
    scope.onFailure?.(error);
    if (error instanceof CapabilityError) return toFailure(error);
    throw new Error('Something went wrong on our side.', { cause: error });
  }
}

function toResult({ output, invocation }: CapabilityResult, wrapsOutput: boolean): CallToolResult {
  return {
    content: [{ type: 'text', text: typeof output === 'string' ? output : JSON.stringify(output) }],
    structuredContent: (wrapsOutput ? { output } : output) as Record<string, unknown>,
    _meta: { 'capstan/invocation': invocation },
  };
}

/** An error in the result rather than of the protocol: so the model that called can mend its call. */
function toFailure({ code, message, details }: CapabilityError): CallToolResult {
  const lines = violationsIn(details).map(
    ({ pointer, message: said }) => `- ${pointer || '(the whole)'}: ${said}`,
  );
  return {
    isError: true,
    content: [{ type: 'text', text: [`${code}: ${message}`, ...lines].join('\n') }],
    _meta: { 'capstan/error': { code, message, ...(details === undefined ? {} : { details }) } },
  };
}

function violationsIn(details: unknown): readonly Violation[] {
  const listed =
    typeof details === 'object' && details !== null && 'violations' in details ? details.violations : details;
  return Array.isArray(listed)
    ? (listed as readonly Violation[]).filter(({ message }) => typeof message === 'string')
    : [];
}
