// Writes sources back that were changed in memory. An author's file is replaced only when it is still what was read, byte
// for byte: neither an edit made meanwhile nor bytes that are no UTF-8 are lost.

import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Source } from '../diagnostics/diagnostic.ts';
import { pathInside } from './write-files.ts';

export interface Rewrite {
  readonly before: Source;
  readonly text: string;
}

export interface RewriteResult {
  readonly written: readonly string[];
  /** Files that are not what was read; they are left as they are. */
  readonly kept: readonly string[];
}

/** Paths are relative to `root` and may not lead out of it, not even through a link. */
export function rewriteSources(root: string, rewrites: readonly Rewrite[]): RewriteResult {
  const written: string[] = [];
  const kept: string[] = [];
  for (const { before, text } of rewrites) {
    const isWritten = rewriteSource(root, before, text);
    (isWritten ? written : kept).push(before.path);
  }
  return { written, kept };
}

function rewriteSource(root: string, { path, text: read }: Source, text: string): boolean {
  // A link stays a link: what it leads to is written.
  const target = realpathSync(pathInside(root, path));
  const realRoot = realpathSync(root);
  if (!target.startsWith(join(realRoot, '/'))) return false;
  if (!readFileSync(target).equals(Buffer.from(read))) return false;
  const draft = join(dirname(target), `.${process.pid}.capstan-draft`);
  try {
    writeFileSync(draft, text);
    chmodSync(draft, statSync(target).mode);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  return true;
}
