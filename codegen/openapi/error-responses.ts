// What a call can fail with, by HTTP status: the error catalogue as responses.

import { errorCatalogue } from '../../src/errors.ts';
import type { ApiNode } from './describe-api.ts';

/** Answers that a status has besides those of the catalogue. */
const further: Readonly<Record<string, string>> = {
  '409': '`request_invalid`: The Idempotency-Key was used with another body.',
  '413': '`request_invalid`: The body is too large.',
  '415': '`request_invalid`: The body is not JSON.',
};

/** Nobody is there to read the answer of a call that was cancelled. */
const unread: readonly string[] = ['cancelled'];

const answered = Object.entries(errorCatalogue).filter(([code]) => !unread.includes(code));

/** Statuses of errors, as text, in their order. */
export const errorStatuses: readonly string[] = [
  ...new Set([...answered.map(([, { status }]) => String(status)), ...Object.keys(further)]),
].toSorted();

/** `Error404` and so on. */
export const errorResponses: Readonly<Record<string, ApiNode>> = Object.fromEntries(
  errorStatuses.map((status) => [`Error${status}`, responseOf(status)]),
);

function responseOf(status: string): ApiNode {
  const kinds = answered.filter(([, kind]) => String(kind.status) === status);
  const said = [...kinds.map(([code, { summary }]) => `\`${code}\`: ${summary}`), further[status] ?? ''];
  return {
    description: said.filter((line) => line !== '').join('\n'),
    ...(status === '429' || status === '503'
      ? { headers: { 'retry-after': { $ref: '#/components/headers/retry-after' } } }
      : {}),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
}
