// A pattern as Glushkov's automaton: a state for each place where a character is read, an edge where one may follow the
// other. An edge knows whether there are several ways to take it without reading anything in between, because a matcher
// that goes back tries them all: `(a*)*` has one state, and two ways from it to itself.

import { representatives } from './character-set.ts';
import type { PatternNode, PatternPlace } from './read-pattern.ts';

/** One, or more than one: nobody needs to know how many more. */
export type Ways = 1 | 2;

export interface Automaton {
  readonly states: readonly AutomatonState[];
  /** One for every kind of character that the pattern tells apart; one that it reads nowhere is among them if there is one. */
  readonly alphabet: readonly string[];
  /** States a match may begin in: anywhere in the text, or at its start only. */
  readonly first: ReadonlyMap<number, Entry>;
  /** States a match may end in: whatever follows, or at the end of the text only. */
  readonly last: ReadonlyMap<number, Entry>;
  readonly follow: readonly ReadonlyMap<number, Ways>[];
  /** False when a count had to be cut to keep the automaton small. */
  readonly isExact: boolean;
}

export interface AutomatonState {
  /** Which characters of the alphabet it reads. */
  readonly reads: readonly boolean[];
  readonly place: PatternPlace;
  /** The repetitions around it, the outermost first: those without end, and those with counts too large to write out. */
  readonly loops: readonly PatternPlace[];
}

/** How often something holds: freely, or bound to an edge of the text; 0 is never. */
export interface Entry {
  readonly free: number;
  readonly bound: number;
}

const statesMax = 256;

/** A repetition with a fixed count is written out so often at most, its inner counts included; longer ones count as loops. */
const writtenOutMax = 6;

/** A single character with a fixed count makes no choice, so more of them are written out. */
const chainMax = 40;

/** Undefined when the pattern has more places than it is worth looking at. */
export function buildAutomaton(root: PatternNode): Automaton | undefined {
  const builder: Builder = { sets: [], follow: [], isExact: true };
  const whole = buildOrGiveUp(root, builder);
  if (whole === undefined) return undefined;
  const sets = builder.sets.map(({ node }) => node.set);
  const distinct = [...new Set(sets)];
  const alphabet = representatives(distinct);
  const codePoints = alphabet.map((character) => character.codePointAt(0) ?? 0);
  const reads = new Map(distinct.map((set) => [set, codePoints.map((codePoint) => set.has(codePoint))]));
  return {
    states: builder.sets.map(({ node, loops }) => ({
      reads: reads.get(node.set) ?? [],
      place: node.place,
      loops,
    })),
    alphabet,
    first: whole.first,
    last: whole.last,
    follow: builder.follow,
    isExact: builder.isExact,
  };
}

type SetNode = Extract<PatternNode, { kind: 'set' }>;
type RepeatNode = Extract<PatternNode, { kind: 'repeat' }>;

interface Builder {
  readonly sets: { readonly node: SetNode; readonly loops: readonly PatternPlace[] }[];
  readonly follow: Map<number, Ways>[];
  isExact: boolean;
}

interface Surroundings {
  readonly loops: readonly PatternPlace[];
  /** The product of the counts that are being written out. */
  readonly copies: number;
}

/** A part of the automaton, before it is joined to its neighbours. */
interface Fragment {
  /** The ways to read nothing: freely, only at the start, only at the end of the text, or only in an empty one. */
  readonly empty: EmptyWays;
  readonly first: ReadonlyMap<number, Entry>;
  readonly last: ReadonlyMap<number, Entry>;
}

interface EmptyWays {
  readonly free: number;
  readonly start: number;
  readonly end: number;
  readonly both: number;
}

class TooLarge extends Error {}

