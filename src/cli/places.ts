// The files and folders that a command line names, and what of a project lies in them.

import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { suggest } from '../diagnostics/suggest.ts';
import { UsageError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** A project as far as places go: its root, the paths of its sources below that, and what could not be read. */
interface PlacedProject {
  readonly root: string;
  readonly sources: readonly { readonly path: string }[];
  readonly diagnostics?: readonly { readonly span: { readonly path: string } }[];
}

/**
 * The absolute paths of files and folders. What is misspelt, or holds nothing of the project, must not pass for something
 * without mistakes.
 */
export function requirePlaces(
  terminal: Terminal,
  project: PlacedProject,
  paths: readonly string[],
): readonly string[] {
  const { root, sources, diagnostics = [] } = project;
  const known = [...sources.map(({ path }) => path), ...diagnostics.map(({ span }) => span.path)];
  const places = paths.map((path) => requirePlace(terminal, root, known, path));
  if (paths.length === 0 || known.some((path) => isWithin(root, places, path))) return places;
  throw new UsageError(
    `There is no source of the project in ${paths.join(', ')}. Sources are capstan.yaml and what lies below capabilities/, partials/ and schemas/.`,
  );
}

function requirePlace(terminal: Terminal, root: string, known: readonly string[], path: string): string {
  const place = resolve(terminal.workingDirectory, path);
  if (existsSync(place)) return place;
  const shown = relative(root, place).split(sep).join('/');
  const [near] = suggest(shown, [...known, ...new Set(known.flatMap(foldersOf))]);
  const help =
    near !== undefined
      ? ` Did you mean ${near}?`
      : path.includes('*')
        ? ' A folder stands for all that lies in it.'
        : '';
  throw new UsageError(`There is no file or folder ${path}.${help}`);
}

/** `a/b/c` → `a/b`, `a`. */
function foldersOf(path: string): string[] {
  const at = path.lastIndexOf('/');
  if (at < 0) return [];
  const folder = path.slice(0, at);
  return [folder, ...foldersOf(folder)];
}

/** Whether the source at `path` is one of the places or lies in one; no places mean all of the project. */
export function isWithin(root: string, places: readonly string[], path: string): boolean {
  const file = resolve(root, path);
  return places.length === 0 || places.some((place) => file === place || file.startsWith(`${place}${sep}`));
}
