// A runtime without HTTP in front of it: invocations of one Snapshot, with their usage.
import { openCaller } from '../../src/governance/caller.ts';
import { createTransport } from '../../src/providers/transport.ts';
import { createRegistry } from '../../src/registry/registry.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { openInvocation } from '../../src/runtime/invocation.ts';
import { prepareSnapshot } from '../../src/runtime/prepare.ts';
import { runCapability } from '../../src/runtime/run-capability.ts';
import type { CapabilityResult, CapabilitySink } from '../../src/runtime/run-capability.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { parseTarget } from '../../src/runtime/target.ts';
import { createMemoryLedger } from '../../src/usage/memory-ledger.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import { UPSTREAM_KEY } from './sample-snapshot.ts';

export interface Invocations {
  run(name: string, input: unknown, options?: RunOptions): Promise<CapabilityResult>;
  usage(): readonly UsageRecord[];
  close(): Promise<void>;
}

export interface RunOptions {
  readonly sink?: CapabilitySink;
  readonly signal?: AbortSignal;
}

export function startInvocations(snapshot: Snapshot): Invocations {
  const transport = createTransport({ environment: { [UPSTREAM_KEY]: 'sk-test-0123456789' } });
  const ledger = createMemoryLedger();
  let clock = 1_800_000_000_000;
  let ids = 0;
  const runtime = createRuntime({
    registry: createRegistry(snapshot, prepareSnapshot),
    transport,
    ledger,
    now: () => ++clock,
    random: () => 0,
    newId: () => `invocation-${++ids}`,
  });
  return {
    run(name, input, { sink, signal = new AbortController().signal } = {}) {
      const target = parseTarget(snapshot, name);
      const invocation = openInvocation(runtime, { snapshot, caller: openCaller, target, signal });
      return runCapability(runtime, invocation, input, sink);
    },
    usage: () => ledger.recent(),
    close: () => transport.close(),
  };
}
