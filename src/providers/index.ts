// Every adapter by name. To add one, write its file and a line here.

import { assert } from '../errors.ts';
import type { Adapter } from './adapter.ts';
import { createBridge } from './ai-sdk/bridge.ts';
import { vendors } from './ai-sdk/vendors.ts';
import { openai } from './openai.ts';
import { simulator } from './simulator/simulator.ts';

export const adapters: readonly Adapter[] = [openai, simulator, ...vendors.map(createBridge)];

const byName: ReadonlyMap<string, Adapter> = new Map(adapters.map((adapter) => [adapter.name, adapter]));

/** The adapter of a provider; the compiler proved that there is one. */
export function adapterNamed(name: string): Adapter {
  const adapter = byName.get(name);
  assert(adapter !== undefined, `the adapter "${name}" passed the compiler but does not exist`);
  return adapter;
}
