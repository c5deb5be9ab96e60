// Finds the project that a folder belongs to, as git finds its repository.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectFileName } from './source-path.ts';

/** The nearest folder at or above `from` that holds a capstan.yaml; `undefined` when there is none. */
export function findProjectRoot(from: string): string | undefined {
  const folder = resolve(from);
  if (existsSync(join(folder, projectFileName))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findProjectRoot(parent);
}
