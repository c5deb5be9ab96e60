// An assertion, or a part of one, that the level of its test does not know.

import { assertionKinds, assertionOptions, errorsByLevel, kindsAt } from '../../assertions.ts';
import type { Assertion, TestLevel } from '../../assertions.ts';
import { listWords } from '../../../diagnostics/words.ts';
import type { ContractRule } from '../rule.ts';
import { declaredAssertions } from './declared-tests.ts';

export const wrongLevel: ContractRule = {
  code: 'test/wrong-level',
  severity: 'error',
  check({ unit, report }) {
    const { tree } = unit;
    for (const { test, pointer, assertion, place } of declaredAssertions(unit)) {
      const label = { span: tree.spanOf(`${pointer}/level`), message: `the level is ${test.level}` };
      const mistake = mistakeIn(assertion, test.level);
      if (mistake === undefined) continue;
      const { part, at, message, help } = mistake;
      const wrong = `${place}/${part}`;
      report({ message, span: tree.spanOf(wrong, at), labels: [label], help: [help], pointer: wrong });
    }
  },
};

interface Mistake {
  readonly part: string;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly help: string;
}

/** The first thing that cannot be; a kind that is out of place makes its parts uninteresting. */
function mistakeIn(assertion: Assertion, level: TestLevel): Mistake | undefined {
  const { levels } = assertionKinds[assertion.type];
  if (!levels.includes(level)) {
    return {
      part: 'type',
      at: 'value',
      message: `\`${assertion.type}\` cannot be asserted in a test of level ${level}.`,
      help: `a ${level} test can assert ${listWords(kindsAt(level))}`,
    };
  }
  for (const [option, allowed] of Object.entries(assertionOptions)) {
    const isPathOfError = option === 'path' && assertion.type === 'error';
    const isAllowed = (allowed as readonly TestLevel[]).includes(level) || isPathOfError;
    if (Object.hasOwn(assertion, option) && !isAllowed)
      return { part: option, at: 'key', ...wordsOnOption[option as keyof typeof wordsOnOption](level) };
  }
  return assertion.type === 'error' ? mistakeInError(assertion.value, level) : undefined;
}

const wordsOnOption = {
  message: (level: TestLevel) => ({
    message: `A ${level} test has no messages to look at.`,
    help: 'name a part of the output with `path`, or leave both out to look at the whole',
  }),
  path: (level: TestLevel) => ({
    message: `A ${level} test has no output to look into.`,
    help: 'name a message with `message`, or leave both out to look at all of them',
  }),
  minPassRate: (level: TestLevel) => ({
    message: `A ${level} test runs once, so there is no rate.`,
    help: 'leave `minPassRate` out; it belongs to eval tests, which ask live models several times',
  }),
} as const satisfies Record<
  keyof typeof assertionOptions,
  (level: TestLevel) => Omit<Mistake, 'part' | 'at'>
>;

function mistakeInError(error: string, level: TestLevel): Mistake | undefined {
  const possible = errorsByLevel[level];
  if (possible === undefined || possible.includes(error)) return undefined;
  return {
    part: 'value',
    at: 'value',
    message: `A ${level} test cannot end with ${error}.`,
    help: `it can end with ${listWords(possible, 'or')}`,
  };
}
