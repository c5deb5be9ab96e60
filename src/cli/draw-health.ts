// The health of models as a table, those in trouble first.

import { printTable } from './print-table.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** As a server tells it; what it does not know is absent. */
export interface WatchedModel {
  readonly model: string;
  readonly available: boolean;
  readonly circuit?: { readonly model: string; readonly provider: string };
  readonly restMs?: number;
  readonly successRatio?: number;
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly limits?: {
    readonly requests?: { readonly remaining: number; readonly limit?: number };
    readonly tokens?: { readonly remaining: number; readonly limit?: number };
  };
}

const heading = [
  'MODEL',
  'STATE',
  'WELL',
  'FIRST TOKEN',
  'TOKENS/S',
  'P50',
  'P95',
  'REQUESTS LEFT',
  'TOKENS LEFT',
];

export function drawHealth(
  terminal: Pick<Terminal, 'color'>,
  models: readonly WatchedModel[],
  { url, all }: { readonly url: string; readonly all: boolean },
): string {
  const shown = models
    .filter(
      (model) =>
        all || isTroubled(model) || model.successRatio !== undefined || model.tokensPerSecond !== undefined,
    )
    .toSorted(
      (left, right) =>
        Number(isTroubled(right)) - Number(isTroubled(left)) || (left.model < right.model ? -1 : 1),
    );
  const head = styled(
    terminal,
    'bold',
    `${url}: ${models.length} models, ${models.filter(isTroubled).length} in trouble\n\n`,
  );
  if (shown.length === 0) return `${head}No model was called in the last minute. --all shows all of them.\n`;
  return `${head}${printTable(
    heading,
    shown.map((model) => rowOf(terminal, model)),
  )}`;
}

function isTroubled({ available, circuit, restMs = 0 }: WatchedModel): boolean {
  return (
    available &&
    (restMs > 0 || (circuit !== undefined && (circuit.model !== 'closed' || circuit.provider !== 'closed')))
  );
}

function rowOf(terminal: Pick<Terminal, 'color'>, model: WatchedModel): string[] {
  const { successRatio, firstTokenMs, tokensPerSecond, p50Ms, p95Ms, limits } = model;
  return [
    model.model,
    stateOf(terminal, model),
    successRatio === undefined ? '–' : `${Math.round(successRatio * 100)} %`,
    milliseconds(firstTokenMs),
    tokensPerSecond === undefined ? '–' : tokensPerSecond.toFixed(1),
    milliseconds(p50Ms),
    milliseconds(p95Ms),
    left(limits?.requests),
    left(limits?.tokens),
  ];
}

function stateOf(
  terminal: Pick<Terminal, 'color'>,
  { available, circuit, restMs = 0 }: WatchedModel,
): string {
  if (!available) return styled(terminal, 'dim', 'not available');
  const worst = [circuit?.provider, circuit?.model].find(
    (state) => state !== undefined && state !== 'closed',
  );
  if (restMs > 0) return styled(terminal, 'red', `${worst ?? 'rests'} ${Math.ceil(restMs / 1000)} s`);
  return worst === undefined ? styled(terminal, 'green', 'well') : styled(terminal, 'yellow', worst);
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} ms`;
}

function left(limit: { readonly remaining: number; readonly limit?: number } | undefined): string {
  if (limit === undefined) return '–';
  return limit.limit === undefined ? String(limit.remaining) : `${limit.remaining}/${limit.limit}`;
}
