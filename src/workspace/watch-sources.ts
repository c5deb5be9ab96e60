// Watches a project's sources: new, changed, renamed and deleted files, and editors that save by renaming. Tells that
// something changed and which paths; what they hold now is the reader's business.

import { watch } from 'chokidar';
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { isSourcePath, mayHoldSources } from './source-path.ts';

/** Long enough to gather the several events of one save, short enough not to be felt. */
const defaultDebounceMs = 15;

/** A file that is gone and back within this was saved by renaming, as many editors do; a deletion is told after it. */
const renameWindowMs = 50;

export interface SourceWatcher {
  /** Resolved when changes from now on will be seen. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly debounceMs?: number;
  /** Told when the watching itself fails (no more file handles, a folder without permission). */
  readonly onError?: (error: Error) => void;
}

/** Calls `onChange` with the changed source paths (relative, with `/`) once the disk has been quiet for a moment. */
export function watchSources(
  root: string,
  onChange: (paths: ReadonlySet<string>) => void,
  options: WatchOptions = {},
): SourceWatcher {
  let pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const paths = pending;
    pending = new Set();
    timer = undefined;
    onChange(paths);
  };
  const note = (path: string): void => {
    pending.add(path);
    clearTimeout(timer);
    timer = setTimeout(flush, options.debounceMs ?? defaultDebounceMs);
  };

  // A project may itself be reached through a link, which is not followed either.
  const real = realpathSync(root);
  const watcher = watch(real, {
    ignored: (path, stats) => !isOfInterest(relativePath(real, path), stats?.isFile() ?? false),
    ignoreInitial: true,
    atomic: renameWindowMs,
    // A link is a source when its target lies in the project; following it here could lead anywhere on the disk.
    followSymlinks: false,
  });
  for (const event of ['add', 'change', 'unlink'] as const) {
    watcher.on(event, (path) => note(relativePath(real, path)));
  }
  watcher.on('error', (error) =>
    options.onError?.(error instanceof Error ? error : new Error(String(error))),
  );

  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/** A path whose kind is not known yet is of interest when it may be either a source or a folder of sources. */
function isOfInterest(path: string, isFile: boolean): boolean {
  return isSourcePath(path) || (!isFile && mayHoldSources(path));
}

function relativePath(root: string, path: string): string {
  const way = isAbsolute(path) ? relative(root, path) : path;
  return sep === '/' ? way : way.split(sep).join('/');
}
