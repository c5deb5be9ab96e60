// What every invocation stands on. The clock, chance and names of invocations are parameters, so that tests own them.

import { randomUUID } from 'node:crypto';
import type { Transport } from '../providers/transport.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import type { HealthView } from '../routing/health-view.ts';
import type { Ledger } from '../usage/memory-ledger.ts';

export interface RuntimeOptions {
  readonly registry: Registry;
  readonly transport: Transport;
  readonly ledger: Ledger;
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  /** A name for an invocation that nobody can guess; default: a random UUID. */
  newId?(): string;
}

export interface Runtime extends RuntimeOptions {
  newId(): string;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  return { ...options, newId: () => options.newId?.() ?? randomUUID() };
}

/** What routing may know of the present, for the providers of one Snapshot. */
export function healthOf({ transport }: Runtime, snapshot: Snapshot): HealthView {
  return {
    available(id) {
      const provider = snapshot.providers[id];
      return provider !== undefined && transport.available(provider);
    },
  };
}
