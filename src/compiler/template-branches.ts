// The branches of a capability's messages with their places in files: both arms of every block that some input takes, in
// the messages themselves and in the partials that they reach.

import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import { branchesOf } from '../template/branches.ts';
import type { Branch } from '../template/branches.ts';
import type { CapabilityUnit } from './program.ts';
import { checkedMessages, parsedPartials } from './rules/checked-messages.ts';

export interface PlacedBranch extends Pick<Branch, 'key' | 'arm' | 'block' | 'isWritten' | 'partial'> {
  /** The part of the prompt whose template it is, or leads to it; counted from 0. */
  readonly part: number;
  readonly span: SourceSpan;
}

/** In the order of the prompt; those of the partials of a message after its own. */
export function placedBranches(unit: CapabilityUnit): PlacedBranch[] {
  const partials = parsedPartials(unit);
  return checkedMessages(unit).flatMap(({ part, checked }): PlacedBranch[] => {
    if (checked === undefined || part.template === undefined) return [];
    return branchesOf(part.template, partials)
      .filter(({ key }) => checked.reachable.has(key))
      .map(({ key, arm, block, isWritten, partial, start, end }) => ({
        part: unit.prompt.indexOf(part),
        key,
        arm,
        block,
        isWritten,
        ...(partial !== undefined && { partial }),
        span:
          (partial === undefined ? undefined : unit.partials.get(partial)?.placeOf(start, end)) ??
          unit.tree.spanInText(part.pointer, start, end),
      }));
  });
}
