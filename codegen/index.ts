// Snapshot in, files out. Every target is listed here; nothing is found by scanning.

import type { Snapshot } from '../src/registry/snapshot.ts';
import { openapiTarget } from './openapi/emit.ts';
import type { EmitOptions, GeneratedFile, Target } from './target.ts';
import { pythonTarget } from './python/emit.ts';
import { typescriptTarget } from './typescript/emit.ts';

export { createGenerateCache, type GenerateCache } from './generate-cache.ts';
export type { EmitOptions, GeneratedFile, Target } from './target.ts';

export const targets: readonly Target[] = [typescriptTarget, openapiTarget, pythonTarget];

/**
 * Generates one target's files. Throws when `target` is not in `targets`: the compiler has refused such names, so the
 * caller has invented one.
 */
export async function generate(
  snapshot: Snapshot,
  options: EmitOptions & { readonly target: string },
): Promise<readonly GeneratedFile[]> {
  const target = targets.find(({ name }) => name === options.target);
  if (target === undefined) {
    const known = targets.map(({ name }) => name).join(', ');
    throw new Error(`There is no target "${options.target}"; there are: ${known}.`);
  }
  return target.emit(snapshot, options);
}
