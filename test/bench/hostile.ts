// What each hostile file costs: files of up to a megabyte, written to make a reader slow, each compiled once in a project that
// is sound without it. Prints CPU time per file, the slowest first, and what an honest file of this repository costs beside
// them. Run: npm run bench:hostile
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { createSourceReader } from '../../src/workspace/read-sources.ts';
import type { Source } from '../../src/diagnostics/diagnostic.ts';
import { hostileFiles, projectWith } from '../support/hostile-files.ts';

const { sources } = createSourceReader(resolve(import.meta.dirname, '../..')).read();

// Warm, as the process of an editor or of `capstan dev` is.
for (let round = 0; round < 5; round += 1) compileSources(sources);

const rows = hostileFiles().map((file) => {
  const project = projectWith(file);
  const { cpuMs, findings } = measure(project);
  return { name: file.name, length: file.source.text.length, cpuMs, findings };
});
const honest = measure(sources);

process.stdout.write(
  `hostile files, compiled once each in a warm process; Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}\n\n` +
    'CPU ms   characters   findings   file\n',
);
for (const { name, length, cpuMs, findings } of rows.toSorted((left, right) => right.cpuMs - left.cpuMs)) {
  process.stdout.write(
    `${cpuMs.toFixed(1).padStart(6)}${String(length).padStart(13)}${String(findings).padStart(11)}   ${name}\n`,
  );
}
process.stdout.write(
  `\nthe ${sources.length} sources of this repository in the same process: ${honest.cpuMs.toFixed(1)} CPU ms\n` +
    `${rows.length} files; above 500 CPU ms: ${rows.filter(({ cpuMs }) => cpuMs > 500).length}\n`,
);

function measure(project: readonly Source[]): { cpuMs: number; findings: number } {
  const before = process.cpuUsage();
  const { diagnostics } = compileSources(project);
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, findings: diagnostics.length };
}
