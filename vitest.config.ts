// How the suite runs: every *.test.ts below test/, on the Node that npm installed, in as many processes as there are cores.
// A process runs one file after the other and loads our modules once: files share no state but what a module keeps, and
// what a module keeps may not change what it answers.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Files that take seconds; begun last, one of them would run alone at the end. */
const long = [
  'template/theorem.test.ts',
  'template/theorem-continued.test.ts',
  'compiler/never-throws.test.ts',
  'schema/diff-properties.test.ts',
  'readme.test.ts',
  'e2e/provider-trouble.test.ts',
  'schema/hostile.test.ts',
  'compiler/format-source.test.ts',
  'codegen/corpus.test.ts',
  'e2e/hot-reload.test.ts',
  'e2e/reload.test.ts',
  'language-server/lsp.test.ts',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      long.some((name) => moduleId.endsWith(`/test/${name}`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For tests that hang; on a busy machine everything takes several times as long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    isolate: false,
    // Its own default leaves a core free, which of two is half of the machine.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongFirst },
    // The command lines that tests start are compiled once, not once each.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/capstan-tests') },
  },
});
