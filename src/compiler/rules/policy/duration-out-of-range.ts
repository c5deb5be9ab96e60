// Durations that have the right form and cannot be meant: no time at all, or more than anything here lasts.

import type { SourceSpan } from '../../../diagnostics/diagnostic.ts';
import { parseDuration } from '../../../duration.ts';
import type { SyntaxTree } from '../../syntax-tree.ts';
import type { ContractRule, Finding, ProgramRule } from '../rule.ts';

const code = 'policy/duration-out-of-range';
const severity = 'error';

interface Range {
  readonly least: string;
  readonly most: string;
  /** What less than the least would come to. */
  readonly tooShort: string;
  readonly help: string;
}

const ranges = {
  timeout: {
    least: '1ms',
    most: '24h',
    tooShort: 'no call can end in time',
    help: 'a timeout is the deadline of a whole call, such as 30s',
  },
  maxLatency: {
    least: '1ms',
    most: '24h',
    tooShort: 'no model is as fast',
    help: 'maxLatency is what 95 of 100 calls may take, such as 8s',
  },
  ttl: {
    least: '1s',
    most: '365d',
    tooShort: 'nothing is kept',
    help: 'a ttl is how long an answer may be used again, such as 24h; to keep nothing, write `mode: none`',
  },
} as const satisfies Record<string, Range>;

export const durationOutOfRange: ContractRule = {
  code,
  severity,
  check({ unit: { tree, declaration }, report }) {
    const { policies, routing } = declaration;
    const written = [
      ['timeout', policies?.timeout, '/policies/timeout'],
      ['ttl', policies?.cache?.ttl, '/policies/cache/ttl'],
      ['maxLatency', routing?.constraints?.maxLatency, '/routing/constraints/maxLatency'],
    ] as const;
    for (const [name, duration, pointer] of written) judge(name, duration, pointer, tree, report);
  },
};

export const defaultTimeoutOutOfRange: ProgramRule = {
  code,
  severity,
  check({ project, report }) {
    const timeout = project?.declaration.defaults?.timeout;
    if (project !== undefined) judge('timeout', timeout, '/defaults/timeout', project.tree, report);
  },
};

function judge(
  name: keyof typeof ranges,
  duration: string | undefined,
  pointer: string,
  tree: SyntaxTree,
  report: (finding: Finding) => void,
): void {
  if (duration === undefined) return;
  const { least, most, tooShort, help } = ranges[name];
  const durationMs = parseDuration(duration);
  const span: SourceSpan = tree.spanOf(pointer);
  if (durationMs < parseDuration(least))
    report({ message: `With a ${name} of ${duration} ${tooShort}.`, span, help: [help], pointer });
  else if (durationMs > parseDuration(most))
    report({
      message: `A ${name} may be ${most} at most, this is ${duration}.`,
      span,
      help: [help],
      pointer,
    });
}
