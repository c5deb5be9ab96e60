// What an evaluation has found so far, a line for each call: whoever is interrupted goes on where it was, and pays nothing
// twice. A last line that was cut off is left out.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One call and what became of it. */
export interface EvalResult {
  /** Of the case. */
  readonly key: string;
  readonly capability: string;
  readonly revision: string;
  readonly test: string;
  readonly tier: string;
  readonly model: string;
  readonly judge?: string;
  readonly date: string;
  /** For each assertion of the test, whether it held. */
  readonly held: readonly boolean[];
  /** Why the first of them did not. */
  readonly why?: string;
  readonly costUsd?: number;
  readonly latencyMs: number;
}

export interface Journal {
  readonly results: ReadonlyMap<string, EvalResult>;
  /** What does not count is known until the process ends, and not written down. */
  add(result: EvalResult): void;
}

/** `counts` says which results are worth keeping. */
export function openJournal(root: string, counts: (result: EvalResult) => boolean): Journal {
  const file = join(root, '.capstan', 'eval.jsonl');
  const results = new Map<string, EvalResult>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const line of lines) {
    const result = parse(line);
    if (result !== undefined && counts(result)) results.set(result.key, result);
  }
  return {
    results,
    add(result) {
      results.set(result.key, result);
      if (!counts(result)) return;
      if (!existsSync(file)) keepOutOfVersionControl(dirname(file));
      appendFileSync(file, `${JSON.stringify(result)}\n`);
    },
  };
}

function parse(line: string): EvalResult | undefined {
  if (line.trim() === '') return undefined;
  try {
    return JSON.parse(line) as EvalResult;
  } catch {
    return undefined; // The process ended while it wrote this line; the call will be made again.
  }
}

function keepOutOfVersionControl(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, '.gitignore');
  if (!existsSync(file)) writeFileSync(file, '*\n');
}
