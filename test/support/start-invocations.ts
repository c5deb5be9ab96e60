// A runtime without HTTP in front of it: invocations of one Snapshot, with their usage.
import type { Clock } from '../../src/clock.ts';
import { openCaller } from '../../src/governance/caller.ts';
import type { Caller } from '../../src/governance/caller.ts';
import { createTransport } from '../../src/providers/transport.ts';
import type { TransportLimits } from '../../src/providers/transport.ts';
import { createRegistry } from '../../src/registry/registry.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { openInvocation } from '../../src/runtime/invocation.ts';
import type { RuntimeLimits } from '../../src/runtime/limits.ts';
import { prepareSnapshot } from '../../src/runtime/prepare.ts';
import { runCapability } from '../../src/runtime/run-capability.ts';
import type { CapabilityResult, CapabilitySink } from '../../src/runtime/run-capability.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { parseTarget } from '../../src/runtime/target.ts';
import { createMemoryLedger } from '../../src/usage/memory-ledger.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import { UPSTREAM_KEY } from './sample-snapshot.ts';

export interface Invocations {
  readonly runtime: Runtime;
  run(name: string, input: unknown, options?: RunOptions): Promise<CapabilityResult>;
  usage(): readonly UsageRecord[];
  /** Resolves when no connection is busy: the last bytes of an answer may come after all that matters in it. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly sink?: CapabilitySink;
  readonly signal?: AbortSignal;
  readonly caller?: Caller;
  readonly tier?: string;
  readonly bypassCache?: boolean;
  /** Default: the one that the invocations were started with. */
  readonly snapshot?: Snapshot;
}

export interface InvocationsOptions {
  /** Default: a clock that says another time whenever it is asked, and real timers. */
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly limits?: Partial<RuntimeLimits>;
  readonly transportLimits?: Partial<TransportLimits>;
}

export function startInvocations(snapshot: Snapshot, options: InvocationsOptions = {}): Invocations {
  let ticks = 1_800_000_000_000;
  const now = (): number => options.clock?.now() ?? ++ticks;
  const after = options.clock === undefined ? {} : { after: options.clock.after };
  const transport = createTransport({
    environment: { [UPSTREAM_KEY]: 'sk-test-0123456789' },
    now,
    ...after,
    ...(options.transportLimits === undefined ? {} : { limits: options.transportLimits }),
  });
  const ledger = createMemoryLedger();
  let ids = 0;
  const runtime = createRuntime({
    registry: createRegistry(snapshot, prepareSnapshot),
    transport,
    ledger,
    now,
    ...after,
    random: options.random ?? (() => 0),
    newId: () => `invocation-${++ids}`,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return {
    runtime,
    run(name, input, run = {}) {
      const {
        sink,
        signal,
        caller = openCaller,
        tier,
        bypassCache = false,
        snapshot: other = snapshot,
      } = run;
      const invocation = openInvocation(runtime, {
        snapshot: other,
        caller,
        target: parseTarget(other, name),
        signal: signal ?? new AbortController().signal,
        bypassCache,
        ...(tier === undefined ? {} : { tier }),
      });
      return runCapability(runtime, invocation, input, sink);
    },
    usage: () => ledger.recent(),
    async idle() {
      while (transport.inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
    },
    close: () => transport.close(),
  };
}
