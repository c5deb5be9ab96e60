// Reads a project from disk into memory. It judges only what the disk can be wrong about (too large, not readable,
// leaving the project); what the texts say is the compiler's business.

import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { BigIntStats } from 'node:fs';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import {
  brokenLink,
  folderDepthMax,
  notRead,
  outsideRoot,
  sourceBytesMax,
  sourcesMax,
  tooDeep,
  tooLarge,
  tooMany,
  unreadable,
} from './problems.ts';
import {
  isSourcePath,
  missedEnding,
  mayHoldSources,
  projectFileName,
  sourceFolderNames,
} from './source-path.ts';

/** What was found on disk: the sources in path order, and what could not be read. */
interface ReadResult {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface SourceReader {
  /**
   * Reads what changed since the last call; an unchanged file keeps its `Source` object. Files in `changed` are read
   * again even when their size and times are what they were (two saves within one tick of the file system's clock).
   */
  read(changed?: ReadonlySet<string>): ReadResult;
}

/** All sources of the project at `root`, in path order. Throws when a source had to be refused. */
export async function readSources(root: string): Promise<readonly Source[]> {
  const { sources, diagnostics } = createSourceReader(root).read();
  const refused = diagnostics.find(({ severity }) => severity === 'error');
  if (refused !== undefined) throw new Error(`${refused.span.path}: ${refused.message}`);
  return sources;
}

/** Makes a reader that remembers what it read, so that a save costs one file and not the whole project. */
export function createSourceReader(root: string): SourceReader {
  let known = new Map<string, Known>();
  return {
    read(changed) {
      const listing = listSources(root);
      const next = new Map<string, Known>();
      const sources: Source[] = [];
      const diagnostics = [...listing.diagnostics];
      for (const path of listing.paths) {
        const before = changed?.has(path) ? undefined : known.get(path);
        const result = readSource(root, path, before);
        if (result === undefined) continue;
        if ('severity' in result) {
          diagnostics.push(result);
          continue;
        }
        next.set(path, result);
        sources.push(result.source);
      }
      known = next;
      return { sources, diagnostics };
    },
  };
}

interface Known {
  readonly source: Source;
  readonly stamp: string;
}

interface Listing {
  readonly paths: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `undefined` when the file went away between listing and reading, which is no problem: the next read sees it gone. */
function readSource(root: string, path: string, before: Known | undefined): Known | Diagnostic | undefined {
  const file = join(root, path);
  try {
    const stats = statSync(file, { bigint: true });
    if (!stats.isFile()) return undefined;
    if (stats.size > sourceBytesMax) return tooLarge(path, stats.size);
    const stamp = stampOf(stats);
    if (before?.stamp === stamp) return before;
    const text = readFileSync(file, 'utf8');
    return { source: before?.source.text === text ? before.source : { path, text }, stamp };
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? undefined : unreadable(path, errorCode(error) ?? 'unknown reason');
  }
}

function stampOf(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function listSources(root: string): Listing {
  const realRoot = realpathSync(root);
  const paths: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);

  const visit = (path: string, depth: number, above: readonly string[]): void => {
    for (const entry of entriesOf(join(root, path), path, report)) {
      const child = `${path}/${entry.name}`;
      const place = entry.isSymbolicLink() ? followLink(root, realRoot, child, report) : undefined;
      if (entry.isSymbolicLink() && place === undefined) continue;
      if (place?.isDirectory ?? entry.isDirectory()) {
        if (!mayHoldSources(child) || (place !== undefined && above.includes(place.real))) continue;
        if (depth >= folderDepthMax) report(tooDeep(child));
        else visit(child, depth + 1, [...above, place?.real ?? join(above.at(-1) ?? realRoot, entry.name)]);
      } else if (isSourcePath(child)) {
        paths.push(child);
      } else {
        const ending = missedEnding(child);
        if (ending !== undefined) report(notRead(child, ending));
      }
    }
  };

  if (statOrUndefined(join(root, projectFileName)) !== undefined) paths.push(projectFileName);
  for (const folder of sourceFolderNames) {
    const real = realFolderInside(root, realRoot, folder, report);
    if (real !== undefined) visit(folder, 1, [real]);
  }
  if (paths.length > sourcesMax) report(tooMany(paths.length));
  return { paths: paths.sort(byCodeUnit).slice(0, sourcesMax), diagnostics };
}

function realFolderInside(
  root: string,
  realRoot: string,
  folder: string,
  report: (diagnostic: Diagnostic) => void,
): string | undefined {
  if (statOrUndefined(join(root, folder))?.isDirectory() !== true) return undefined;
  return followLink(root, realRoot, folder, report)?.real;
}

function entriesOf(
  folder: string,
  path: string,
  report: (diagnostic: Diagnostic) => void,
): readonly import('node:fs').Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') report(unreadable(path, errorCode(error) ?? 'unknown reason'));
    return [];
  }
}

/** Where a link leads, when that is inside the project; a link to a file that is no source is nobody's concern. */
function followLink(
  root: string,
  realRoot: string,
  path: string,
  report: (diagnostic: Diagnostic) => void,
): { readonly real: string; readonly isDirectory: boolean } | undefined {
  const file = join(root, path);
  const stats = statOrUndefined(file);
  const isDirectory = stats?.isDirectory() === true;
  if (!isDirectory && !isSourcePath(path)) return undefined;
  if (stats === undefined) {
    report(brokenLink(path));
    return undefined;
  }
  const real = realpathSync(file);
  if (real === realRoot || real.startsWith(realRoot + sep)) return { real, isDirectory };
  report(outsideRoot(path));
  return undefined;
}

/** Nothing is there either where links lead in a circle, or through a folder that is closed. */
function statOrUndefined(file: string): import('node:fs').Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** The order of code units: the same on every machine, whatever its language is. */
function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
