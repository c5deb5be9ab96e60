// Gives a registry what it needs to answer: transport, ledger, clock and chance. The only place that reads the real
// clock for the runtime.

import { createTransport } from '../providers/transport.ts';
import type { Transport } from '../providers/transport.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { createRuntime } from '../runtime/runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Ledger } from '../usage/ledger.ts';
import { createOrderedIds } from './ordered-id.ts';
import { createSystemNow } from './system-now.ts';

export interface RunningRuntime {
  readonly runtime: Runtime;
  readonly transport: Transport;
  readonly close: () => Promise<void>;
}

/** Closing it closes the ledger. */
export function startRuntime(
  registry: Registry,
  environment: { readonly [name: string]: string | undefined },
  ledger: Ledger,
  options: { readonly simulatorPaceMs?: number } = {},
): RunningRuntime {
  const now = createSystemNow();
  const transport = createTransport({ environment, now, ...options });
  const runtime = createRuntime({
    registry,
    transport,
    ledger,
    now,
    random: () => Math.random(),
    newId: createOrderedIds(now),
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
