// What the server tells whoever runs it. Entries never hold headers, bodies, query strings or keys.
import type { ErrorCode } from '../errors.ts';

export interface RequestEntry {
  readonly requestId: string;
  readonly method: string;
  /** Without its query, and cut to a bounded length. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly caller?: string | undefined;
  readonly invocation?: string | undefined;
  /** Why it was refused, or why its answer is not whole. */
  readonly error?: ErrorCode | undefined;
  /** The caller left before the answer was whole. */
  readonly abandoned?: true | undefined;
}

export interface ServerLog {
  /** Once for each request, when its answer is over. */
  request(entry: RequestEntry): void;
  /** A mistake of ours, which the caller only saw as `internal`. */
  fault(error: unknown, requestId: string): void;
}

export const silentLog: ServerLog = { request: () => {}, fault: () => {} };

const LOGGED_PATH_CHARACTERS = 200;

export function loggedPath(url: string): string {
  const query = url.indexOf('?');
  return url.slice(0, query < 0 ? LOGGED_PATH_CHARACTERS : Math.min(query, LOGGED_PATH_CHARACTERS));
}
