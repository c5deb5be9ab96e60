// Results of tests for people: a line for each test, and under a failed one what is wanted and what is there.

import type { TestResult } from './capability-tests.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export function printTestResults(terminal: Pick<Terminal, 'color'>, results: readonly TestResult[]): string {
  const groups = [...Map.groupBy(results, ({ capability }) => capability)].map(
    ([capability, group]) =>
      `${styled(terminal, 'bold', capability)}\n${group.map((result) => drawResult(terminal, result)).join('')}\n`,
  );
  return `${groups.join('')}${countResults(results)}\n`;
}

function drawResult(
  terminal: Pick<Terminal, 'color'>,
  { outcome, test: name, failures }: TestResult,
): string {
  if (outcome === 'passed') return `  ${styled(terminal, 'green', '✓')} ${name}\n`;
  if (outcome === 'not run') return `  ${styled(terminal, 'dim', `- ${name} (eval)`)}\n`;
  const details = failures.map((failure) => `${drawFailure(terminal, failure)}\n`).join('');
  return `  ${styled(terminal, 'red', '✗')} ${name}\n${details.replaceAll(/^(?=.)/gm, '      ')}`;
}

/** Lines of a diff are red and green, as everywhere. */
function drawFailure(terminal: Pick<Terminal, 'color'>, failure: string): string {
  return failure
    .split('\n')
    .map((line) => {
      if (line.startsWith('- ')) return styled(terminal, 'red', line);
      return line.startsWith('+ ') ? styled(terminal, 'green', line) : line;
    })
    .join('\n');
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly notRun: number;
}

export function countOutcomes(results: readonly TestResult[]): TestCounts {
  const count = (outcome: TestResult['outcome']): number =>
    results.filter((each) => each.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), notRun: count('not run') };
}

function countResults(results: readonly TestResult[]): string {
  const { passed, failed, notRun } = countOutcomes(results);
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (notRun > 0) parts.push(`${notRun} need a live model`);
  return parts.join(', ');
}
