// Names that stand twice in a list: the second one, with a label at the first.

import type { CapabilityUnit } from '../../program.ts';
import type { Finding } from '../rule.ts';

export function duplicateNames(unit: CapabilityUnit, list: 'examples' | 'tests', noun: string): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [index, { name }] of (unit.declaration[list] ?? []).entries()) {
    const pointer = `/${list}/${index}/name`;
    const known = first.get(name);
    if (known === undefined) {
      first.set(name, pointer);
      continue;
    }
    findings.push({
      message: `Another ${noun} is named "${name}".`,
      span: unit.tree.spanOf(pointer),
      labels: [{ span: unit.tree.spanOf(known), message: 'the first one' }],
      help: ['rename one of the two'],
      pointer,
    });
  }
  return findings;
}
