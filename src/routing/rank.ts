// The order in which models are tried: by the preferences, one after the other, with those at rest last. Models that are as
// good as tied with the best share the load at random, so that neither load nor knowledge gathers on one of them.

import type { Preference } from '../registry/snapshot.ts';
import type { Call } from './constraints/constraint.ts';
import { costScore, usualLength } from './constraints/cost.ts';
import type { Entry } from './sheet.ts';

/** Costs and latencies that differ by no more than this share are as good as equal. */
export const NEAR_TIE = 0.05;

/** A tie at the far end of the near ones gets so much of the load of one that is exact. */
const FAR_WEIGHT = 0.5;

export interface RankOptions {
  /** 0 ≤ seed < 1: draws who of those that are tied comes first. Without it, the best by a hair does. */
  readonly seed?: number;
  /** How many are wanted; the others are left out. */
  readonly max?: number;
}

export interface Ranking {
  /** Best first. */
  readonly order: readonly Entry[];
  /** How many at the beginning are as good as tied. */
  readonly tied: number;
}

/** `entries` are best first by quality, as they come down the sheet. */
export function rank(entries: readonly Entry[], call: Call, { seed, max = Infinity }: RankOptions): Ranking {
  const table = openTable(entries, call);
  const tied = tiedWithBest(table);
  if (seed !== undefined && tied.length > 1) draw(tied, table, seed);
  return { order: firstOf(table, max).map((index) => entryAt(table, index)), tied: tied.length };
}

// -- scores

/** Scores of entries, by their places; lower is better. Worked out when they are first asked for. */
interface Table {
  readonly entries: readonly Entry[];
  readonly call: Call;
  /** Who comes after the others, whatever is preferred: see `noteRests`. */
  readonly rests: Uint8Array;
  /** 1 for those that are tied with the best. */
  readonly tied: Uint8Array;
  /** Where those that are tied stand among themselves. */
  readonly lots: Float64Array;
  /** A column for each preference, and the last one for the cost; NaN until somebody asks. */
  readonly columns: readonly Column[];
}

interface Column {
  readonly kind: Preference;
  readonly scores: Float64Array;
}

/** One for all plans: planning never waits, so no two plans are under way at once. */
let memory = allocate(0);

function allocate(size: number): {
  rests: Uint8Array;
  tied: Uint8Array;
  lots: Float64Array;
  scores: Float64Array[];
} {
  const scores = [0, 1, 2, 3].map(() => new Float64Array(size));
  return { rests: new Uint8Array(size), tied: new Uint8Array(size), lots: new Float64Array(size), scores };
}

function openTable(entries: readonly Entry[], call: Call): Table {
  const { length } = entries;
  if (memory.rests.length < length) memory = allocate(length * 2);
  const { rests, tied, lots, scores } = memory;
  tied.fill(0, 0, length);
  lots.fill(0, 0, length);
  rests.fill(0, 0, length);
  const { requirements } = call;
  noteRests(entries, call, rests);
  const kinds: Preference[] = [...requirements.prefer, 'cost'];
  const columns = kinds.map((kind, place) => ({ kind, scores: scores[place] ?? new Float64Array(length) }));
  for (const column of columns) column.scores.fill(NaN, 0, length);
  return { entries, call, rests, tied, lots, columns };
}

/**
 * 2 for those whose circuit is open. Where there is a limit of time, 1 for those of which nobody knows whether they keep it, as
 * long as others are known to.
 */
function noteRests(entries: readonly Entry[], { health, requirements }: Call, rests: Uint8Array): void {
  const hasLimit = requirements.constraints.maxLatencyMs !== undefined && health.latencyMs !== undefined;
  if (hasLimit && entries.some(({ model }) => health.latencyMs?.(model) !== undefined)) {
    for (const [index, { model }] of entries.entries()) {
      if (health.latencyMs?.(model) === undefined) rests[index] = 1;
    }
  }
  if (health.circuitOpen === undefined || health.allWell === true) return;
  for (const [index, { model }] of entries.entries())
    if (health.circuitOpen?.(model) === true) rests[index] = 2;
}

function scoreAt(table: Table, { kind, scores }: Column, index: number): number {
  const known = scores[index] ?? NaN;
  if (!Number.isNaN(known)) return known;
  const score = scoreOf(kind, entryAt(table, index), table.call);
  scores[index] = score;
  return score;
}

/** What is not known comes last. */
function scoreOf(kind: Preference, { model, quality }: Entry, { requirements, health }: Call): number {
  if (kind === 'cost') return costScore(model, requirements.inputTokens, usualLength(requirements));
  if (kind === 'quality') return -quality;
  return health.expectedMs?.(model, usualLength(requirements)) ?? Infinity;
}

function entryAt({ entries }: Table, index: number): Entry {
  const entry = entries[index];
  if (entry === undefined) throw new RangeError('a place outside the table');
  return entry;
}

// -- who shares the load

/**
 * Those that no preference tells apart from the best by more than a near tie, nor their quality. A model that another one
 * beats in both cost and quality is never among them, however narrowly.
 */
function tiedWithBest(table: Table): readonly number[] {
  const { entries, columns, rests } = table;
  let tied: number[] | undefined;
  columns.slice(0, -1).forEach((column, place) => {
    if (tied !== undefined && tied.length < 2) return;
    tied = nearBest(table, column, tied, place > 0);
    if (column.kind === 'cost') tied = withoutBeaten(table, column, tied);
  });
  tied ??= entries.flatMap((_, index) => (rests[index] === 0 ? [index] : []));
  if (tied.length > 1) tied = nearBestQuality(entries, tied);
  for (const index of tied) table.tied[index] = 1;
  return tied;
}

