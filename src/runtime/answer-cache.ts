// Answers that were given before, for capabilities that allow it. Only whole, valid answers are kept, as text, so that no
// two callers ever hold the same object; and only those may have one who are in its scope.

import { hash } from 'node:crypto';
import type { ChatMessage } from '../chat/chat.ts';
import type { Caller } from '../governance/caller.ts';
import type { Capability, Json, Snapshot } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { createBoundedMap } from './bounded-map.ts';

export interface CachedAnswer {
  /** Ids of those who gave it. */
  readonly model: string;
  readonly provider: string;
  readonly output: Json;
}

export interface AnswerCache {
  get(key: string): CachedAnswer | undefined;
  set(key: string, answer: CachedAnswer, ttlMs: number): void;
  readonly size: number;
  readonly bytes: number;
}

interface Entry {
  readonly model: string;
  readonly provider: string;
  readonly text: string;
  readonly expiresAt: number;
}

export interface AnswerCacheLimits {
  readonly cacheEntries: number;
  readonly cacheBytes: number;
}

/** Bytes of an entry besides its text. */
const ENTRY_BYTES = 500;
const BYTES_PER_CHARACTER = 2;

export function createAnswerCache(limits: AnswerCacheLimits, now: () => number): AnswerCache {
  const entries = createBoundedMap<Entry>({ entries: limits.cacheEntries, bytes: limits.cacheBytes });
  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return entries.bytes;
    },
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (now() >= entry.expiresAt) {
        entries.delete(key);
        return undefined;
      }
      const { model, provider, text } = entry;
      return { model, provider, output: JSON.parse(text) as Json };
    },
    set(key, { model, provider, output }, ttlMs) {
      const text = JSON.stringify(output);
      const bytes = ENTRY_BYTES + text.length * BYTES_PER_CHARACTER;
      entries.set(key, { model, provider, text, expiresAt: now() + ttlMs }, bytes);
    },
  };
}

export interface Question {
  readonly snapshot: Snapshot;
  readonly capability: Capability;
  readonly tier: string;
  readonly caller: Caller;
  /** Validated, with its defaults filled. */
  readonly input: Json;
  readonly history: readonly ChatMessage[];
}

/**
 * Equal for calls that may have one answer: the same contract, prompt and policies (by the capability's revision), tier,
 * models to choose from, input whatever its spelling, earlier turns, and scope.
 */
export function questionKey({ snapshot, capability, tier, caller, input, history }: Question): string {
  const parts = [
    capability.revision,
    tier,
    routingRevision(snapshot, tier),
    scopeOf(capability, caller),
    input,
    history,
  ];
  return hash('sha256', canonicalJson(parts));
}

/** A caller without a team is a team of its own: an absent name must never be a name that all of them share. */
function scopeOf({ policies }: Capability, { name, team }: Caller): readonly string[] {
  switch (policies.cache.scope) {
    case 'global':
      return ['global'];
    case 'team':
      return team === undefined ? ['caller', name] : ['team', team];
    case 'caller':
      return ['caller', name];
  }
}

const routingRevisions = new WeakMap<Snapshot, Map<string, string>>();

/** Changes with everything that decides which model answers on the tier. */
function routingRevision(snapshot: Snapshot, tier: string): string {
  const known = routingRevisions.get(snapshot) ?? new Map<string, string>();
  routingRevisions.set(snapshot, known);
  const ready = known.get(tier);
  if (ready !== undefined) return ready;
  const { tiers, models, providers } = snapshot;
  const revision = hash('sha256', canonicalJson([tiers[tier], models, providers]));
  known.set(tier, revision);
  return revision;
}
