// The compiler over as many spoilt sources as you like: it never throws, and says nothing of places that are not there.
// Run: npm run fuzz:compiler -- --runs 20000 [--seed 7]
import { parseArgs } from 'node:util';
import { fuzzCompiler } from '../support/fuzz-compiler.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const batch = 500;
const shownMax = 10;

process.stdout.write(`${runs} spoilt projects, seed ${seed}\n`);
const counts = { runs: 0, findings: 0, codes: new Set<string>() };
let failed = 0;
const startedAt = process.cpuUsage();
for (let from = 0; from < runs; from += batch) {
  for (const { run, what, sources } of fuzzCompiler(seed, from, Math.min(runs, from + batch), counts)) {
    failed += 1;
    if (failed > shownMax) continue;
    process.stdout.write(`\nRUN ${run}\n${what}\n`);
    for (const { path, text } of sources) process.stdout.write(`--- ${path}\n${JSON.stringify(text)}\n`);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${counts.runs} of ${runs}, ${failed} failures`);
}
const { user, system } = process.cpuUsage(startedAt);
process.stdout.write(
  `\n${counts.runs} runs, ${counts.findings} findings of ${counts.codes.size} codes, ${failed} failures; ${((user + system) / 1000 / counts.runs).toFixed(1)} CPU ms a run\n`,
);
process.exitCode = failed > 0 ? 1 : 0;
