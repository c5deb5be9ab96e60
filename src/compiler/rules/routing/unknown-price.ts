// A model whose price nobody wrote down, in a project whose capabilities have cost limits: it can serve none of them.

import type { CapabilityUnit } from '../../program.ts';
import { pointerTo } from '../../json-pointer.ts';
import type { ProgramRule } from '../rule.ts';

const limit = '/routing/constraints/maxCostUsd';

export const unknownPrice: ProgramRule = {
  code: 'routing/unknown-price',
  severity: 'warning',
  check({ units, project, report }) {
    const limited = units.filter(hasCostLimit);
    const [first] = limited;
    if (project === undefined || first === undefined) return;
    for (const id of Object.keys(project.declaration.models ?? {})) {
      const model = project.models[id];
      if (model === undefined || model.price !== undefined) continue;
      const pointer = pointerTo('/models', id);
      const many = limited.length === 1 ? '1 capability has' : `${limited.length} capabilities have`;
      report({
        message: `The price of ${id} is not known, and ${many} a cost limit: the model serves none of them.`,
        span: project.tree.spanOf(pointer, 'key'),
        label: 'has no price',
        labels: [{ span: first.tree.spanOf(limit), message: 'a limit that an unknown price exceeds' }],
        help: ['add `price: { input: …, output: … }`, in US dollars per million tokens'],
        pointer,
      });
    }
    for (const [id, vendor] of Object.entries(project.vendors)) {
      const without = Object.keys(vendor.models).filter(
        (name) => project.models[`${id}/${name}`]?.price === undefined,
      );
      if (without.length === 0) continue;
      const pointer = pointerTo('/providers', id);
      const whose = without.length === 1 ? `${id}/${without[0] ?? ''} has` : `${without.length} models have`;
      report({
        severity: 'info',
        message: `In the catalogue ${whose} no price: where a capability has a cost limit, they do not serve.`,
        span: project.tree.spanOf(pointer, 'key'),
        labels: [{ span: first.tree.spanOf(limit), message: 'a limit that an unknown price exceeds' }],
        help: ['`capstan models --explain` shows them; give those that you need a price under `models`'],
        pointer,
      });
    }
  },
};

function hasCostLimit({ declaration }: CapabilityUnit): boolean {
  return declaration.routing?.constraints?.maxCostUsd !== undefined;
}
