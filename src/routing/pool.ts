// The models of a Snapshot by provider, gathered once: a provider that may not serve a call is asked once, and its models
// are not looked at.

import type { Model, Provider, Snapshot } from '../registry/snapshot.ts';

/** What routing reads of a Snapshot. */
export type Routable = Pick<Snapshot, 'models' | 'providers' | 'tiers' | 'quality'>;

export type Pool = readonly { readonly provider: Provider; readonly models: readonly Model[] }[];

interface KnownPool {
  readonly providers: Snapshot['providers'];
  readonly pool: Pool;
}

/** By the models of a Snapshot, which never change. */
const known = new WeakMap<Snapshot['models'], KnownPool>();

/** Every model with a configured provider, in the order of the Snapshot. */
export function poolOf({ models, providers }: Routable): Pool {
  const ready = known.get(models);
  if (ready?.providers === providers) return ready.pool;
  const pool = gather(models, providers);
  known.set(models, { providers, pool });
  return pool;
}

function gather(models: Snapshot['models'], providers: Snapshot['providers']): Pool {
  const byProvider = Map.groupBy(Object.values(models), (model) => model.provider);
  return [...byProvider].flatMap(([id, own]) => {
    const provider = Object.hasOwn(providers, id) ? providers[id] : undefined;
    return provider === undefined ? [] : [{ provider, models: own }];
  });
}
