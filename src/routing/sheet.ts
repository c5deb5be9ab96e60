// What can be said of a call before it comes: which models may serve it as far as its size and the present leave that open,
// best first. Made once for each capability, tier and set of models; every call only walks down it.

import type { Capability, Constraints, Model, Provider, Requires, Snapshot } from '../registry/snapshot.ts';
import type { Call, Constraint, Least } from './constraints/constraint.ts';
import { modelConstraints, providerConstraints } from './constraints/index.ts';
import type { HealthView, Learnt } from './health-view.ts';
import { poolOf } from './pool.ts';
import type { Routable } from './pool.ts';
import { estimateQuality } from './quality.ts';
import type { Requirements } from './requirements.ts';

export interface Sheet {
  /** Best first; models that are equally good in the order of their ids. */
  readonly entries: readonly Entry[];
  /** Those that have an entry. */
  readonly providers: readonly Provider[];
  /** The smallest limits of its models. */
  readonly least: Least;
}

export interface Entry {
  readonly model: Model;
  readonly provider: Provider;
  /** Place in the sheet's providers. */
  readonly at: number;
  /** At this capability, as far as is known. */
  readonly quality: number;
}

/** A sheet, and what it was made from besides the models and what is required. */
interface KnownSheet {
  readonly sheet: Sheet;
  readonly providers: Snapshot['providers'];
  readonly quality: Snapshot['quality'];
  readonly capability: Capability | undefined;
  readonly constraints: Constraints;
  readonly version: number | undefined;
}

/** By models, then by what is required: both live as long as a Snapshot, or a test, holds them. */
const known = new WeakMap<Snapshot['models'], WeakMap<Requires, KnownSheet[]>>();

/** Sheets that are kept for one set of requirements; each is for other constraints or another capability. */
const SHEETS_MAX = 16;

export function sheetOf(snapshot: Routable, requirements: Requirements, { learnt }: HealthView): Sheet {
  const { requires, constraints, capability } = requirements;
  const version = capability && (learnt?.version(capability) ?? 0);
  const sheets = sheetsFor(snapshot.models, requires);
  for (const each of sheets) {
    if (each.constraints !== constraints || each.capability !== capability) continue;
    if (each.providers !== snapshot.providers || each.quality !== snapshot.quality) continue;
    if (each.version === version) return each.sheet;
  }
  const { providers, quality } = snapshot;
  const sheet = makeSheet(snapshot, requirements, learnt);
  const fresh = { sheet, providers, quality, capability, constraints, version };
  const others = sheets.filter((each) => each.capability !== capability || each.constraints !== constraints);
  sheets.splice(0, sheets.length, fresh, ...others.slice(0, SHEETS_MAX - 1));
  return sheet;
}

function sheetsFor(models: Snapshot['models'], requires: Requires): KnownSheet[] {
  let ofModels = known.get(models);
  if (ofModels === undefined) known.set(models, (ofModels = new WeakMap()));
  let sheets = ofModels.get(requires);
  if (sheets === undefined) ofModels.set(requires, (sheets = []));
  return sheets;
}

function makeSheet(snapshot: Routable, requirements: Requirements, learnt: Learnt | undefined): Sheet {
  // A constraint that does not vary looks neither at the size of a call nor at the present.
  const call: Call = { requirements, health: { available: () => true } };
  const onProvider = fixedOf(providerConstraints, call);
  const onModel = fixedOf(modelConstraints, call);
  const entries: Entry[] = [];
  const providers: Provider[] = [];
  for (const { provider, models } of poolOf(snapshot)) {
    if (!onProvider.every((constraint) => constraint.admits(provider, call))) continue;
    const at = providers.length;
    for (const model of models) {
      if (!onModel.every((constraint) => constraint.admits(model, call))) continue;
      entries.push({ model, provider, at, quality: qualityOf(snapshot, requirements, model, learnt) });
    }
    if (entries.at(-1)?.provider === provider) providers.push(provider);
  }
  return { entries: entries.sort(betterFirst), providers, least: leastOf(entries) };
}

function leastOf(entries: readonly Entry[]): Least {
  let contextTokens = Infinity;
  let maxOutputTokens = Infinity;
  for (const { model } of entries) {
    contextTokens = Math.min(contextTokens, model.contextTokens);
    maxOutputTokens = Math.min(maxOutputTokens, model.maxOutputTokens);
  }
  return { contextTokens, maxOutputTokens };
}

/** How good a model is taken to be for a call. */
export function qualityOf(
  snapshot: Routable,
  { capability }: Requirements,
  model: Model,
  learnt: Learnt | undefined,
): number {
  return estimateQuality(snapshot, capability, model, capability && learnt?.of(capability, model)).value;
}

function fixedOf<Subject>(constraints: readonly Constraint<Subject>[], call: Call): Constraint<Subject>[] {
  return constraints.filter(({ varies }) => !varies).filter((constraint) => constraint.applies(call));
}

function betterFirst(left: Entry, right: Entry): number {
  if (left.quality !== right.quality) return right.quality - left.quality;
  return left.model.id < right.model.id ? -1 : 1;
}
