// Holds the Snapshot that serves now. A request takes `current` once, at the door, and keeps it to its end.

import type { Capability, Snapshot } from './snapshot.ts';

export interface Registry {
  readonly current: Snapshot;
  /** Replaces the Snapshot atomically and returns the one that serves from now on. */
  swap(next: Snapshot): Snapshot;
  /** Calls `listener` after every swap with what serves from then on; the answer ends that. */
  onSwap(listener: (current: Snapshot, previous: Snapshot) => void): () => void;
}

/**
 * Makes a registry. `prepare` is called with the next Snapshot before it becomes visible, so that everything that can
 * be compiled ahead of requests is; when it throws, the last good Snapshot keeps serving.
 */
export function createRegistry(initial: Snapshot, prepare: (next: Snapshot) => void = () => {}): Registry {
  prepare(initial);
  let current = initial;
  const listeners = new Set<(current: Snapshot, previous: Snapshot) => void>();
  return {
    get current() {
      return current;
    },
    swap(next) {
      const previous = current;
      const shared = shareUnchanged(previous, next);
      prepare(shared);
      current = shared;
      for (const listener of listeners) listener(current, previous);
      return current;
    },
    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Keeps the old object of every capability whose revision did not change, so that what was prepared for it stays. */
function shareUnchanged(previous: Snapshot, next: Snapshot): Snapshot {
  const capabilities: Record<string, Capability> = {};
  for (const [key, capability] of Object.entries(next.capabilities)) {
    const known = previous.capabilities[key];
    capabilities[key] = known?.revision === capability.revision ? known : capability;
  }
  return { ...next, capabilities };
}
