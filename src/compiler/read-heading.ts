// The name and version of a capability file, read before anything else is judged: a file with mistakes still takes its name.

import { valueAt } from './json-pointer.ts';
import type { Heading } from './program.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Undefined when the name or the version is not usable; decode says why. */
export function readHeading(tree: SyntaxTree): Heading | undefined {
  const name = valueAt(tree.value, '/metadata/name');
  const version = valueAt(tree.value, '/metadata/version');
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) return undefined;
  const major = typeof version === 'string' ? /^(?:0|[1-9]\d*)(?=\.)/.exec(version)?.[0] : undefined;
  if (major === undefined) return undefined;
  return { tree, name, major: Number(major), key: `${name}@${Number(major)}` };
}
