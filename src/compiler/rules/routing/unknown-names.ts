// Names in a capability's routing that nothing in its project has: they can only be mistakes, because requiring them keeps
// every model out, and allowing or denying them does nothing.

import type { Snapshot } from '../../../registry/snapshot.ts';
import { poolOf } from '../../../routing/pool.ts';
import type { CapabilityDeclaration } from '../../declaration.gen.ts';

export type NameKind = 'feature' | 'modality' | 'region' | 'provider' | 'model';

export interface UnknownName {
  readonly kind: NameKind;
  readonly name: string;
  readonly pointer: string;
}

/** What the project has, by kind. */
export type KnownNames = Readonly<Record<NameKind, ReadonlySet<string>>>;

const knownNames = new WeakMap<Snapshot['models'], { names: KnownNames; providers: Snapshot['providers'] }>();

export function knownNamesOf(snapshot: Snapshot): KnownNames {
  const ready = knownNames.get(snapshot.models);
  if (ready?.providers === snapshot.providers) return ready.names;
  const providers = Object.values(snapshot.providers);
  const models = poolOf(snapshot).flatMap((entry) => entry.models);
  const names: KnownNames = {
    feature: new Set(models.flatMap(({ features }) => features)),
    modality: new Set(models.flatMap(({ modalities }) => modalities)),
    region: new Set(providers.flatMap(({ regions = [] }) => regions)),
    provider: new Set(providers.map(({ id }) => id)),
    model: new Set(models.map(({ id }) => id)),
  };
  knownNames.set(snapshot.models, { names, providers: snapshot.providers });
  return names;
}

/** In the order of the file format. A project without models knows no features, so nothing is said of them. */
export function unknownNamesOf(declaration: CapabilityDeclaration, snapshot: Snapshot): UnknownName[] {
  const known = knownNamesOf(snapshot);
  return namesOf(declaration).filter(({ kind, name }) => {
    const isAboutModels = kind !== 'region' && kind !== 'provider';
    return !known[kind].has(name) && !(isAboutModels && known.model.size === 0);
  });
}

function namesOf({ routing, tiers }: CapabilityDeclaration): UnknownName[] {
  const { requires, constraints = {} } = routing ?? {};
  const at = '/routing/constraints';
  return [
    ...requiredNames(requires, '/routing/requires'),
    ...Object.entries(tiers?.offer ?? {}).flatMap(([tier, offer]) =>
      requiredNames(offer.requires, `/tiers/offer/${tier}/requires`),
    ),
    ...listed('region', constraints.regions, `${at}/regions`),
    ...listed('provider', constraints.providers?.allow, `${at}/providers/allow`),
    ...listed('provider', constraints.providers?.deny, `${at}/providers/deny`),
    ...listed('model', constraints.models?.allow, `${at}/models/allow`),
    ...listed('model', constraints.models?.deny, `${at}/models/deny`),
  ];
}

function requiredNames(
  requires: { features?: readonly string[]; modalities?: readonly string[] } | undefined,
  base: string,
): UnknownName[] {
  return [
    ...listed('feature', requires?.features, `${base}/features`),
    ...listed('modality', requires?.modalities, `${base}/modalities`),
  ];
}

function listed(kind: NameKind, names: readonly string[] = [], base: string): UnknownName[] {
  return names.map((name, index) => ({ kind, name, pointer: `${base}/${index}` }));
}
