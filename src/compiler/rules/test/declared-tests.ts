// The tests of a capability with their places, for the rules of this folder.

import type { Assertion } from '../../assertions.ts';
import type { Test } from '../../declaration.gen.ts';
import type { CapabilityUnit } from '../../program.ts';

export interface DeclaredTest {
  readonly test: Test;
  readonly pointer: string;
}

export interface DeclaredAssertion extends DeclaredTest {
  readonly assertion: Assertion;
  /** Of the assertion. */
  readonly place: string;
}

export function declaredTests({ declaration }: CapabilityUnit): DeclaredTest[] {
  return (declaration.tests ?? []).map((test, index) => ({ test, pointer: `/tests/${index}` }));
}

export function declaredAssertions(unit: CapabilityUnit): DeclaredAssertion[] {
  return declaredTests(unit).flatMap((declared) =>
    declared.test.expect.map((assertion, index) => ({
      ...declared,
      assertion,
      place: `${declared.pointer}/expect/${index}`,
    })),
  );
}

/** Where the input of a test is written: its own, or that of the example it uses; undefined when it has none. */
export function inputPlaceOf(
  { declaration }: CapabilityUnit,
  { test, pointer }: DeclaredTest,
): string | undefined {
  if (test.input !== undefined) return `${pointer}/input`;
  const index = (declaration.examples ?? []).findIndex(({ name }) => name === test.use);
  return index < 0 ? undefined : `/examples/${index}/input`;
}
