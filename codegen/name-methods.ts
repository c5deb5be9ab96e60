// What the method of each capability and major version is called, the same in every target.

import type { Capability } from '../src/registry/snapshot.ts';
import { camelCase, takeName } from './identifier.ts';

/**
 * `supportReply`, `supportReplyV2`, … in the order of `capabilities`. Majors up to 1 have the bare name, later ones a
 * number, whether or not an earlier one is still there: what a method means never changes under its callers.
 */
export function nameMethods(
  capabilities: readonly Pick<Capability, 'name' | 'major'>[],
  reserved: readonly string[] = [],
): readonly string[] {
  const names = new Set(capabilities.map(({ name, major }) => `${name}@${major}`));
  const taken = new Set(reserved);
  return capabilities.map(({ name, major }) => {
    const isBare = major === 1 || (major === 0 && !names.has(`${name}@1`));
    return takeName(`${camelCase(name)}${isBare ? '' : `V${major}`}`, taken);
  });
}
