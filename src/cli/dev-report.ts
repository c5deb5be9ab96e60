// What `dev` says of every look at the sources, in the order of the saves: what is wrong, what is live, what was
// generated. Findings that were said before and only warn are not said again.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { hasErrors } from '../diagnostics/order-diagnostics.ts';
import { printSummary } from '../diagnostics/print-text.ts';
import type { DevSession, Update } from './dev-session.ts';
import { drawDiagnostics } from './draw-diagnostics.ts';
import { styled } from './terminal.ts';
import type { Terminal, TextStyle } from './terminal.ts';

export interface DevReport {
  /** Says what the first look found. */
  first(update: Update): Promise<void>;
  /** Says what a save led to and, when it is live, brings the generated files up to date. */
  save(update: Update, paths: ReadonlySet<string>, durationMs: number): void;
  /** Says that a look itself failed; what serves is as it was. */
  failure(error: unknown): void;
  /** Brings the generated files up to date; resolves when all that was to be said until now is said. */
  generated(): Promise<void>;
}

/** Saving everything at once is one line, not a page. */
const pathsShownMax = 5;

export function createDevReport(terminal: Terminal, session: DevSession): DevReport {
  let order = Promise.resolve();
  let said: ReadonlySet<string> = new Set();

  const failure = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    terminal.printError(`${styled(terminal, 'red', 'error')}: ${reason}\n`);
  };
  const inOrder = (work: () => Promise<void>): Promise<void> => (order = order.then(work).catch(failure));

  const sayDiagnostics = async ({ diagnostics, shown }: Update): Promise<void> => {
    const unsaid = diagnostics.filter((each) => each.severity === 'error' || !said.has(identityOf(each)));
    said = new Set(diagnostics.map(identityOf));
    if (unsaid.length === 0) return;
    terminal.printError(`\n${await drawDiagnostics(unsaid, { shown }, 'text', terminal)}`);
    if (hasErrors(unsaid)) terminal.printError(`\n${printSummary(unsaid)}\n`);
  };
  const sayGenerated = async (): Promise<void> => {
    const { written, deleted } = await session.generate();
    for (const path of written) terminal.printError(`  wrote ${path}\n`);
    for (const path of deleted) terminal.printError(`  deleted ${path}\n`);
  };
  const saySave = async (update: Update, line: string): Promise<void> => {
    await sayDiagnostics(update);
    terminal.printError(line);
    for (const change of update.changes) terminal.printError(`  ${change}\n`);
    if (update.outcome === 'live' || update.outcome === 'unchanged') await sayGenerated();
  };

  return {
    first: (update) => inOrder(() => sayDiagnostics(update)),
    save(update, paths, durationMs) {
      if (paths.size === 0 && update.outcome === 'unchanged') return;
      const line = describeSave(terminal, update, paths, durationMs);
      void inOrder(() => saySave(update, line));
    },
    failure,
    generated: () => inOrder(sayGenerated),
  };
}

const words: Readonly<Record<Update['outcome'], readonly [TextStyle, string]>> = {
  live: ['green', 'live'],
  unchanged: ['dim', 'same'],
  kept: ['red', 'kept'],
  waiting: ['yellow', 'waiting'],
};

/** "14:03:07 live capabilities/summarize.cap.yaml (6 ms)" */
function describeSave(
  terminal: Terminal,
  { outcome }: Update,
  paths: ReadonlySet<string>,
  durationMs: number,
): string {
  const time = new Date().toTimeString().slice(0, 8);
  const [style, word] = words[outcome];
  const saved = [...paths].slice(0, pathsShownMax).join(', ') + (paths.size > pathsShownMax ? ', …' : '');
  const consequence = {
    live: ` (${Math.max(1, Math.round(durationMs))} ms)`,
    unchanged: ': nothing is different',
    kept: ': the last good version serves on until this is mended',
    waiting: ': nothing serves until this is mended',
  }[outcome];
  return `${time} ${styled(terminal, style, word)} ${saved}${consequence}\n`;
}

/** The same finding, wherever it has moved to. */
function identityOf({ code, message, span }: Diagnostic): string {
  return `${code} ${span.path} ${message}`;
}
