// A process that does nothing but leave usage records, and says after each write how many are kept, until it is killed.
// Started by kill.test.ts: FILE FIRST
import { systemTimer } from '../../src/clock.ts';
import { usageStores } from '../../src/usage/stores/index.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import { createWriteBehind } from '../../src/usage/write-behind.ts';

const [, , file = '', first = '0'] = process.argv;
const ledger = createWriteBehind(await usageStores.sqlite(file), {
  after: systemTimer,
  onTrouble: (error) => {
    throw error;
  },
});
process.on('disconnect', () => process.exit());
for (let number = Number(first); ; number += 1) {
  ledger.record(recordOf(number));
  if (number % 20 !== 0) continue;
  await ledger.flush();
  process.send?.(Number(first) + ledger.kept);
}

function recordOf(number: number): UsageRecord {
  const usage = { inputTokens: number, outputTokens: 1 };
  const attempt = {
    model: 'upstream/large',
    provider: 'upstream',
    outcome: 'ok',
    at: number,
    latencyMs: 1,
    usage,
  };
  return {
    invocation: String(number).padStart(9, '0'),
    at: number,
    caller: 'ada',
    snapshot: 'sha256:1',
    attempts: [attempt, attempt],
    usage,
    outcome: 'ok',
    latencyMs: 1,
    stream: false,
  };
}
