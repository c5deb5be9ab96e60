// What the registry promises while serving: atomic swaps, the last good Snapshot, and stable identity of what did not change.
import { expect, test } from 'vitest';
import { createRegistry } from '../src/registry/registry.ts';
import type { Capability, Snapshot } from '../src/registry/snapshot.ts';

test('a swap becomes visible to the next request only', () => {
  const registry = createRegistry(snapshotOf('r1', []));
  const before = registry.current;
  registry.swap(snapshotOf('r2', []));
  expect(before.revision).toBe('r1');
  expect(registry.current.revision).toBe('r2');
});

test('an unchanged capability keeps its object, so what was prepared for it stays', () => {
  const registry = createRegistry(snapshotOf('r1', [['a', 'x']]));
  const before = registry.current.capabilities['a@1'];
  registry.swap(snapshotOf('r2', [['a', 'x'], ['b', 'y']])); // prettier-ignore
  expect(registry.current.capabilities['a@1']).toBe(before);
});

test('when preparing fails the last good Snapshot keeps serving', () => {
  const registry = createRegistry(snapshotOf('r1', []), (next) => {
    if (next.revision === 'bad') throw new Error('cannot be prepared');
  });
  expect(() => registry.swap(snapshotOf('bad', []))).toThrow('cannot be prepared');
  expect(registry.current.revision).toBe('r1');
});

function snapshotOf(
  revision: string,
  capabilities: readonly (readonly [name: string, revision: string])[],
): Snapshot {
  const entries = capabilities.map(([name, ofCapability]) => [
    `${name}@1`,
    { key: `${name}@1`, name, revision: ofCapability } as Capability,
  ]);
  return {
    formatVersion: 1,
    revision,
    project: { name: 'test' },
    capabilities: Object.fromEntries(entries) as Record<string, Capability>,
    latest: {},
    providers: {},
    models: {},
    aliases: {},
    tiers: {},
    defaults: { tier: 'standard', timeoutMs: 60_000 },
    access: { keys: [] },
    generate: [],
  };
}
