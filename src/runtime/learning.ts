// What production teaches: how long answers usually are, and how models do at capabilities. Each model's outcomes at a
// revision of a capability are a Beta posterior that is bounded, so that no crowd of calls outweighs all else, and decays,
// so that what was is not for ever. A new revision begins anew; what was learnt of older ones is shown, and counts nothing.

import type { Capability, Model, Snapshot } from '../registry/snapshot.ts';
import type { Learnt } from '../routing/health-view.ts';
import type { Evidence } from '../routing/quality.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import { createBoundedMap } from './bounded-map.ts';

/** What of a capability, and of a model, tells what is learnt of them apart. */
type Named = Pick<Capability, 'key' | 'revision'>;
type Identified = Pick<Model, 'identity' | 'name'>;

export interface Learning {
  /** What routing reads; published when it has changed by something that matters. */
  readonly learnt: Learnt;
  /** Tokens that answers usually have; undefined while nothing is known. */
  expectedOutputTokens(capability: Capability, tier: string): number | undefined;
  /** Hears how the attempts of one invocation ended. */
  note(snapshot: Snapshot, capability: Capability, tier: string, attempts: readonly AttemptRecord[]): void;
  /** A caller's own judgement of one answer: 0 useless, 1 as wanted; `before` is the one that it replaces. */
  judge(capability: Named, model: Identified, score: number, before?: number): void;
  /** Everything that is known, also of revisions that are past. */
  report(capability: string): readonly LearntReport[];
}

/** What was learnt of one model at one revision. Counts have decayed, so they are no whole numbers. */
export interface LearntReport {
  /** The model, whatever provider serves it. */
  readonly identity: string;
  readonly revision: string;
  /** Answers that fitted the contract at once, and answers that did not. */
  readonly valid: number;
  readonly invalid: number;
  /** Judgements of callers. */
  readonly liked: number;
  readonly disliked: number;
  /** What all of it counts for. */
  readonly evidence: Evidence;
}

interface Counts {
  readonly capability: string;
  readonly revision: string;
  readonly identity: string;
  valid: number;
  invalid: number;
  liked: number;
  disliked: number;
  /** When they were last brought up to date. */
  at: number;
  published: Evidence;
}

/** Half of what was seen is forgotten after so long. */
const HALF_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/** How often is forgotten. */
const DECAY_EVERY_MS = 60_000;

/**
 * To fit the contract is expected of everybody, so it speaks little for a model; not to fit it speaks against one. A judgement
 * counts whole. The bounds are in runs of an eval, of which the prior is four.
 */
const OUTCOMES = { validWeight: 0.05, validMax: 2, invalidWeight: 0.5, invalidMax: 10, judgedMax: 40 };

/** A change of the estimate that is smaller does not matter. */
const MATTERS = 0.005;

const ENTRIES_MAX = 5_000;

/** What the newest answer's length weighs in the usual one. */
const NEWEST = 0.1;

