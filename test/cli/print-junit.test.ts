// JUnit XML: what CI reads is what happened, whatever names and texts hold.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TestResult } from '../../src/cli/capability-tests.ts';
import { printJunit } from '../../src/cli/print-junit.ts';
import { parseXml } from '../support/parse-xml.ts';

const path = 'capabilities/greet.cap.yaml';

function result(test: string, more: Partial<TestResult> = {}): TestResult {
  const span = { path, start: 0, end: 0 };
  return {
    capability: 'greet@1',
    test,
    level: 'render',
    span,
    outcome: 'passed',
    failures: [],
    updates: [],
    ...more,
  };
}

test('a suite for each capability, a case for each test, and counts that add up', () => {
  const xml = printJunit({
    project: 'sample',
    sources: [{ path, text: 'a\nb\nc\n' }],
    results: [
      result('one', { span: { path, start: 4, end: 5 } }),
      result('two', { outcome: 'failed', failures: ['contains: not found\n- a\n+ b', 'equals: not equal'] }),
      result('three', { outcome: 'not run', level: 'eval' }),
    ],
    errors: [
      {
        code: 'test/bad-pattern',
        severity: 'error',
        message: 'It is none.',
        span: { path: 'x.cap.yaml', start: 0, end: 0 },
      },
    ],
  });
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sample" tests="4" failures="1" errors="1" skipped="1">
  <testsuite name="greet@1" tests="3" failures="1" errors="0" skipped="1">
    <testcase name="one" classname="greet@1" file="capabilities/greet.cap.yaml" line="3"/>
    <testcase name="two" classname="greet@1" file="capabilities/greet.cap.yaml" line="1">
      <failure message="contains: not found">contains: not found
- a
+ b

equals: not equal</failure>
    </testcase>
    <testcase name="three" classname="greet@1" file="capabilities/greet.cap.yaml" line="1">
      <skipped message="needs a live model"/>
    </testcase>
  </testsuite>
  <testsuite name="x.cap.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="compiles" classname="x.cap.yaml" file="x.cap.yaml">
      <error message="x.cap.yaml:1: test/bad-pattern: It is none.">x.cap.yaml:1: test/bad-pattern: It is none.</error>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('names and texts come back as they were, but for characters that XML cannot hold', () => {
  const texts = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\r', ''));
  const shown = (text: string): string =>
    text.replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  fc.assert(
    fc.property(texts, texts, (name, failure) => {
      const xml = printJunit({
        project: 'sample',
        sources: [],
        errors: [],
        results: [result(name, { outcome: 'failed', failures: [failure] })],
      });
      const testcase = parseXml(xml).children[0]?.children[0];
      expect(testcase?.attributes['name']).toBe(shown(name));
      expect(testcase?.children[0]?.text).toBe(shown(failure));
    }),
  );
});

test('nothing to test is a report as well', () => {
  const root = parseXml(printJunit({ project: 'sample', sources: [], errors: [], results: [] }));
  expect(root).toMatchObject({ name: 'testsuites', attributes: { tests: '0' }, children: [] });
});
