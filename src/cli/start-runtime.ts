// Gives a registry what it needs to answer: transport, ledger, clock and chance. The only place that reads the real
// clock for the runtime.

import { randomUUID } from 'node:crypto';
import { createTransport } from '../providers/transport.ts';
import type { Transport } from '../providers/transport.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { createRuntime } from '../runtime/runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createMemoryLedger } from '../usage/memory-ledger.ts';
import type { Ledger } from '../usage/memory-ledger.ts';

/** Usage records kept in memory; older ones are forgotten. */
const ledgerRecordsMax = 10_000;

export interface RunningRuntime {
  readonly runtime: Runtime;
  readonly transport: Transport;
  readonly close: () => Promise<void>;
}

export function startRuntime(
  registry: Registry,
  environment: { readonly [name: string]: string | undefined },
  options: { readonly simulatorPaceMs?: number } = {},
): RunningRuntime {
  const now = (): number => Date.now();
  const transport = createTransport({ environment, now, ...options });
  const ledger: Ledger = createMemoryLedger({ limit: ledgerRecordsMax });
  const runtime = createRuntime({
    registry,
    transport,
    ledger,
    now,
    random: () => Math.random(),
    newId: () => randomUUID(),
  });
  return {
    runtime,
    transport,
    async close() {
      await transport.close();
      // The last: calls that were cut off above have been recorded by now.
      await ledger.close?.();
    },
  };
}

/** One line for each provider that cannot be called now, with the variable that would change that. */
export function unavailableProviders(snapshot: Snapshot, transport: Transport): readonly string[] {
  return Object.values(snapshot.providers).flatMap((provider) => {
    const why = transport.whyUnavailable(provider);
    return why === undefined ? [] : [`provider ${provider.id} is not available: ${why}`];
  });
}
