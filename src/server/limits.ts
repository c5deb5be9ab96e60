// Every limit of the HTTP surface, with its name and its unit.

export interface ServerLimits {
  /** A longer request body is answered 413. */
  readonly bodyBytes: number;
  /** The same for forms: recordings, pictures and files on their way to a provider. */
  readonly formBytes: number;
  /** Arrays and objects inside one another in a request body. */
  readonly jsonDepth: number;
  /** All request headers together; more is answered 431. */
  readonly headerBytes: number;
  /** Requests being answered at once; one more is answered 503 at once instead of waiting. */
  readonly concurrentRequests: number;
  /** Of them, those of one key; one more is answered 429, so that no caller takes every place. */
  readonly concurrentPerCaller: number;
  readonly connections: number;
  /** For the request's head to arrive, and for the whole of it; a slower one is answered 408. */
  readonly headArrivalMs: number;
  readonly requestArrivalMs: number;
  /** For a caller who takes nothing of an answer that waits for it; then the connection is cut. */
  readonly stalledReaderMs: number;
  /** For a connection between two requests. */
  readonly keepAliveMs: number;
}

export const defaultServerLimits: ServerLimits = {
  bodyBytes: 10 * 1024 * 1024,
  formBytes: 64 * 1024 * 1024,
  jsonDepth: 128,
  headerBytes: 16 * 1024,
  concurrentRequests: 1_000,
  concurrentPerCaller: 500,
  connections: 10_000,
  headArrivalMs: 15_000,
  requestArrivalMs: 120_000,
  stalledReaderMs: 60_000,
  keepAliveMs: 72_000,
};
