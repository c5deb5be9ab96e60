// Inputs that the schema admits and no model of a tier has room for.

import { printCount } from '../../../routing/constraints/constraint.ts';
import type { Model } from '../../../registry/snapshot.ts';
import type { CheckedMessage } from '../checked-messages.ts';
import { checkedMessages } from '../checked-messages.ts';
import { tierPlansOf } from '../routing/tier-plans.ts';
import { listTiers } from '../routing/tier-words.ts';
import type { ProjectRule } from '../rule.ts';

/** As in plain English. The longest prompt is a worst case already: what fences add to a text full of tags is in it. */
const charactersPerToken = 4;

export const promptTooLong: ProjectRule = {
  code: 'tier/prompt-too-long',
  severity: 'warning',
  check(context) {
    const { unit, report } = context;
    const messages = checkedMessages(unit);
    const longest = longestOf(messages);
    // Texts without a limit are reported where they are declared.
    if (longest === undefined) return;
    const promptTokens = Math.ceil(
      messages.reduce((sum, each) => sum + lengthOf(each), 0) / charactersPerToken,
    );
    const narrow = tierPlansOf(context).flatMap((plan) => {
      const largest = largestContext(plan.route.admissible);
      const needed = promptTokens + plan.requirements.maxOutputTokens;
      return largest !== undefined && needed > largest.contextTokens ? [{ ...plan, largest }] : [];
    });
    const [first] = narrow;
    if (first === undefined) return;
    const { largest } = first;
    report({
      message: `The longest prompt that the input schema allows has some ${printCount(promptTokens)} tokens; no model that fits ${listTiers(narrow)} holds more than ${printCount(largest.contextTokens)}.`,
      span: unit.tree.spanOf(longest.part.pointer, 'key'),
      label: `up to ${printCount(lengthOf(longest))} characters`,
      help: ['lower `maxLength` or `maxItems` of what this message prints, or cut it with `truncate`'],
      pointer: longest.part.pointer,
    });
  },
};

function longestOf(messages: readonly CheckedMessage[]): CheckedMessage | undefined {
  if (messages.some(({ checked }) => checked?.lengthMax === undefined)) return undefined;
  return messages.toSorted((left, right) => lengthOf(right) - lengthOf(left))[0];
}

function lengthOf({ checked }: CheckedMessage): number {
  return checked?.lengthMax ?? 0;
}

function largestContext(models: readonly Model[]): Model | undefined {
  let largest: Model | undefined;
  for (const model of models)
    if (largest === undefined || model.contextTokens > largest.contextTokens) largest = model;
  return largest;
}
