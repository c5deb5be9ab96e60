// Writes files whole or not at all: a reader sees the old text or the new one, never half of it.

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** A file to be written; `path` is relative and uses `/`. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

let written = 0;

/**
 * Writes those files whose text differs from what is on disk and returns their paths. Untouched files keep their times,
 * so that nothing that watches them wakes up for no reason. Paths that leave `root` are refused.
 */
export function writeFiles(root: string, files: readonly OutputFile[]): readonly string[] {
  const targets = files.map((file) => ({ file, target: pathInside(root, file.path) }));
  const stale = targets.filter(({ file, target }) => readText(target) !== file.text);
  for (const { file, target } of stale) writeWhole(target, file.text);
  return stale.map(({ file }) => file.path);
}

/** The text of a file, or `undefined` when there is none. */
export function readText(file: string): string | undefined {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return readFileSync(file, 'utf8');
}

/** The absolute path of `path` below `root`; throws when it would lie elsewhere. */
export function pathInside(root: string, path: string): string {
  const target = resolve(root, path);
  const way = relative(resolve(root), target);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new Error(`"${path}" does not lie below ${root}`);
  }
  return target;
}

/** Writes one file, by its absolute path, so that no reader sees half of it. */
export function writeWhole(target: string, text: string): void {
  mkdirSync(dirname(target), { recursive: true });
  written += 1;
  const draft = join(dirname(target), `.${process.pid}.${written}.capstan-draft`);
  try {
    writeFileSync(draft, text);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    // The draft is ours to know of; whoever reads the message asked for the target.
    if (error instanceof Error && 'path' in error && error.path === draft) error.path = target;
    throw error;
  }
}
