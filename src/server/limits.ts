// Every limit of the HTTP surface, with its name and its unit.

export interface ServerLimits {
  /** A longer request body is answered 413. */
  readonly bodyBytes: number;
  /** Arrays and objects inside one another in a request body. */
  readonly jsonDepth: number;
  /** All request headers together; more is answered 431. */
  readonly headerBytes: number;
  /** Requests being answered at once; one more is answered 503 at once instead of waiting. */
  readonly concurrentRequests: number;
  readonly connections: number;
  /** For the whole request to arrive. */
  readonly requestArrivalMs: number;
  /** For a caller who takes nothing of an answer that waits for it; then the connection is cut. */
  readonly stalledReaderMs: number;
  /** For a connection between two requests. */
  readonly keepAliveMs: number;
}

export const defaultServerLimits: ServerLimits = {
  bodyBytes: 10 * 1024 * 1024,
  jsonDepth: 128,
  headerBytes: 16 * 1024,
  concurrentRequests: 1_000,
  connections: 10_000,
  requestArrivalMs: 120_000,
  stalledReaderMs: 60_000,
  keepAliveMs: 72_000,
};
