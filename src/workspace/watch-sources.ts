// Watches a project's sources: new, changed, renamed and deleted files, and editors that save by renaming. Tells that
// something changed and which paths; what they hold now is the reader's business.

import { watch } from 'chokidar';
import { isAbsolute, relative, sep } from 'node:path';
import { isSourcePath, mayHoldSources } from './source-path.ts';

/** Long enough to gather the several events of one save, short enough not to be felt. */
export const defaultDebounceMs = 15;

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

  const watcher = watch(root, {
    ignored: (path, stats) => !isOfInterest(relativePath(root, path), stats?.isFile() ?? false),
    ignoreInitial: true,
    atomic: true,
    // A link is a source when its target lies in the project; following it here could lead anywhere on the disk.
    followSymlinks: false,
  });
  for (const event of ['add', 'change', 'unlink'] as const) {
    watcher.on(event, (path) => note(relativePath(root, path)));
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