function buildOrGiveUp(root: PatternNode, builder: Builder): Fragment | undefined {
  try {
    return build(root, { loops: [], copies: 1 }, builder);
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

function build(node: PatternNode, around: Surroundings, builder: Builder): Fragment {
  switch (node.kind) {
    case 'set':
      return addState(node, around, builder);
    case 'sequence':
      return node.parts.reduce<Fragment>(
        (left, part) => join(left, build(part, around, builder), builder),
        nothingRead,
      );
    case 'choice':
      return node.branches.map((branch) => build(branch, around, builder)).reduce(either, neverMatches);
    case 'repeat':
      return buildRepeat(node, around, builder);
    case 'start':
      return { ...neverMatches, empty: { ...noWays, start: 1 } };
    case 'end':
      return { ...neverMatches, empty: { ...noWays, end: 1 } };
    default:
      // Look-around and boundaries only make fewer texts match; what a look-around costs is looked at apart.
      return nothingRead;
  }
}

const noWays: EmptyWays = { free: 0, start: 0, end: 0, both: 0 };
const neverMatches: Fragment = { empty: noWays, first: new Map(), last: new Map() };
const nothingRead: Fragment = { ...neverMatches, empty: { ...noWays, free: 1 } };

function addState(node: SetNode, { loops }: Surroundings, builder: Builder): Fragment {
  if (builder.sets.length >= statesMax) throw new TooLarge();
  const state = builder.sets.push({ node, loops }) - 1;
  builder.follow.push(new Map());
  const entry = new Map([[state, { free: 1, bound: 0 }]]);
  return { empty: noWays, first: entry, last: entry };
}

// -- joining

function join(left: Fragment, right: Fragment, builder: Builder): Fragment {
  link(left, right, builder, 1);
  return {
    empty: inOrder(left.empty, right.empty),
    first: merge(left.first, behind(right.first, left.empty.free, left.empty.start)),
    last: merge(right.last, behind(left.last, right.empty.free, right.empty.end)),
  };
}

/** Entries that are reached past something empty: in so many ways freely, in so many at the edge of the text. */
function behind(
  entries: ReadonlyMap<number, Entry>,
  free: number,
  bound: number,
): ReadonlyMap<number, Entry> {
  if (free === 1 && bound === 0) return entries;
  const reached = new Map<number, Entry>();
  for (const [state, entry] of entries) {
    const both = {
      free: few(entry.free * free),
      bound: few(entry.bound * (free + bound) + entry.free * bound),
    };
    if (both.free + both.bound > 0) reached.set(state, both);
  }
  return reached;
}

function inOrder(left: EmptyWays, right: EmptyWays): EmptyWays {
  const all = (ways: EmptyWays): number => ways.free + ways.start + ways.end + ways.both;
  const free = left.free * right.free;
  const start = (left.free + left.start) * (right.free + right.start) - free;
  const end = (left.free + left.end) * (right.free + right.end) - free;
  return {
    free: few(free),
    start: few(start),
    end: few(end),
    both: few(all(left) * all(right) - free - start - end),
  };
}

function either(left: Fragment, right: Fragment): Fragment {
  return {
    empty: {
      free: few(left.empty.free + right.empty.free),
      start: few(left.empty.start + right.empty.start),
      end: few(left.empty.end + right.empty.end),
      both: few(left.empty.both + right.empty.both),
    },
    first: merge(left.first, right.first),
    last: merge(left.last, right.last),
  };
}

function merge(
  left: ReadonlyMap<number, Entry>,
  right: ReadonlyMap<number, Entry>,
): ReadonlyMap<number, Entry> {
  if (left.size === 0) return right;
  if (right.size === 0) return left;
  const merged = new Map(left);
  for (const [state, entry] of right) {
    const known = merged.get(state) ?? { free: 0, bound: 0 };
    merged.set(state, { free: few(known.free + entry.free), bound: few(known.bound + entry.bound) });
  }
  return merged;
}

function link(left: Fragment, right: Fragment, { follow }: Builder, ways: Ways): void {
  for (const [from, { free: ends }] of left.last) {
    if (ends === 0) continue;
    const edges = follow[from];
    for (const [to, { free: begins }] of right.first) {
      if (begins > 0) edges?.set(to, few((edges.get(to) ?? 0) + ends * begins * ways) as Ways);
    }
  }
}

/** 0, 1 or 2. */
function few(count: number): number {
  return Math.min(2, count);
}

// -- repeating

function buildRepeat(node: RepeatNode, around: Surroundings, builder: Builder): Fragment {
  const { min, max } = node;
  if (max === 0) return nothingRead;
  if (max === 1) return optional(node, min, build(node.body, around, builder));
  if (node.body.kind === 'set' && min === max) return buildChain(node.body, min, around, builder);
  if (max * around.copies <= writtenOutMax) return buildCopies(node, around, builder);
  if (max !== Infinity) builder.isExact = false;
  return buildLoop(node, around, builder);
}

function optional(node: RepeatNode, min: number, body: Fragment): Fragment {
  // An empty round is no round: what reads nothing there is not tried a second time.
  return min === 1 ? body : { ...body, empty: { ...nothingRead.empty } };
}

function buildChain(body: SetNode, count: number, around: Surroundings, builder: Builder): Fragment {
  let chain = nothingRead;
  for (let copy = 0; copy < Math.min(count, chainMax); copy += 1) {
    chain = join(chain, addState(body, around, builder), builder);
  }
  if (count > chainMax) builder.isExact = false;
  return chain;
}

/** `x{2,4}` as `xx(x(x)?)?`. */
function buildCopies(node: RepeatNode, around: Surroundings, builder: Builder): Fragment {
  const inner = { ...around, copies: around.copies * node.max };
  const copies = Array.from({ length: node.max }, () => build(node.body, inner, builder));
  const required = copies.slice(0, node.min);
  const rest = copies
    .slice(node.min)
    .reduceRight<Fragment>(
      (later, copy) => ({ ...join(copy, later, builder), empty: nothingRead.empty }),
      nothingRead,
    );
  return join(
    required.reduce((left, copy) => join(left, copy, builder), nothingRead),
    rest,
    builder,
  );
}

/** Rounds that must be there may be empty, and then there are many ways to fill them. */
const manyRounds = 10;

function buildLoop(node: RepeatNode, around: Surroundings, builder: Builder): Fragment {
  const inner = { ...around, loops: [...around.loops, node.place] };
  const before = Math.min(node.min, 2) - 1;
  const rounds: Fragment[] = [];
  for (let round = 0; round < before; round += 1) rounds.push(build(node.body, inner, builder));
  const body = build(node.body, inner, builder);
  link(body, body, builder, node.min >= manyRounds && body.empty.free > 0 ? 2 : 1);
  const loop = node.min === 0 ? { ...body, empty: nothingRead.empty } : body;
  return rounds.reduceRight((later, round) => join(round, later, builder), loop);
}
