// "Did you mean …?" for a name that does not exist: the help, and the fix when only one name is near. It is for the author to
// say whether that was meant, so the fix is never safe.

import { suggest } from '../diagnostics/suggest.ts';
import { didYouMean } from '../diagnostics/words.ts';
import type { Place, TemplateFix } from './template.ts';

export interface NearName {
  readonly help?: string;
  readonly fix?: TemplateFix;
}

/** Empty when nothing is near. */
export function nearName(name: string, known: readonly string[], { start, end }: Place): NearName {
  return meant(suggest(name, known), { start, end });
}

/** Says that one of these was meant. */
export function meant(near: readonly string[], { start, end }: Place): NearName {
  const [only, ...others] = near;
  const help = didYouMean(near);
  if (only === undefined || help === undefined) return {};
  if (others.length > 0) return { help };
  return { help, fix: { start, end, message: `write ${only}`, safety: 'maybe', text: only } };
}
