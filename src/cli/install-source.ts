// How the package gets into somebody's project: by its name only when that is how it got here.

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readText } from '../workspace/write-files.ts';
import { packageRoot } from './version.ts';

/** Whether `npx capstan` in `folder` finds the package, installed there or above, or is in the package itself. */
export function isInstalled(folder: string, ownRoot: string = packageRoot()): boolean {
  if (folder === ownRoot || existsSync(join(folder, 'node_modules/capstan/package.json'))) return true;
  const parent = dirname(folder);
  return parent !== folder && isInstalled(parent, ownRoot);
}

/**
 * What `npm install` is to be given for the package at `root`: its name when it came from a registry, the archive that it was
 * installed from, else the folder itself, a checkout for example.
 */
export function installSource(root: string = packageRoot()): string {
  const modules = dirname(root);
  const resolved = basename(modules) === 'node_modules' ? resolvedFrom(modules, basename(root)) : undefined;
  if (resolved === undefined) return root;
  return resolved.startsWith('file:')
    ? resolve(dirname(modules), resolved.slice('file:'.length))
    : basename(root);
}

/** Where npm notes that a package came from; undefined when another tool installed it, or nobody did. */
function resolvedFrom(modules: string, name: string): string | undefined {
  const text = readText(join(modules, '.package-lock.json'));
  try {
    const lock = JSON.parse(text ?? '{}') as { packages?: Record<string, { resolved?: unknown }> };
    const resolved = lock.packages?.[`node_modules/${name}`]?.resolved;
    return typeof resolved === 'string' ? resolved : undefined;
  } catch {
    return undefined; // The note is npm's; without it the folder itself is as good.
  }
}
