// What was asked on the command line of the bench, and how much work that is.
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    calls: { type: 'string' },
    portkey: { type: 'string', default: process.env['PORTKEY'] ?? 'node_modules/@portkey-ai/gateway' },
  },
});

export const { quick, only, portkey } = values;
export const rounds = Number(values.rounds ?? (quick ? 3 : 6));
export const calls = Number(values.calls ?? (quick ? 1_500 : 4_000));
/** Before a kind of call is counted: a process that has done it too rarely reads several times too slow. */
export const warmUpCalls = quick ? 3_000 : 8_000;
export const longRunCalls = quick ? 10_000 : 100_000;
