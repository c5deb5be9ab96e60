// The Model Context Protocol on this server: made when somebody first knocks, told of every swap, closed before the rest.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMcpServer } from '../mcp/create-mcp-server.ts';
import type { ToolScope } from '../mcp/create-mcp-server.ts';
import { haveToolsChanged } from '../mcp/list-tools.ts';
import type { Service } from './service.ts';

/** Listeners for changed lists, of all callers together. */
const SUBSCRIPTIONS_MAX = 256;

export interface McpDoor {
  /** Answers one message of the protocol, or refuses it in the protocol's own words. */
  answer(request: IncomingMessage, response: ServerResponse, body: unknown, scope: ToolScope): Promise<void>;
  /** Ends the streams of those who only listen, so that a server that shuts down need not wait for them. */
  dismissListeners(): void;
}

const doors = new WeakMap<Service, Promise<McpDoor>>();

export function mcpDoorOf(service: Service): Promise<McpDoor> {
  const known = doors.get(service);
  if (known !== undefined) return known;
  const opening = openDoor(service);
  doors.set(service, opening);
  return opening;
}

/** Nothing to do where nobody ever knocked. */
export async function closeMcp(service: Service): Promise<void> {
  (await doors.get(service))?.dismissListeners();
}

async function openDoor({ runtime }: Service): Promise<McpDoor> {
  const { createMcpHandler } = await import('@modelcontextprotocol/server');
  const { toNodeHandler } = await import('@modelcontextprotocol/node');
  const handler = createMcpHandler(
    ({ authInfo }) => createMcpServer(runtime, () => authInfo?.extra?.['scope'] as ToolScope),
    { maxSubscriptions: SUBSCRIPTIONS_MAX },
  );
  const answerNode = toNodeHandler(handler);
  const listening = new Set<ServerResponse>();
  runtime.registry.onSwap((current, previous) => {
    if (haveToolsChanged(previous, current)) handler.notify.toolsChanged();
  });
  return {
    async answer(request, response, body, scope) {
      if (isListening(body)) {
        listening.add(response);
        response.once('close', () => listening.delete(response));
      }
      // Who calls was settled at the server's own door; the protocol's layer only hands it on.
      const auth = { token: '', clientId: scope.caller.name, scopes: [], extra: { scope } };
      await answerNode(Object.assign(request, { auth }) as Parameters<typeof answerNode>[0], response, body);
    },
    dismissListeners() {
      for (const response of listening) response.destroy();
    },
  };
}

function isListening(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen'
  );
}