export function createLearning(now: () => number): Learning {
  const counts = createBoundedMap<Counts>({ entries: ENTRIES_MAX });
  const lengths = createBoundedMap<number>({ entries: ENTRIES_MAX });
  const versions = createBoundedMap<number>({ entries: ENTRIES_MAX });

  /** What `all` says, until the next version of it. */
  const listed = new WeakMap<
    Capability,
    { readonly version: number; readonly evidence: ReturnType<Learnt['all']> }
  >();

  const countsOf = (capability: Named, model: Identified): Counts => {
    const identity = model.identity ?? model.name;
    const key = keyOf(capability, identity);
    const known = counts.get(key);
    if (known !== undefined) return decay(known, now());
    const none = { valid: 0, invalid: 0, liked: 0, disliked: 0 };
    const { key: name, revision } = capability;
    const made = { capability: name, revision, identity, ...none, at: now(), published: NOTHING };
    counts.set(key, made);
    return made;
  };
  const publish = (capability: Named, changed: Counts): void => {
    const evidence = evidenceOf(changed);
    if (Math.abs(meanOf(evidence) - meanOf(changed.published)) < MATTERS) return;
    changed.published = evidence;
    versions.set(capability.revision, (versions.get(capability.revision) ?? 0) + 1);
  };

  return {
    learnt: {
      version: ({ revision }) => versions.get(revision) ?? 0,
      of(capability, model) {
        const known = counts.get(keyOf(capability, model.identity ?? model.name));
        return known === undefined || known.published.runs === 0 ? undefined : known.published;
      },
      all(capability) {
        const { key, revision } = capability;
        const version = versions.get(revision);
        // Nothing was published: by far the most capabilities, at every call.
        if (version === undefined) return [];
        const ready = listed.get(capability);
        if (ready?.version === version) return ready.evidence;
        const evidence = [...counts.values()]
          .filter((each) => each.capability === key && each.revision === revision && each.published.runs > 0)
          .map(({ identity, published }) => [identity, published] as const);
        listed.set(capability, { version, evidence });
        return evidence;
      },
    },
    expectedOutputTokens: (capability, tier) => lengths.get(keyOf(capability, tier)),
    note(snapshot, capability, tier, attempts) {
      for (const { model: id, outcome, usage, estimated } of attempts) {
        const model = Object.hasOwn(snapshot.models, id) ? snapshot.models[id] : undefined;
        if (model === undefined || (outcome !== 'ok' && outcome !== 'invalid')) continue;
        if (outcome === 'ok' && usage !== undefined && estimated !== true) {
          const key = keyOf(capability, tier);
          const usual = lengths.get(key) ?? usage.outputTokens;
          lengths.set(key, usual + NEWEST * (usage.outputTokens - usual));
        }
        // A text cannot break its contract, so nothing is learnt of whom it comes from.
        if (capability.outputKind === 'text') continue;
        const own = countsOf(capability, model);
        own[outcome === 'ok' ? 'valid' : 'invalid'] += 1;
        publish(capability, own);
      }
    },
    judge(capability, model, score, before) {
      const own = countsOf(capability, model);
      own.liked = Math.max(0, own.liked + score - (before ?? 0));
      own.disliked = Math.max(0, own.disliked + (1 - score) - (before === undefined ? 0 : 1 - before));
      publish(capability, own);
    },
    report: (capability) =>
      [...counts.values()]
        .filter((each) => each.capability === capability)
        .map((each) => {
          const { identity, revision, valid, invalid, liked, disliked } = decay({ ...each }, now());
          const seen = { valid, invalid, liked, disliked };
          return { identity, revision, ...seen, evidence: evidenceOf({ ...each, ...seen }) };
        })
        .sort((left, right) => (left.identity < right.identity ? -1 : 1)),
  };
}

const NOTHING: Evidence = { passes: 0, runs: 0 };

/**
 * The keys of a capability's entries, by what makes them differ. Every call looks some up, and making a long text and its hash
 * anew is most of what that costs. An entry goes with its capability.
 */
const keys = new WeakMap<Named, Map<string, string>>();

function keyOf(capability: Named, part: string): string {
  let own = keys.get(capability);
  if (own === undefined) keys.set(capability, (own = new Map()));
  let key = own.get(part);
  if (key === undefined) own.set(part, (key = `${capability.key} ${capability.revision} ${part}`));
  return key;
}

function decay(own: Counts, at: number): Counts {
  // In a minute nobody forgets anything, and time goes on: it is counted from when it was last looked at.
  if (at - own.at < DECAY_EVERY_MS) return own;
  const left = 0.5 ** (Math.max(0, at - own.at) / HALF_LIFE_MS);
  own.valid *= left;
  own.invalid *= left;
  own.liked *= left;
  own.disliked *= left;
  own.at = at;
  return own;
}

function evidenceOf({ valid, invalid, liked, disliked }: Counts): Evidence {
  const { validWeight, validMax, invalidWeight, invalidMax, judgedMax } = OUTCOMES;
  const judged = liked + disliked;
  const share = judged > judgedMax ? judgedMax / judged : 1;
  const passes = Math.min(valid * validWeight, validMax) + liked * share;
  return { passes, runs: passes + Math.min(invalid * invalidWeight, invalidMax) + disliked * share };
}

/** The mean beside a prior of four runs at one half: near enough to tell whether a change matters. */
function meanOf({ passes, runs }: Evidence): number {
  return (2 + passes) / (4 + runs);
}
