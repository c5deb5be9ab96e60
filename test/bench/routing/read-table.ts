// Reads a table of outcomes: for each case and model whether it was right, how many tokens it took, and how long. JSON (a list
// of rows) or CSV with a heading; columns case, task, model, correct, inputTokens, outputTokens, latencyMs, and either costUsd
// or inputPrice and outputPrice (USD per million tokens).

export interface Outcome {
  readonly case: string;
  readonly task: string;
  readonly model: string;
  /** 0…1; yes and no, true and false are read as well. */
  readonly correct: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: number;
  readonly costUsd: number;
}

/** Throws an Error that names the row and the column. */
export function readTable(text: string): readonly Outcome[] {
  const rows = text.trimStart().startsWith('[') ? (JSON.parse(text) as unknown[]) : readCsv(text);
  if (rows.length === 0) throw new Error('The table is empty.');
  return rows.map((row, index) => outcomeOf(row as Record<string, unknown>, index + 1));
}

function readCsv(text: string): Record<string, string>[] {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(cellsOf);
  const [heading = [], ...rows] = lines;
  return rows.map((row) =>
    Object.fromEntries(heading.map((name, column) => [name.trim(), row[column] ?? ''])),
  );
}

/** Cells in quotes may hold commas and doubled quotes; they do not hold line ends. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^,]*))/g)].map(({ groups }) =>
    groups?.['quoted'] === undefined ? (groups?.['plain'] ?? '') : groups['quoted'].replaceAll('""', '"'),
  );
}

function outcomeOf(row: Record<string, unknown>, number: number): Outcome {
  const text = (name: string): string => {
    const value = row[name];
    if (value === undefined || value === '') throw new Error(`Row ${number} has no "${name}".`);
    return String(value);
  };
  const amount = (name: string): number => {
    const value = Number(text(name));
    if (value >= 0) return value;
    throw new Error(`Row ${number}: "${name}" is not an amount: ${JSON.stringify(row[name])}.`);
  };
  const inputTokens = amount('inputTokens');
  const outputTokens = amount('outputTokens');
  const hasCost = row['costUsd'] !== undefined && row['costUsd'] !== '';
  return {
    case: text('case'),
    task: text('task'),
    model: text('model'),
    correct: correctOf(text('correct'), number),
    inputTokens,
    outputTokens,
    latencyMs: amount('latencyMs'),
    costUsd: hasCost
      ? amount('costUsd')
      : (inputTokens * amount('inputPrice') + outputTokens * amount('outputPrice')) / 1_000_000,
  };
}

function correctOf(text: string, number: number): number {
  if (/^(?:true|yes)$/i.test(text)) return 1;
  if (/^(?:false|no)$/i.test(text)) return 0;
  const value = Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new Error(`Row ${number}: "correct" is neither yes or no nor from 0 to 1: ${JSON.stringify(text)}.`);
}
