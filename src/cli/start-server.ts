// Opens the HTTP server on a host and port, and says plainly why when that cannot be.

import type { Runtime } from '../runtime/runtime.ts';
import { closeGracefully } from '../server/close-gracefully.ts';
import { createServer } from '../server/create-server.ts';
import type { ServerLog } from '../server/server-log.ts';
import { UsageError } from './exit-code.ts';

export interface ListenOptions {
  readonly runtime: Runtime;
  /** `open` answers everybody who reaches it, so it is for loopback only. */
  readonly access: 'keys' | 'open';
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly logger?: ServerLog;
  /** Requests in flight get this long to end when the server is told to close. */
  readonly graceMs?: number;
}

const defaultGraceMs = 8_000;

export interface RunningServer {
  /** Where it answers, for example `http://127.0.0.1:4700`. */
  readonly url: string;
  /** Takes no new requests, lets those in flight end, then closes. */
  close(): Promise<void>;
}

export async function startServer(options: ListenOptions): Promise<RunningServer> {
  const { runtime, access, host, port, logger, graceMs = defaultGraceMs } = options;
  const server = createServer({ runtime, access, ...(logger === undefined ? {} : { logger }) });
  try {
    const url = await server.listen({ host, port });
    return { url, close: () => closeGracefully(server, graceMs) };
  } catch (error) {
    await server.close();
    throw explainListenFailure(error, host, port);
  }
}

function explainListenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const cause = { cause: error };
  if (code === 'EADDRINUSE') {
    return new UsageError(
      `Port ${port} on ${host} is in use, perhaps by another Capstan. Stop that one, or choose with --port (0 takes any free port).`,
      cause,
    );
  }
  if (code === 'EACCES')
    return new UsageError(`Port ${port} needs more rights than this user has; choose one above 1023.`, cause);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new UsageError(`This machine has no address "${host}".`, cause);
  return error;
}

/** A port from the command line. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`"${text}" is not a port; a port is a number from 0 to 65535.`);
}

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
