// How many ways a pattern has to read one text. A matcher that goes back tries them all before it gives up, so the number
// of ways is the time it takes: two ways around one loop double with every round (exponential), two loops that can share a
// text between them give as many ways as there are places to share it (polynomial). After A. Weber and H. Seidl, "On the
// degree of ambiguity of finite automata" (1991).

import type { Automaton } from './automaton.ts';
import { componentsOf, shortestWord } from '../graph.ts';
import type { PatternPlace } from './read-pattern.ts';

/** A text that shows the time: `prefix`, then `pump` as often as one likes, then `suffix`, which makes it fail. */
export interface Attack {
  readonly prefix: string;
  readonly pump: string;
  readonly suffix: string;
}

export type Ambiguity =
  /** Steps grow with the length to this power; 1 is linear. `place` is absent then. */
  | {
      readonly kind: 'polynomial';
      readonly power: number;
      readonly place?: PatternPlace;
      readonly attack?: Attack;
    }
  | { readonly kind: 'exponential'; readonly place: PatternPlace; readonly attack: Attack }
  | { readonly kind: 'unclear' };

/** More steps than any sensible pattern needs. */
const stepsMax = 400_000;

/**
 * `canAlwaysFail` is for patterns with conditions that the automaton does not have: then no text is believed to be accepted
 * whatever follows.
 */
export function ambiguityOf(automaton: Automaton, canAlwaysFail: boolean): Ambiguity {
  const search = createSearch(automaton, canAlwaysFail);
  const exponential = findExponential(search);
  if (exponential !== undefined) return exponential;
  const polynomial = findPolynomial(search);
  return search.isSpent() ? { kind: 'unclear' } : polynomial;
}

interface Search {
  readonly automaton: Automaton;
  readonly canAlwaysFail: boolean;
  /** The states, and behind them the one in which an unanchored match waits to begin, if it may begin anywhere. */
  readonly count: number;
  readonly waiting: number | undefined;
  readonly next: (state: number) => ReadonlyMap<number, number>;
  readonly reads: (state: number) => readonly boolean[];
  readonly components: { readonly of: readonly number[]; readonly count: number };
  readonly reachable: (state: number) => ReadonlySet<number>;
  /** Counts one step; false when there were too many. */
  readonly spend: () => boolean;
  readonly isSpent: () => boolean;
}

function createSearch(automaton: Automaton, canAlwaysFail: boolean): Search {
  const size = automaton.states.length;
  const free = [...automaton.first].flatMap(([state, entry]) => (entry.free > 0 ? [state] : []));
  const waiting = free.length > 0 ? size : undefined;
  const everything = automaton.alphabet.map(() => true);
  const fromWaiting = new Map([size, ...free].map((state) => [state, 1] as const));
  const count = waiting === undefined ? size : size + 1;
  const next = (state: number): ReadonlyMap<number, number> =>
    state === waiting ? fromWaiting : (automaton.follow[state] ?? new Map<number, number>());
  const reached = new Map<number, ReadonlySet<number>>();
  const reachable = (state: number): ReadonlySet<number> => {
    const known = reached.get(state) ?? reachableFrom(next, state);
    reached.set(state, known);
    return known;
  };
  let steps = 0;
  return {
    automaton,
    canAlwaysFail,
    count,
    waiting,
    next,
    reads: (state) => automaton.states[state]?.reads ?? everything,
    components: componentsOf(count, (state) => next(state).keys()),
    reachable,
    spend: () => ++steps <= stepsMax,
    isSpent: () => steps > stepsMax,
  };
}

// -- exponential: two ways around one loop

