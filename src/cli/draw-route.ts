// An explained route as a table for people: candidates in their order, then the others with everything against them.

import type { ExplainedModel, ExplainedRoute } from '../routing/explain-route.ts';
import { printQuality, printRejection } from '../routing/plan-route.ts';
import { printTable } from './print-table.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export function drawRoute(terminal: Pick<Terminal, 'color'>, route: ExplainedRoute): string {
  const candidates = route.models.filter(({ place }) => place !== undefined);
  const others = route.models.filter(({ place }) => place === undefined);
  const taken =
    candidates.length === 0
      ? `${styled(terminal, 'red', 'no model fits')}\n`
      : printTable(['', 'MODEL', 'QUALITY', 'COST', 'AT MOST', 'TIME', ''], candidates.map(candidateRow));
  const dropped =
    others.length === 0
      ? ''
      : `\n${printTable(['NOT', 'QUALITY', 'AT MOST', 'BECAUSE'], others.map(droppedRow))}`;
  return `${taken}${footOf(candidates)}${dropped}`;
}

/** "summarize@1 on standard: 346 tokens in, at most 4000 out, usually 210; quality at least 0.87; by cost, then latency" */
export function describeCall(subject: string, route: ExplainedRoute): string {
  const { tier, inputTokens, maxOutputTokens, expectedOutputTokens, floor, prefer } = route;
  const usual = expectedOutputTokens === undefined ? '' : `, usually ${expectedOutputTokens}`;
  const quality = floor === undefined ? '' : `; quality at least ${printQuality(Math.max(0, floor))}`;
  const order = prefer.length === 0 ? '' : `; by ${prefer.join(', then ')}`;
  return `${subject} on ${tier}: ${inputTokens} tokens in, at most ${maxOutputTokens} out${usual}${quality}${order}`;
}

function candidateRow(model: ExplainedModel): string[] {
  const { place = 0, expectedCostUsd, worstCostUsd, expectedMs, tied, resting } = model;
  const notes = [...(tied ? ['shares the load'] : []), ...(resting ? ['rests: comes last'] : [])];
  return [
    String(place),
    model.model,
    qualityOf(model),
    usd(expectedCostUsd),
    usd(worstCostUsd),
    expectedMs === undefined ? '–' : `${Math.round(expectedMs)} ms`,
    notes.join(', '),
  ];
}

function droppedRow(model: ExplainedModel): string[] {
  return [
    model.model,
    qualityOf(model),
    usd(model.worstCostUsd),
    model.reasons.map(printRejection).join('; '),
  ];
}

/** "0.91 (0.76–0.97, 20 runs)"; a prior alone has no interval. */
function qualityOf({ quality: { value, interval, runs, from } }: ExplainedModel): string {
  const shown = printQuality(value);
  if (interval === undefined) return `${shown} (${from})`;
  const { low, high } = interval;
  return `${shown} (${low.toFixed(2)}–${high.toFixed(2)}, ${Math.round(runs)} runs, ${from})`;
}

function usd(amount: number | undefined): string {
  return amount === undefined ? 'unknown' : `$${amount.toFixed(6)}`;
}

function footOf(candidates: readonly ExplainedModel[]): string {
  const tied = candidates.filter((each) => each.tied === true).length;
  return tied < 2 ? '' : `The first ${tied} are as good as tied: each call draws who comes first.\n`;
}
