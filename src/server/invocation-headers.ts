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

export function invocationHeaders(facts: InvocationFacts): ReplyHeaders {
  const { id, snapshot, model, costUsd, cache = 'bypass' } = facts;
  const headers: Record<string, string> = {
    'x-capstan-invocation': id,
    'x-capstan-revision': snapshot,
    'x-capstan-model': headerText(model),
    'x-capstan-cache': cache,
  };
  if (costUsd !== undefined) headers['x-capstan-cost-usd'] = printUsd(costUsd);
  return headers;
}

/** Decimal, never in exponents: the price of one short call has many zeros. */
function printUsd(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, '') || '0';
}

/** Names from YAML, from callers and from providers may hold any character; headers may not. */
export function headerText(text: string): string {
  if (plainText.test(text)) return text;
  return text.toWellFormed().replaceAll(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
}

const plainText = /^[\x20-\x7e]*$/;
