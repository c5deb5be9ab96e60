// Names that a capability allows and denies at once.

import type { CapabilityDeclaration } from '../../declaration.gen.ts';

export interface Contradiction {
  readonly kind: 'provider' | 'model';
  readonly name: string;
  /** Pointers to the two names. */
  readonly allowed: string;
  readonly denied: string;
}

/** In the order of the allowed names. A model is denied with its provider. */
export function contradictionsOf({ routing }: CapabilityDeclaration): Contradiction[] {
  const { providers = {}, models = {} } = routing?.constraints ?? {};
  const base = '/routing/constraints';
  const found: Contradiction[] = [];
  for (const [index, name] of (providers.allow ?? []).entries()) {
    const at = providers.deny?.indexOf(name) ?? -1;
    if (at < 0) continue;
    const allowed = `${base}/providers/allow/${index}`;
    found.push({ kind: 'provider', name, allowed, denied: `${base}/providers/deny/${at}` });
  }
  for (const [index, name] of (models.allow ?? []).entries()) {
    const allowed = `${base}/models/allow/${index}`;
    const at = models.deny?.indexOf(name) ?? -1;
    const withProvider = providers.deny?.indexOf(name.slice(0, name.indexOf('/'))) ?? -1;
    if (at >= 0) found.push({ kind: 'model', name, allowed, denied: `${base}/models/deny/${at}` });
    else if (withProvider >= 0)
      found.push({ kind: 'model', name, allowed, denied: `${base}/providers/deny/${withProvider}` });
  }
  return found;
}
