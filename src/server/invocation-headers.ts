// What every reply of an invocation says of it in its headers.
import type { ReplyHeaders } from './reply.ts';

export interface InvocationFacts {
  readonly id: string;
  /** Revision of the Snapshot that served. */
  readonly snapshot: string;
  readonly model: string;
  readonly costUsd?: number | undefined;
  /** Default: nothing is kept of such calls. */
  readonly cache?: 'hit' | 'miss' | 'bypass';
}

export function invocationHeaders({
  id,
  snapshot,
  model,
  costUsd,
  cache = 'bypass',
}: InvocationFacts): ReplyHeaders {
  const headers = {
    'x-capstan-invocation': id,
    'x-capstan-revision': snapshot,
    'x-capstan-model': headerText(model),
    'x-capstan-cache': cache,
  };
  return costUsd === undefined ? headers : { ...headers, 'x-capstan-cost-usd': printUsd(costUsd) };
}

/** Decimal, never in exponents: the price of one short call has many zeros. */
function printUsd(usd: number): string {
  const digits = usd.toFixed(9);
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end -= 1;
  return digits.slice(0, digits.charCodeAt(end - 1) === POINT ? end - 1 : end);
}

const ZERO = 0x30;
const POINT = 0x2e;

/** Names from YAML, from callers and from providers may hold any character; headers may not. */
export function headerText(text: string): string {
  if (plainText.test(text)) return text;
  return text.toWellFormed().replaceAll(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
}

const plainText = /^[\x20-\x7e]*$/;
