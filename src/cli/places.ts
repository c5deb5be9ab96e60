// The files and folders that a command line names, and what of a project lies in them.

import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { suggest } from '../diagnostics/suggest.ts';
import { UsageError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** A project as far as places go: its root, and the paths of its sources below that. */
interface PlacedProject {
  readonly root: string;
  readonly sources: readonly { readonly path: string }[];
}

/** The absolute path of a file or folder. A misspelt one must not pass for one without mistakes. */
export function requirePlace(terminal: Terminal, project: PlacedProject, path: string): string {
  const place = resolve(terminal.workingDirectory, path);
  if (existsSync(place)) return place;
  const shown = relative(project.root, place).split(sep).join('/');
  const [near] = suggest(
    shown,
    project.sources.map((source) => source.path),
  );
  const help = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new UsageError(`There is no file or folder ${path}.${help}`);
}

/** Whether the source at `path` is one of the places or lies in one; no places mean all of the project. */
export function isWithin(root: string, places: readonly string[], path: string): boolean {
  const file = resolve(root, path);
  return places.length === 0 || places.some((place) => file === place || file.startsWith(`${place}${sep}`));
}
