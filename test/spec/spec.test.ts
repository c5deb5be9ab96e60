// The chapters of the language: every section with files in it is what the compiler says about them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { testCases } from '../support/diagnostic-cases.ts';

const chapters = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.md'));

describe.each(chapters)('%s', (chapter) => {
  testCases(join(import.meta.dirname, chapter));
});
