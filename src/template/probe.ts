// What is known at one output, asked in passing: for those who help while a template is written.

import type { Check, Known, Scope } from './check-state.ts';
import { below, refine, rootKey } from './check-state.ts';
import { typeOfExpression } from './check-expression.ts';
import type { Facts } from './narrow.ts';
import type { OutputNode } from './template.ts';
import { booleanType, join, namesOf, numberType, propertyOf, unknown } from './type-model.ts';

/** Asks at the output that begins at `at` in the text of `partial`, or of the template itself. */
export interface Probe {
  readonly at: number;
  readonly partial: string | undefined;
  /** Called for each way that leads there. */
  readonly found: (probed: Probed) => void;
}

/** `value` is the first argument of the output's helper; `names` is what can be written there, the nearest first. */
export interface Probed {
  readonly value: Known;
  readonly names: readonly (Known & { readonly label: string; readonly kind: 'property' | 'variable' })[];
}

export function probeAt(check: Check, node: OutputNode, scope: Scope, facts: Facts): void {
  const { probe } = check;
  if (probe?.at !== node.start || probe.partial !== check.calls.at(-1)?.name) return;
  const argument = node.expression.kind === 'call' ? node.expression.parameters[0] : undefined;
  const value = argument === undefined ? { type: unknown } : typeOfExpression(check, argument, scope, facts);
  probe.found({ value, names: namesIn(check, scope, facts) });
}

function namesIn(check: Check, scope: Scope, facts: Facts): Probed['names'] {
  const names: Probed['names'][number][] = propertiesOf(scope.context, facts, '');
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
    for (const [label, known] of at.names ?? [])
      names.push({ ...refine(known, facts), label, kind: 'variable' });
  if (scope.loop !== undefined) {
    names.push(
      { label: '@index', type: numberType, kind: 'variable' },
      { label: '@key', type: scope.loop.key, kind: 'variable' },
      { label: '@first', type: booleanType, kind: 'variable' },
      { label: '@last', type: booleanType, kind: 'variable' },
    );
  }
  if (scope.context.key !== rootKey) names.push(...propertiesOf(check.root, facts, '@root.'));
  return names;
}

function propertiesOf(owner: Known, facts: Facts, prefix: string): Probed['names'][number][] {
  return namesOf(refine(owner, facts).type).map((name) => {
    const types = owner.type.flatMap((one) => {
      const type = propertyOf(one, name);
      return type === 'missing' ? [] : [type];
    });
    return { ...refine(below(owner, join(...types), name), facts), label: prefix + name, kind: 'property' };
  });
}
