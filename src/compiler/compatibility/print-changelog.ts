// A comparison as Markdown, for release notes and pull requests: by capability, the worst first, with the payloads.

import type { Json } from '../../registry/snapshot.ts';
import type { Change, Grade, Relief } from './change.ts';
import type { CapabilityComparison, Comparison } from './compare-snapshots.ts';
import { consequenceOf } from './consequence.ts';
import { countByGrade, countsInWords } from './count-changes.ts';
import { printPayload } from './print-payload.ts';

const grades: readonly (readonly [grade: Grade, heading: string])[] = [
  ['breaking', 'Breaking'],
  ['dangerous', 'Dangerous'],
  ['safe', 'Safe'],
];

/** Longer payloads are cut. */
const payloadLengthMax = 1_000;

export function printChangelog(comparison: Comparison, against: string): string {
  const changed = comparison.capabilities.filter(({ changes }) => changes.length > 0);
  const all = [...changed.flatMap(({ changes }) => changes), ...comparison.project];
  const head = `# Changes since ${against}\n\n${countsInWords(countByGrade(all))}\n`;
  const sections = [
    ...changed.map((each) => printSection(titleOf(each), each.changes, each.old?.version ?? against)),
    ...(comparison.project.length === 0 ? [] : [printSection('capstan.yaml', comparison.project, against)]),
  ];
  // A payload ends with a blank line, as does what follows it.
  return `${[head, ...sections]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function titleOf({ key, status, old, new: next, version }: CapabilityComparison): string {
  switch (status) {
    case 'added':
      return `${key} (new, ${next?.version})`;
    case 'removed':
      return `${key} (removed, was ${old?.version})`;
    default: {
      const numbers = old?.version === next?.version ? old?.version : `${old?.version} → ${next?.version}`;
      const needed = version === undefined || version.state === 'enough' ? '' : `, needs ${version.required}`;
      return `${key} (${numbers}${needed})`;
    }
  }
}

function printSection(title: string, changes: readonly Change[], before: string): string {
  const groups = grades.flatMap(([grade, heading]) => {
    const own = changes.filter((change) => change.grade === grade);
    return own.length === 0
      ? []
      : [`### ${heading}\n\n${own.map((change) => printChange(change, before)).join('')}`];
  });
  return `## ${title}\n\n${groups.join('\n')}`;
}

function printChange(change: Change, before: string): string {
  const { alsoAt, grade, fingerprint, witness } = change;
  const consequence = consequenceOf(change, before);
  const text = consequence === undefined ? change.text : `${change.text}; ${consequence}`;
  const remarks = [
    ...(alsoAt.length === 0 ? [] : [`the same at ${alsoAt.map((place) => `\`${place}\``).join(', ')}`]),
    ...(change.doubt === 'unconfirmed' ? ['no payload shows it'] : []),
    ...(change.doubt === 'undecided' ? ['whether it breaks callers cannot be decided'] : []),
    ...(change.relief === undefined ? [] : [reliefInWords(change.relief)]),
    ...(grade === 'safe' ? [] : [`fingerprint \`${fingerprint}\``]),
  ];
  const line = `- ${escaped(text)}${remarks.length === 0 ? '' : ` (${escaped(remarks.join('; '))})`}\n`;
  return witness === undefined ? line : `${line}${printWitness(change, witness.payload, before)}`;
}

function printWitness({ area }: Change, payload: Json, before: string): string {
  const whole = JSON.stringify(payload);
  const isCut = whole.length > payloadLengthMax;
  const shown = isCut ? printPayload(payload) : whole;
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  const what =
    area === 'input' ? `Accepted by ${before}, refused now:` : `May come now, excluded by ${before}:`;
  return `\n  ${what}\n\n  ${fence}${isCut ? 'text' : 'json'}\n  ${shown}\n  ${fence}\n\n`;
}

function reliefInWords(relief: Relief): string {
  switch (relief.kind) {
    case 'experimental':
      return 'it was experimental';
    case 'beta':
      return 'it was beta';
    case 'version-raised':
      return 'the version says so';
    case 'sunset-passed':
      return `its sunset was ${relief.sunset}`;
    case 'acknowledged':
      return `acknowledged until ${relief.expires}: ${relief.reason}`;
  }
}

/** Nothing that an author wrote becomes HTML; code spans are code. */
function escaped(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
