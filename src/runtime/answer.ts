// What an invocation gives, who hears of it while it comes, and what of it.

import type { Json } from '../registry/snapshot.ts';
import type { Candidate } from '../routing/plan-route.ts';
import type { RepairReceipt } from './repair-receipts.ts';

/** Who gives an answer, by their ids. */
export interface Answerer {
  readonly model: string;
  readonly provider: string;
}

export function answererOf({ model, provider }: Candidate): Answerer {
  return { model: model.id, provider: provider.id };
}

/** Whether an answer was there already; `bypass` where nothing is kept. */
export type CacheStatus = 'hit' | 'miss' | 'bypass';

export interface Answer extends Answerer {
  /** Fits the output schema. */
  readonly output: Json;
  readonly repairs: readonly RepairReceipt[];
}

/** Nothing is called before the first content; promises hold the provider back. */
export interface AnswerSink {
  /** `filter` is the one that chose the first words, where the sink has filters. */
  start(answerer: Answerer, filter?: PieceFilter): void | Promise<void>;
  delta(text: string): void | Promise<void>;
  /** Made anew for every attempt; default: every word goes out. */
  filter?(): PieceFilter;
}

/** Chooses what of a model's words goes out. Until some do, a failure is not the caller's. */
export interface PieceFilter {
  take(piece: string): string;
}

/** An answer that was there before anybody heard of it: all its words at once. */
export async function replay(sink: AnswerSink, { output, model, provider }: Answer): Promise<void> {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  const filter = sink.filter?.();
  const chosen = filter === undefined ? text : filter.take(text);
  await sink.start({ model, provider }, filter);
  if (chosen !== '') await sink.delta(chosen);
}
