// The difference of two texts, line by line, as people know it from version control.

/** Texts with more lines than this are not compared line by line: the table below is quadratic. */
const comparedLinesMax = 400;
/** Unchanged lines kept around a change. */
const contextLines = 2;

interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines with `- ` are expected and missing, lines with `+ ` are there and not expected; long equal parts are left out. */
export function diffLines(expected: string, actual: string): string {
  const left = expected.split(/\r?\n/);
  const right = actual.split(/\r?\n/);
  const lines =
    Math.max(left.length, right.length) > comparedLinesMax
      ? [...left.map(line('-')), ...right.map(line('+'))].slice(0, comparedLinesMax)
      : walk(left, right);
  return withoutEqualParts(lines).join('\n');
}

const line =
  (sign: DiffLine['sign']) =>
  (text: string): DiffLine => ({ sign, text });

/** The longest common subsequence, read off its table from the start. */
function walk(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  const lengths = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const before = left[i];
    const after = right[j];
    if (before !== undefined && before === after) {
      lines.push({ sign: ' ', text: before });
      i += 1;
      j += 1;
    } else if (
      before !== undefined &&
      (after === undefined || lengthAt(lengths, i + 1, j) >= lengthAt(lengths, i, j + 1))
    ) {
      lines.push({ sign: '-', text: before });
      i += 1;
    } else if (after !== undefined) {
      lines.push({ sign: '+', text: after });
      j += 1;
    }
  }
  return lines;
}

/** At [i][j]: how many lines the rests from i and j have in common. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const row = table[i] ?? new Uint16Array();
      row[j] =
        left[i] === right[j]
          ? lengthAt(table, i + 1, j + 1) + 1
          : Math.max(lengthAt(table, i + 1, j), lengthAt(table, i, j + 1));
    }
  }
  return table;
}

function lengthAt(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function withoutEqualParts(lines: readonly DiffLine[]): readonly string[] {
  const isNear = (index: number): boolean =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ sign }) => sign !== ' ');
  return lines.flatMap(({ sign, text }, index) => {
    if (isNear(index)) return [`${sign} ${text}`];
    return index === 0 || isNear(index - 1) ? ['  …'] : [];
  });
}
