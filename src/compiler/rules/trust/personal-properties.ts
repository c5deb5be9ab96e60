// The parts of a contract that its author marked as personal data, with `x-pii`.

import type { CapabilityUnit } from '../../program.ts';
import { ownKeywordPointer, placedSchemas } from '../../schema-places.ts';
import type { ContractSide } from '../../schema-places.ts';

export interface PersonalProperty {
  /** As an author would write it: `customer.name`, `articles[].text`. */
  readonly name: string;
  /** The pointer to its `x-pii`, or to the `$ref` through which it comes. */
  readonly pointer: string;
}

/** In the order of the schema, each place once. */
export function personalProperties(unit: CapabilityUnit, side: ContractSide): PersonalProperty[] {
  const found = new Map<string, PersonalProperty>();
  for (const placed of placedSchemas(unit, side)) {
    const mark = placed.schema['x-pii'];
    if (mark === undefined || mark === false || mark === null) continue;
    const pointer = ownKeywordPointer(unit, placed, 'x-pii');
    const key = `${pointer} ${placed.path.join('/')}`;
    if (!found.has(key)) found.set(key, { name: nameOf(placed.path, side), pointer });
  }
  return [...found.values()];
}

export function nameOf(path: readonly string[], side: ContractSide): string {
  const name = path.map((step) => (step === '[]' ? step : `.${step}`)).join('');
  return name === '' ? `the ${side}` : name.replace(/^\./, '');
}
