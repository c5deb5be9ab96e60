// What tests can assert: each kind of assertion, where it makes sense, and what it says. The compiler holds tests to this
// list and `capstan test --help` prints it; how an assertion is judged is for whoever runs the tests.

import type { Test } from './declaration.gen.ts';

export type TestLevel = Test['level'];
export type Assertion = Test['expect'][number];
export type AssertionKind = Assertion['type'];

interface KindOfAssertion {
  readonly levels: readonly TestLevel[];
  /** What holds when it passes, as the end of "it passes when …". */
  readonly holds: string;
}

export const assertionKinds: { readonly [kind in AssertionKind]: KindOfAssertion } = {
  contains: { levels: ['render', 'contract', 'eval'], holds: 'the text holds the value' },
  'not-contains': { levels: ['render', 'contract', 'eval'], holds: 'the text does not hold the value' },
  'contains-all': { levels: ['render', 'contract', 'eval'], holds: 'the text holds every one of the values' },
  equals: { levels: ['render', 'contract', 'eval'], holds: 'the text or value equals the value' },
  matches: { levels: ['render', 'contract', 'eval'], holds: 'the regular expression matches in the text' },
  'max-length': {
    levels: ['render', 'contract', 'eval'],
    holds: 'the text or list is not longer than the value',
  },
  rubric: { levels: ['eval'], holds: 'a model that is not the one tested says that the sentence is true' },
  roles: { levels: ['render'], holds: 'the messages have these roles, in this order' },
  fenced: { levels: ['render'], holds: 'the input property is printed, and only between fence tags' },
  valid: { levels: ['contract', 'eval'], holds: 'the reply becomes an output that fits the schema' },
  error: {
    levels: ['render', 'contract', 'eval'],
    holds: 'the call ends with this error, at the path where one is given',
  },
};

/** What belongs to an assertion on some levels only. */
export const assertionOptions = {
  message: ['render'],
  path: ['contract', 'eval'],
  minPassRate: ['eval'],
} as const satisfies { readonly [option: string]: readonly TestLevel[] };

/** The errors that a level can end with; a live call can end with any. */
export const errorsByLevel: { readonly [level in TestLevel]?: readonly string[] } = {
  render: ['input_invalid'],
  contract: ['input_invalid', 'output_invalid'],
};

/** The kinds of assertion that a level knows. */
export function kindsAt(level: TestLevel): AssertionKind[] {
  return (Object.keys(assertionKinds) as AssertionKind[]).filter((kind) =>
    assertionKinds[kind].levels.includes(level),
  );
}
