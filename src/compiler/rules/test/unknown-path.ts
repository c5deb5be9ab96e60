// A path in an assertion that leads nowhere in the schema.

import type { Json } from '../../../registry/snapshot.ts';
import { pointerKeys, valueAt } from '../../json-pointer.ts';
import type { CapabilityUnit } from '../../program.ts';
import type { ContractSide } from '../../schema-places.ts';
import { nearName } from '../near-name.ts';
import type { ContractRule, Finding } from '../rule.ts';
import { declaredAssertions, inputPlaceOf } from './declared-tests.ts';
import type { DeclaredAssertion } from './declared-tests.ts';
import { findPath } from './find-path.ts';
import type { LostPath } from './find-path.ts';

export const unknownPath: ContractRule = {
  code: 'test/unknown-path',
  severity: 'error',
  check({ unit, report }) {
    for (const declared of declaredAssertions(unit)) {
      const { assertion, place } = declared;
      if (!('path' in assertion) || assertion.path === undefined) continue;
      const side = sideOf(declared);
      const schema = side && unit[side];
      if (schema === undefined || side === undefined || isSent(declared, unit)) continue;
      const lost = findPath(schema, pointerKeys(assertion.path));
      if (lost !== undefined) report(findingOn(lost, assertion.path, `${place}/path`, side, unit));
    }
  },
};

/** What a path leads into; undefined where no path belongs. */
function sideOf({ test, assertion }: DeclaredAssertion): ContractSide | undefined {
  if (assertion.type === 'error') return assertion.value === 'input_invalid' ? 'input' : 'output';
  return test.level === 'render' ? undefined : 'output';
}

/** What an error names may be the very thing that should not be there. */
function isSent(declared: DeclaredAssertion, unit: CapabilityUnit): boolean {
  const { test, assertion } = declared;
  if (assertion.type !== 'error' || assertion.path === undefined) return false;
  const input = inputPlaceOf(unit, declared);
  const values = [
    input === undefined ? undefined : valueAt(unit.tree.value, input),
    'reply' in test ? parsed(test.reply) : undefined,
  ];
  return values.some((value) => valueAt(value, assertion.path ?? '') !== undefined);
}

function parsed(reply: string): Json | undefined {
  try {
    return JSON.parse(reply) as Json;
  } catch {
    return undefined; // A reply need not be JSON: what becomes of it is what the test shows.
  }
}

function findingOn(
  { at, names, isList }: LostPath,
  path: string,
  pointer: string,
  side: ContractSide,
  { tree }: CapabilityUnit,
): Finding {
  const steps = path.split('/').slice(1);
  const key = pointerKeys(path)[at] ?? '';
  const start = 1 + steps.slice(0, at).join('/').length + (at > 0 ? 1 : 0);
  const span = tree.spanInText(pointer, start, start + (steps[at]?.length ?? 0));
  const owner = at === 0 ? `the ${side}` : `/${steps.slice(0, at).join('/')}`;
  return {
    message: `${path} is not in the ${side} schema: ${owner} ${isList ? 'is a list' : `has no "${key}"`}.`,
    span,
    label: 'leads nowhere',
    ...(isList
      ? { help: ['an item of a list is named by its number, from 0: /points/0/text'] }
      : nearName(key, names, `parts of ${owner}`, span)),
    pointer,
  };
}
