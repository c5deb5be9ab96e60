// The first guarantee: no model is asked about an input that does not fit.

import { CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import type { Json } from '../registry/snapshot.ts';
import type { Prepared } from './prepare.ts';

/** The input with its defaults filled; throws `input_invalid` with every violation. */
export function validateInput({ capability, input }: Prepared, value: unknown): Json {
  const checked = input(value);
  if (checked.ok) return checked.value;
  const { violations } = checked;
  const message = `The input does not fit the schema of ${capability.key}: ${describeViolations(violations)}`;
  throw new CapabilityError('input_invalid', message, {
    param: `input${violations[0]?.pointer ?? ''}`,
    details: { violations },
  });
}

/** Violations in one sentence: the first, and how many more. */
export function describeViolations(violations: readonly Violation[]): string {
  const [first] = violations;
  if (first === undefined) return 'it does not fit.';
  const more = violations.length - 1;
  const others = more === 0 ? '' : ` (and ${more} more)`;
  const place = first.pointer === '' ? '' : `${first.pointer}: `;
  return `${place}${first.message.replace(/\.$/, '')}${others}.`;
}
