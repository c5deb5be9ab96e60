// One call: to what, for whom, on which Snapshot, until when. Opened at the door and never changed.

import type { CancelSignal } from '../cancellation.ts';
import type { ChatMessage } from '../chat/chat.ts';
import { CapabilityError } from '../errors.ts';
import type { Caller } from '../governance/caller.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import type { Runtime } from './runtime.ts';
import type { Target } from './target.ts';

export interface InvocationOptions {
  /** The one Snapshot that this call sees. */
  readonly snapshot: Snapshot;
  readonly caller: Caller;
  readonly target: Target;
  /** Wins over the target's own tier. */
  readonly tier?: string | undefined;
  /** The caller's own labels. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Earlier turns, for the prompt's slot. */
  readonly history?: readonly ChatMessage[] | undefined;
  /** Aborted when the caller leaves; its reason is the error of the call. */
  readonly signal: CancelSignal;
  readonly requestId?: string | undefined;
  /** The answer is neither taken from those of before nor kept for those to come. */
  readonly bypassCache?: boolean | undefined;
}

export interface Invocation extends InvocationOptions {
  readonly id: string;
  /** Absent when the call names one model. */
  readonly tier?: string | undefined;
  readonly history: readonly ChatMessage[];
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

/**
 * Opens a call; throws `request_invalid` for a tier that the capability does not offer, and `gone` for a capability whose
 * last day is over.
 */
export function openInvocation(runtime: Runtime, options: InvocationOptions): Invocation {
  const openedAt = runtime.now();
  refuseRetired(options.target, openedAt);
  const tier = tierOf(options);
  const { snapshot, caller, target, metadata, history = [], signal, requestId, bypassCache } = options;
  const id = runtime.newId();
  return { snapshot, caller, target, tier, metadata, history, signal, requestId, bypassCache, id, openedAt };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The sunset is the last day on which a capability serves, in UTC. */
function refuseRetired(target: Target, now: number): void {
  if (target.kind !== 'capability' || target.capability.deprecation === undefined) return;
  const { key, deprecation } = target.capability;
  const { sunset, replacement } = deprecation;
  if (now < Date.parse(sunset) + DAY_MS) return;
  const message = `The capability ${key} was retired on ${sunset}; use ${replacement}.`;
  throw new CapabilityError('gone', message, { details: { sunset, replacement } });
}

function tierOf({ target, tier }: InvocationOptions): string | undefined {
  if (target.kind === 'model') return undefined;
  if (target.kind === 'tier') return target.tier;
  return offeredTier(target.capability, tier ?? target.tier);
}

/** The tier that a caller gets who asks for `tier`, or for none; throws `request_invalid` when it is not offered. */
export function offeredTier(capability: Capability, tier: string | undefined): string {
  const wanted = tier ?? capability.tiers.default;
  if (Object.hasOwn(capability.tiers.offer, wanted)) return wanted;
  const offered = Object.keys(capability.tiers.offer)
    .map((name) => `"${name}"`)
    .join(', ');
  const message = `The capability ${capability.name} offers the tiers ${offered}, not ${JSON.stringify(wanted.slice(0, 80))}.`;
  throw new CapabilityError('request_invalid', message, { param: 'tier' });
}
