// One thrown thing → one HTTP answer, in the shape that OpenAI clients read. A fault of ours says nothing of itself.
import { CapabilityError, errorCatalogue } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

export interface HttpError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: ErrorBody };
}

export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly details?: unknown;
  readonly invocation?: string;
}

export function toHttpError(error: unknown, invocation?: string): HttpError {
  const problem = error instanceof CapabilityError ? error : fromFramework(error);
  return {
    status: problem.status,
    headers: headersFor(problem),
    body: {
      error: {
        code: problem.code,
        message: problem.message,
        type: errorCatalogue[problem.code].type,
        param: problem.param ?? null,
        ...(problem.details === undefined ? {} : { details: problem.details }),
        ...(invocation === undefined ? {} : { invocation }),
      },
    },
  };
}

/** Was it our fault? Such errors are logged; all others are an answer, not a log line. */
export function isFault(error: unknown): boolean {
  const code = error instanceof CapabilityError ? error.code : fromFramework(error).code;
  return code === 'internal';
}

/** What the HTTP framework refuses by itself, in our words. */
function fromFramework(error: unknown): CapabilityError {
  switch (codeOf(error)) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new CapabilityError('request_invalid', 'The content type must be application/json.', {
        status: 415,
      });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new CapabilityError('request_invalid', 'The body is larger than this server accepts.', {
        status: 413,
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new CapabilityError('request_invalid', 'The body is not as long as Content-Length says.');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new CapabilityError('request_invalid', 'The path is not a valid URL path.');
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE':
      return new CapabilityError('request_invalid', 'The content type is missing.', { status: 415 });
    // The connection ended inside the body: the only such error that reaches the boundary, for a provider's are classed.
    case 'ECONNRESET':
      return new CapabilityError('cancelled', 'The caller left.');
    default:
      return new CapabilityError('internal', 'Something went wrong on our side.', { cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Retrying is ours to do (`dispatch` has done it), so clients that retry by themselves are told where it is pointless;
 * `x-should-retry` is the header that OpenAI's own clients obey.
 */
const pointlessToRetry: ReadonlySet<ErrorCode> = new Set([
  'output_invalid',
  'provider_failed',
  'timeout',
  'internal',
]);

function headersFor(problem: CapabilityError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (problem.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(Math.ceil(problem.retryAfterSeconds));
  } else if (pointlessToRetry.has(problem.code)) {
    headers['x-should-retry'] = 'false';
  }
  if (problem.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  return headers;
}
