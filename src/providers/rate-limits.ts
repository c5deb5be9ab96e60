// What is left of a provider's rate limits, from the headers of its answers. Every vendor spells them in its own way: the
// names with the unit last or in the middle, resets as a duration (`6m12.5s`, `250ms`), as seconds, as a date, or as a time.

import type { WireHeaders } from './adapter.ts';

export interface RateLimits {
  readonly requests?: RateLimit;
  readonly tokens?: RateLimit;
}

export interface RateLimit {
  readonly remaining: number;
  readonly limit?: number;
  /** Milliseconds since 1970, when it is whole again; absent when the provider does not say. */
  readonly resetsAt?: number;
}

const units = ['requests', 'tokens'] as const;

/** Undefined when the answer says nothing of limits. `now` in milliseconds since 1970. */
export function readRateLimits(headers: WireHeaders, now: number): RateLimits | undefined {
  if (!mentionsLimits(headers)) return undefined;
  const limits: { requests?: RateLimit; tokens?: RateLimit } = {};
  for (const unit of units) {
    const limit = readLimit(headers, unit, now);
    if (limit !== undefined) limits[unit] = limit;
  }
  return limits.requests === undefined && limits.tokens === undefined ? undefined : limits;
}

/** Most answers do not: then no name has to be looked up. */
function mentionsLimits(headers: WireHeaders): boolean {
  for (const name in headers)
    if (name.includes('ratelimit-') || name.startsWith('x-rate-limit-')) return true;
  return false;
}

function readLimit(headers: WireHeaders, unit: (typeof units)[number], now: number): RateLimit | undefined {
  const value = (what: keyof Names): string | undefined => {
    for (const name of names[unit][what]) if (headers[name] !== undefined) return headers[name];
    return undefined;
  };
  const remaining = readCount(value('remaining'));
  if (remaining === undefined) return undefined;
  const limit = readCount(value('limit'));
  const resetsAt = readReset(value('reset'), now);
  return {
    remaining,
    ...(limit === undefined ? {} : { limit }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
  };
}

/** The most exact first: a window of a minute before one of a day, the whole of the tokens before those of the input. */
function namesOf(what: string, unit: 'requests' | 'tokens'): string[] {
  const named = [
    `x-ratelimit-${what}-${unit}`,
    `x-ratelimit-${what}-${unit}-minute`,
    `x-ratelimit-${unit}-${what}`,
    `ratelimit-${what}-${unit}`,
    `anthropic-ratelimit-${unit}-${what}`,
  ];
  if (unit === 'tokens') return [...named, `anthropic-ratelimit-input-tokens-${what}`];
  return [...named, `x-ratelimit-${what}`, `ratelimit-${what}`, `x-rate-limit-${what}`];
}

interface Names {
  readonly remaining: readonly string[];
  readonly limit: readonly string[];
  readonly reset: readonly string[];
}

/** Every answer is searched for them, so they are written out once. */
const names: Readonly<Record<(typeof units)[number], Names>> = {
  requests: allNames('requests'),
  tokens: allNames('tokens'),
};

function allNames(unit: (typeof units)[number]): Names {
  return {
    remaining: namesOf('remaining', unit),
    limit: namesOf('limit', unit),
    reset: namesOf('reset', unit),
  };
}

/** Some send a list of windows, `60, 60;w=60`: the first counts. */
function readCount(text: string | undefined): number | undefined {
  const count = Number(/^\s*(?<count>\d+(?:\.\d+)?)\s*(?:[,;]|$)/.exec(text ?? '')?.groups?.['count'] ?? NaN);
  return Number.isFinite(count) ? count : undefined;
}

const DURATION =
  /^(?:(?<d>\d+(?:\.\d+)?)d)?(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m(?!s))?(?:(?<s>\d+(?:\.\d+)?)s)?(?:(?<ms>\d+(?:\.\d+)?)ms)?$/;

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Larger plain numbers are times, not durations: in seconds since 1970, or in milliseconds. */
const SECONDS_SINCE_1970 = 1_000_000_000;
const MILLISECONDS_SINCE_1970 = 100_000_000_000;

function readReset(text: string | undefined, now: number): number | undefined {
  const value = text?.trim() ?? '';
  if (value === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) {
    const number = Number(value);
    if (number >= MILLISECONDS_SINCE_1970) return number;
    return number >= SECONDS_SINCE_1970 ? number * 1000 : now + number * 1000;
  }
  const parts = DURATION.exec(value)?.groups;
  if (parts !== undefined) {
    const entries = Object.entries(unitMs) as [keyof typeof unitMs, number][];
    return now + entries.reduce((sum, [unit, length]) => sum + Number(parts[unit] ?? 0) * length, 0);
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date;
}
