// How many changes there are of each grade.

import type { Change, Grade } from './change.ts';

export type GradeCounts = Readonly<Record<Grade, number>>;

/** By what they are, whatever lets them pass. */
export function countByGrade(changes: readonly Change[]): GradeCounts {
  const counts = { breaking: 0, dangerous: 0, safe: 0 };
  for (const { grade } of changes) counts[grade] += 1;
  return counts;
}

/** `1 breaking, 2 safe changes.` */
export function countsInWords(counts: GradeCounts): string {
  const parts = (['breaking', 'dangerous', 'safe'] as const)
    .filter((grade) => counts[grade] > 0)
    .map((grade) => `${counts[grade]} ${grade}`);
  if (parts.length === 0) return 'Nothing changed.';
  const total = counts.breaking + counts.dangerous + counts.safe;
  return `${parts.join(', ')} ${total === 1 ? 'change' : 'changes'}.`;
}
