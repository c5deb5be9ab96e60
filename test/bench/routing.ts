// What routing by measured quality is worth on a table of outcomes: accuracy, cost and latency of each tier beside fixed
// policies, and the curve of cost and quality as an SVG. Run: npm run bench:routing -- TABLE [--out curve.svg]
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawCurve } from './routing/draw-curve.ts';
import { readTable } from './routing/read-table.ts';
import { replayTable } from './routing/replay.ts';
import type { PolicyResult } from './routing/replay.ts';

const synthetic = join(import.meta.dirname, 'routing', 'synthetic-table.csv');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, calibration: { type: 'string', default: '0.5' } },
});
const [file = synthetic] = positionals;
const out = values.out ?? `${basename(file).replace(/\.\w+$/, '')}.svg`;

const replay = replayTable(readTable(readFileSync(file, 'utf8')), Number(values.calibration));
console.log(
  `${basename(file)}: ${replay.models} models, ${replay.tasks} tasks; measured on ${replay.calibrationCases} cases, tested on ${replay.testCases} others\n`,
);
console.log(
  `${'policy'.padEnd(34)} ${'accuracy'.padStart(9)} ${'$ / 1000'.padStart(10)} ${'p95 ms'.padStart(8)}`,
);
for (const result of [...replay.tiers, ...replay.baselines]) console.log(rowOf(result));
writeFileSync(out, drawCurve(replay, basename(file)));
console.log(`\nwrote ${out}`);

function rowOf({ policy, accuracy, usdPerThousand, p95Ms }: PolicyResult): string {
  return `${policy.padEnd(34)} ${accuracy.toFixed(3).padStart(9)} ${usdPerThousand.toFixed(4).padStart(10)} ${p95Ms.toFixed(0).padStart(8)}`;
}