/** Among all that do not rest, or among `those`. Behind an earlier preference, what is not known yet is given its chance:
 * else nobody would ever know it. */
function nearBest(
  table: Table,
  column: Column,
  those: readonly number[] | undefined,
  mayBeUnknown: boolean,
): number[] {
  const length = those?.length ?? table.entries.length;
  const { rests } = table;
  let best = Infinity;
  for (let place = 0; place < length; place += 1) {
    const index = those === undefined ? place : (those[place] ?? 0);
    if (rests[index] !== 0) continue;
    const score = scoreAt(table, column, index);
    if (score < best) best = score;
  }
  const limit = column.kind === 'quality' ? best : best * (1 + NEAR_TIE);
  const givesChance = mayBeUnknown && column.kind === 'latency';
  const near: number[] = [];
  for (let place = 0; place < length; place += 1) {
    const index = those === undefined ? place : (those[place] ?? 0);
    const score = column.scores[index] ?? Infinity;
    if (rests[index] === 0 && (score <= limit || (givesChance && score === Infinity))) near.push(index);
  }
  return near;
}

/** `indices` are best first by quality. */
function withoutBeaten(table: Table, column: Column, indices: readonly number[]): number[] {
  let quality = Infinity;
  let cheapestHere = Infinity;
  let cheapestAbove = Infinity;
  return indices.filter((index) => {
    const own = entryAt(table, index).quality;
    const cost = scoreAt(table, column, index);
    if (own < quality) {
      cheapestAbove = Math.min(cheapestAbove, cheapestHere);
      quality = own;
    }
    cheapestHere = Math.min(cheapestHere, cost);
    return cost <= cheapestAbove;
  });
}

function nearBestQuality(entries: readonly Entry[], indices: readonly number[]): number[] {
  // They are best first.
  const best = entries[indices[0] ?? 0]?.quality ?? 0;
  return indices.filter((index) => (entries[index]?.quality ?? 0) >= best * (1 - NEAR_TIE));
}

/**
 * Draws an order in which the chance to come first is in proportion to the weight, which falls with the distance in the first
 * preference: an exponential race (Efraimidis and Spirakis, 2006).
 */
function draw(tied: readonly number[], table: Table, seed: number): void {
  const [column] = table.columns;
  const isRatio = column !== undefined && table.columns.length > 1 && column.kind !== 'quality';
  const scoreOfTied = (index: number): number => (isRatio ? scoreAt(table, column, index) : 1);
  const best = Math.min(...tied.map(scoreOfTied));
  const random = randomFrom(seed);
  for (const index of tied) {
    const distance = best > 0 && Number.isFinite(best) ? (scoreOfTied(index) / best - 1) / NEAR_TIE : 0;
    const weight = 1 - (1 - FAR_WEIGHT) * Math.min(1, distance);
    table.lots[index] = -Math.log(1 - random()) / weight;
  }
}

/** A short generator of numbers in 0…1 (mulberry32): one seed gives one order. */
function randomFrom(seed: number): () => number {
  let state = Math.floor(seed * 2 ** 32) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// -- in order

/** The first `max` of all in order: with few wanted among many, most are dismissed by one comparison. */
function firstOf(table: Table, max: number): number[] {
  const { length } = table.entries;
  const compare = (left: number, right: number): number => compareRows(table, left, right);
  if (max >= length) return table.entries.map((_, index) => index).sort(compare);
  const first: number[] = [];
  const { rests, tied, columns } = table;
  for (let index = 0; index < length; index += 1) {
    const last = first[max - 1];
    if (last !== undefined) {
      // By far the most end here: dearer than the last of those that are wanted, and nothing speaks for them.
      const scores = columns.length > 1 ? columns[0]?.scores : undefined;
      const score = scores?.[index] ?? NaN;
      const limit = scores?.[last] ?? NaN;
      if (rests[index] === rests[last] && tied[index] === tied[last] && tied[index] === 0 && score > limit)
        continue;
      if (compare(index, last) >= 0) continue;
    }
    let place = first.length;
    while (place > 0 && compare(index, first[place - 1] ?? index) < 0) place -= 1;
    first.splice(place, 0, index);
    if (first.length > max) first.pop();
  }
  return first;
}

function compareRows(table: Table, left: number, right: number): number {
  const { rests, tied, lots, columns, entries } = table;
  const early =
    at(rests, left) - at(rests, right) ||
    at(tied, right) - at(tied, left) ||
    at(lots, left) - at(lots, right);
  if (early !== 0) return early;
  const last = columns.length - 1;
  for (let place = 0; place <= last; place += 1) {
    // What no preference settles is settled by quality, then by cost.
    if (place === last) {
      const better = (entries[right]?.quality ?? 0) - (entries[left]?.quality ?? 0);
      if (better !== 0) return better;
    }
    const column = columns[place];
    if (column === undefined) continue;
    const score = scoreAt(table, column, left);
    const other = scoreAt(table, column, right);
    if (score !== other) return score < other ? -1 : 1;
  }
  return entryAt(table, left).model.id < entryAt(table, right).model.id ? -1 : 1;
}

function at(column: Float64Array | Uint8Array, index: number): number {
  return column[index] ?? 0;
}