function findExponential(search: Search): Ambiguity | undefined {
  const { automaton, components } = search;
  for (let state = 0; state < automaton.states.length; state += 1) {
    for (const [to, ways] of search.next(state)) {
      if (ways < 2 || components.of[state] !== components.of[to]) continue;
      const around = wordBetween(search, to, state);
      const found = around === undefined ? undefined : exponentialAt(search, to, around + readOf(search, to));
      if (found !== undefined) return found;
    }
  }
  for (let component = 0; component < components.count; component += 1) {
    const found = findTwoPaths(search, component);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Two different paths of one component that read the same word from one state to one state. */
function findTwoPaths(search: Search, component: number): Ambiguity | undefined {
  const { components, automaton } = search;
  const isInside = (state: number): boolean =>
    components.of[state] === component && state < automaton.states.length;
  type Pair = readonly [left: number, right: number];
  const steps = function* ([left, right]: Pair): Generator<readonly [Pair, string]> {
    for (const a of search.next(left).keys()) {
      if (!isInside(a)) continue;
      for (const b of search.next(right).keys()) {
        if (!isInside(b) || !search.spend()) continue;
        const character = sharedCharacter(search, a, b);
        if (character !== undefined) yield [a <= b ? [a, b] : [b, a], character];
      }
    }
  };
  for (let state = 0; state < automaton.states.length; state += 1) {
    if (!isInside(state)) continue;
    const parted = [...steps([state, state])].filter(([[a, b]]) => a !== b);
    if (parted.length === 0) continue;
    const met = shortestWord(
      parted,
      steps,
      ([a, b]) => a === b,
      ([a, b]) => a * search.count + b,
      search.spend,
    );
    const back = met === undefined ? undefined : wordBetween(search, met.goal[0], state);
    const found = met && back !== undefined ? exponentialAt(search, state, met.word + back) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function exponentialAt(search: Search, state: number, pump: string): Ambiguity | undefined {
  const suffix = failingSuffix(search, [state], pump);
  if (suffix === undefined) return undefined;
  const attack = { prefix: prefixTo(search, state), pump, suffix };
  return { kind: 'exponential', place: outermostLoop(search, state), attack };
}

/** The widest repetition of the loop: the one whose rounds can be parted in several ways. */
function outermostLoop({ automaton, components }: Search, state: number): PatternPlace {
  const members = automaton.states.filter((_, index) => components.of[index] === components.of[state]);
  const [outermost] = automaton.states[state]?.loops ?? [];
  const place = outermost ?? automaton.states[state]?.place ?? { start: 0, end: 0 };
  const shared = (automaton.states[state]?.loops ?? []).find((loop) =>
    members.every((member) => member.loops.includes(loop)),
  );
  return shared ?? place;
}

// -- polynomial: loops that can share a text

interface Sharing {
  readonly from: number;
  readonly to: number;
  readonly pump: string;
  readonly suffix: string;
}

function findPolynomial(search: Search): Ambiguity {
  const { components } = search;
  const loops = loopsOf(search);
  const sharings = new Map<number, Sharing[]>();
  for (const from of loops.keys()) {
    for (const to of loops.keys()) {
      const sharing =
        from === to ? undefined : findSharing(search, loops.get(from) ?? [], loops.get(to) ?? []);
      if (sharing !== undefined) sharings.set(from, [...(sharings.get(from) ?? []), sharing]);
    }
  }
  // A component is numbered before those that lead to it, so what lies behind it is known already.
  const best: { length: number; first?: Sharing }[] = [];
  for (let component = 0; component < components.count; component += 1) {
    let longest: { length: number; first?: Sharing } = { length: 0 };
    for (const behind of componentsBehind(search, component)) {
      const known = best[behind];
      if (known !== undefined && known.length > longest.length) longest = known;
    }
    for (const sharing of sharings.get(component) ?? []) {
      const behind = best[components.of[sharing.to] ?? 0]?.length ?? 0;
      if (behind + 1 > longest.length) longest = { length: behind + 1, first: sharing };
    }
    best[component] = longest;
  }
  const longest = best.reduce((a, b) => (b.length > a.length ? b : a), { length: 0 });
  if (longest.first === undefined) return { kind: 'polynomial', power: 1 };
  const { from, to, pump, suffix } = longest.first;
  return {
    kind: 'polynomial',
    power: longest.length + 1,
    place: placeBetween(search, from, to),
    attack: { prefix: prefixTo(search, from), pump, suffix },
  };
}

/** The states of each component that can be gone around. */
function loopsOf(search: Search): ReadonlyMap<number, readonly number[]> {
  const { count, components } = search;
  const loops = new Map<number, number[]>();
  for (let state = 0; state < count; state += 1) {
    const component = components.of[state] ?? 0;
    const isLoop = [...search.next(state).keys()].some((to) => components.of[to] === component);
    if (isLoop) loops.set(component, [...(loops.get(component) ?? []), state]);
  }
  return loops;
}

function componentsBehind({ count, components, next }: Search, component: number): ReadonlySet<number> {
  const behind = new Set<number>();
  for (let state = 0; state < count; state += 1) {
    if (components.of[state] !== component) continue;
    for (const to of next(state).keys())
      if (components.of[to] !== component) behind.add(components.of[to] ?? 0);
  }
  return behind;
}

/** A word that leads around the first loop, from the first to the second, and around the second. */
function findSharing(
  search: Search,
  first: readonly number[],
  second: readonly number[],
): Sharing | undefined {
  const [inFirst, inSecond] = [new Set(first), new Set(second)];
  type Triple = readonly [around: number, across: number, beyond: number];
  const steps = function* ([around, across, beyond]: Triple): Generator<readonly [Triple, string]> {
    for (const a of search.next(around).keys()) {
      if (!inFirst.has(a)) continue;
      for (const c of search.next(beyond).keys()) {
        if (!inSecond.has(c) || sharedCharacter(search, a, c) === undefined) continue;
        for (const b of search.next(across).keys()) {
          if (!search.spend()) return;
          const character = sharedCharacter(search, a, c, b);
          if (character !== undefined) yield [[a, b, c], character];
        }
      }
    }
  };
  for (const from of first) {
    const reached = search.reachable(from);
    for (const to of second) {
      if (!reached.has(to)) continue;
      const met = shortestWord(
        [...steps([from, from, to])],
        steps,
        ([a, b, c]) => a === from && b === to && c === to,
        ([a, b, c]) => (a * search.count + b) * search.count + c,
        search.spend,
      );
      const suffix = met === undefined ? undefined : failingSuffix(search, [from, to], met.word);
      if (met !== undefined && suffix !== undefined) return { from, to, pump: met.word, suffix };
    }
  }
  return undefined;
}

function reachableFrom(next: Search['next'], start: number): ReadonlySet<number> {
  const reached = new Set([start]);
  for (const state of reached) for (const to of next(state).keys()) reached.add(to);
  return reached;
}

/** From the first loop to the end of the second; the whole pattern, when the first is the search for a beginning. */
function placeBetween({ automaton, waiting }: Search, from: number, to: number): PatternPlace {
  const loopAt = (state: number): PatternPlace =>
    automaton.states[state]?.loops.at(-1) ?? automaton.states[state]?.place ?? { start: 0, end: 0 };
  const second = loopAt(to);
  return from === waiting ? { start: 0, end: second.end } : { start: loopAt(from).start, end: second.end };
}

// -- words

function readOf(search: Search, state: number): string {
  const index = search.reads(state).indexOf(true);
  return search.automaton.alphabet[index] ?? '';
}

function sharedCharacter(search: Search, ...states: readonly number[]): string | undefined {
  const sets = states.map(search.reads);
  const index = search.automaton.alphabet.findIndex((_, each) => sets.every((set) => set[each] === true));
  return index < 0 ? undefined : search.automaton.alphabet[index];
}

function* stepsFrom(search: Search, state: number): Generator<readonly [number, string]> {
  for (const to of search.next(state).keys()) yield [to, readOf(search, to)];
}

/** What is read on the way from one state to another; nothing when they are the same. */
function wordBetween(search: Search, from: number, to: number): string | undefined {
  return shortestWord(
    [[from, '']],
    (state) => stepsFrom(search, state),
    (state) => state === to,
    (state) => state,
    search.spend,
  )?.word;
}

function prefixTo(search: Search, state: number): string {
  if (state === search.waiting) return '';
  const starts = [...search.automaton.first.keys()].map((first) => [first, readOf(search, first)] as const);
  return (
    shortestWord(
      starts,
      (each) => stepsFrom(search, each),
      (each) => each === state,
      (each) => each,
      search.spend,
    )?.word ?? ''
  );
}

// -- failing: without a text that is refused in the end, the first way is taken and no other is tried

const setsMax = 200;

/** What makes the pattern fail after the pump; undefined when nothing does. */
function failingSuffix(search: Search, states: readonly number[], pump: string): string | undefined {
  if (search.canAlwaysFail) return suffixAgainst(search);
  let current = withWaiting(search, states);
  for (let size = -1; size !== current.size;) {
    size = current.size;
    for (const character of pump) {
      const stepped = step(search, current, character);
      if (stepped === undefined) return undefined;
      current = withWaiting(search, [...stepped]);
    }
    current = new Set([...current, ...withWaiting(search, states)]);
  }
  return searchSuffix(search, current);
}

function searchSuffix(search: Search, start: ReadonlySet<number>): string | undefined {
  const seen = new Set<string>();
  const waiting: { readonly states: ReadonlySet<number>; readonly word: string }[] = [
    { states: start, word: '' },
  ];
  for (let position = 0; position < waiting.length; position += 1) {
    const { states, word } = waiting[position] as (typeof waiting)[number];
    if (![...states].some((state) => (search.automaton.last.get(state)?.bound ?? 0) > 0)) return word;
    if (position > setsMax) return suffixAgainst(search);
    for (const character of search.automaton.alphabet.toReversed()) {
      const stepped = step(search, states, character);
      if (stepped === undefined) continue;
      const next = withWaiting(search, [...stepped]);
      const key = [...next].sort((a, b) => a - b).join();
      if (seen.has(key)) continue;
      seen.add(key);
      waiting.push({ states: next, word: word + character });
    }
  }
  return undefined;
}

function withWaiting({ waiting }: Search, states: readonly number[]): ReadonlySet<number> {
  return new Set(waiting === undefined ? states : [...states, waiting]);
}

/** The states after one more character; undefined when one of them accepts whatever follows. */
function step(
  search: Search,
  states: ReadonlySet<number>,
  character: string,
): ReadonlySet<number> | undefined {
  const index = search.automaton.alphabet.indexOf(character);
  const reached = new Set<number>();
  for (const state of states) {
    for (const to of search.next(state).keys()) {
      if (search.reads(to)[index] !== true) continue;
      if ((search.automaton.last.get(to)?.free ?? 0) > 0) return undefined;
      reached.add(to);
    }
  }
  return reached;
}

/** A character that the pattern reads nowhere, or at least seldom. */
function suffixAgainst({ automaton }: Search): string {
  const readBy = automaton.alphabet.map(
    (_, index) => automaton.states.filter(({ reads }) => reads[index]).length,
  );
  return automaton.alphabet[readBy.indexOf(Math.min(...readBy))] ?? '';
}
