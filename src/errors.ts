// The one catalogue of what can go wrong with a request. Codes are for ever; only `server/` reads `status`.

export interface ErrorKind {
  readonly status: number;
  /** OpenAI's `type` word for the same thing, so that SDKs raise their right classes. */
  readonly type: string;
  readonly summary: string;
}

export const errorCatalogue = {
  input_invalid: {
    status: 400,
    type: 'invalid_request_error',
    summary: 'The input does not fit the schema.',
  },
  request_invalid: { status: 400, type: 'invalid_request_error', summary: 'The request is malformed.' },
  unauthenticated: { status: 401, type: 'authentication_error', summary: 'No valid key was given.' },
  forbidden: { status: 403, type: 'permission_error', summary: 'The key may not do this.' },
  not_found: { status: 404, type: 'not_found_error', summary: 'No such capability, model or route.' },
  gone: { status: 410, type: 'not_found_error', summary: 'The version was removed.' },
  budget_exhausted: { status: 402, type: 'insufficient_quota', summary: 'The budget is used up.' },
  rate_limited: { status: 429, type: 'rate_limit_error', summary: 'Too many requests.' },
  no_route: { status: 422, type: 'invalid_request_error', summary: 'The constraints leave no model.' },
  output_invalid: { status: 502, type: 'server_error', summary: 'The model gave no valid output.' },
  provider_failed: { status: 502, type: 'server_error', summary: 'Every candidate failed.' },
  timeout: { status: 504, type: 'server_error', summary: 'The deadline passed.' },
  cancelled: { status: 499, type: 'server_error', summary: 'The caller left.' },
  overloaded: { status: 503, type: 'server_error', summary: 'The server is at its limit.' },
  store_unavailable: { status: 503, type: 'server_error', summary: 'The governance store is down.' },
  internal: { status: 500, type: 'server_error', summary: 'A fault of ours.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One violation of a schema: where (JSON pointer into the value) and what. */
export interface Violation {
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

/** One thing that went wrong with one request. `message` never holds prompts, outputs or keys. */
export class CapabilityError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly details: unknown;
  /** Seconds after which the caller may try again. */
  readonly retryAfterSeconds: number | undefined;
  /** Replaces the catalogue's status where one code has several (413, 415 for `request_invalid`). */
  readonly status: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      param?: string;
      details?: unknown;
      retryAfterSeconds?: number;
      status?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CapabilityError';
    this.code = code;
    this.param = options.param;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.status = options.status ?? errorCatalogue[code].status;
  }
}

/** States what cannot be otherwise; a failure is a bug of ours. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`Capstan has a bug: ${why}`);
}
