// A comparison as diagnostics: the new place first, the old one as a label where the baseline has sources.

import type { Diagnostic, Fix, Label, Severity, SourceSpan } from '../../diagnostics/diagnostic.ts';
import { quoteValue } from '../words.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { acknowledgementsPath } from './acknowledgements.ts';
import type { Change, Grade, Relief } from './change.ts';
import type {
  CapabilityComparison,
  Comparison,
  IdleAcknowledgement,
  VersionVerdict,
} from './compare-snapshots.ts';
import { consequenceOf } from './consequence.ts';
import { helpFor } from './help.ts';
import type { Locator } from './locate.ts';
import { printPayload } from './print-payload.ts';
import { isBelowOne, versionAfter } from './version.ts';

export interface ReportOptions {
  /** The project as it is. */
  readonly sources: Locator;
  /** The baseline; absent when it is a Snapshot without sources. */
  readonly baseline?: Locator;
  /** How the baseline is called in sentences: `git:main`. */
  readonly against: string;
  readonly acknowledgements?: Acknowledgements;
}

/** Everything that asks for somebody's attention; safe changes do not. */
export function reportComparison(comparison: Comparison, options: ReportOptions): Diagnostic[] {
  return [
    ...comparison.capabilities.flatMap((each) => reportCapability(each, options)),
    ...comparison.project.flatMap((change) => reportChange(change, undefined, options)),
    ...comparison.idleAcknowledgements.flatMap((idle) => reportIdle(idle, options)),
  ];
}

function reportCapability(comparison: CapabilityComparison, options: ReportOptions): Diagnostic[] {
  const found = comparison.changes.flatMap((change) => reportChange(change, comparison, options));
  const version = comparison.version && reportVersion(comparison, comparison.version, options);
  return version === undefined ? found : [...found, version];
}

// -- changes

type Weighed = Pick<Diagnostic, 'code' | 'severity'>;

function reportChange(
  change: Change,
  comparison: CapabilityComparison | undefined,
  options: ReportOptions,
): Diagnostic[] {
  const weighed = weigh(change);
  if (weighed === undefined) return [];
  const { sources, baseline } = options;
  const key = comparison?.key;
  const isGone = comparison?.status === 'removed';
  const here =
    key === undefined || isGone ? sources.inProject(change.new) : sources.inCapability(key, change.new);
  const there = key === undefined ? baseline?.inProject(change.old) : baseline?.inCapability(key, change.old);
  const old = comparison?.old;
  const before = old?.version ?? options.against;
  const notes = [...payloadNotes(change), ...notesOf(change, before)];
  const help = helpFor(change, comparison);
  return [
    {
      ...weighed,
      message: `${ownerOf(here, comparison, options)}${messageOf(change, comparison, before)}`,
      span: isGone || here === undefined ? startOfProject : here,
      ...(there === undefined ? {} : { labels: [labelOf(there, change, before)] }),
      ...(notes.length === 0 ? {} : { notes }),
      ...(help.length === 0 ? {} : { help }),
      ...(key === undefined ? {} : { capability: key }),
      ...(isGone ? {} : { pointer: change.new.pointer }),
    },
  ];
}

/** A place in a shared schema does not say whose contract changed. */
function ownerOf(
  span: SourceSpan | undefined,
  comparison: CapabilityComparison | undefined,
  { sources }: ReportOptions,
): string {
  if (comparison === undefined || comparison.status === 'removed') return '';
  const own = sources.inCapability(comparison.key, { pointer: '/metadata', at: 'key' });
  return own?.path === span?.path ? '' : `\`${comparison.key}\`: `;
}

const startOfProject: SourceSpan = { path: 'capstan.yaml', start: 0, end: 0 };

/** The code and severity of a change; undefined for one that nobody has to look at. */
function weigh({ id, verdict, grade, relief, doubt }: Change): Weighed | undefined {
  if (relief?.kind === 'acknowledged' || relief?.kind === 'sunset-passed') return undefined;
  const code = codeOf(id, relief === undefined ? verdict : grade, doubt);
  if (code === undefined) return undefined;
  return { code, severity: severities[verdict] };
}

/** What was breaking or dangerous and is let pass stays worth a line. */
const severities: Readonly<Record<Grade, Severity>> = {
  breaking: 'deny',
  dangerous: 'warning',
  safe: 'info',
};

function codeOf(id: string, grade: Grade, doubt: Change['doubt']): string | undefined {
  if (grade === 'safe') return undefined;
  if (id === 'capability-removed') return 'compat/removed-before-sunset';
  if (id === 'tier-removed') return 'compat/tier-removed';
  if (doubt === 'undecided') return 'compat/undecided';
  return grade === 'breaking' ? 'compat/breaking' : 'compat/dangerous';
}

function messageOf(change: Change, comparison: CapabilityComparison | undefined, before: string): string {
  const text = capitalised(change.text);
  if (change.id === 'capability-removed') return `${text}${whyNotRemoved(comparison)}.`;
  if (change.id === 'tier-removed') return `${text}; callers may ask for it.`;
  if (change.doubt === 'undecided') return `${text}; whether that breaks callers cannot be decided.`;
  const consequence = consequenceOf(change, before);
  if (consequence !== undefined) return `${text}; ${consequence}.`;
  if (change.witness === undefined) return `${text}.`;
  const payload = printPayload(change.witness.payload);
  if (payload.length > payloadLengthMax)
    return change.area === 'input'
      ? `${text}; a payload that ${before} accepts is refused.`
      : `${text}; an answer that ${before} excludes may come.`;
  return change.area === 'input'
    ? `${text}: ${payload} was accepted by ${before}.`
    : `${text}: ${payload} may come, which ${before} excludes.`;
}

/** Longer payloads have a line of their own. */
const payloadLengthMax = 120;

function payloadNotes({ witness, area }: Change): string[] {
  const payload = witness === undefined ? '' : printPayload(witness.payload);
  if (payload.length <= payloadLengthMax) return [];
  return [`the ${area === 'input' ? 'payload' : 'answer'}: ${payload}`];
}

function whyNotRemoved(comparison: CapabilityComparison | undefined): string {
  const { lifecycle, deprecation } = comparison?.old ?? {};
  if (deprecation !== undefined) return `, which it may not be before ${deprecation.sunset}`;
  return lifecycle === undefined ? '' : `; it was ${lifecycle} and never deprecated`;
}

function notesOf(change: Change, before: string): string[] {
  const relief = change.relief && reliefInWords(change.relief, before, change.grade);
  return [
    ...(change.doubt === 'unconfirmed'
      ? ['no payload was found that shows it, so it is only called dangerous']
      : []),
    ...(relief === undefined ? [] : [relief]),
    ...(change.alsoAt.length === 0 ? [] : [`the same at ${change.alsoAt.join(', ')}`]),
  ];
}

function reliefInWords(relief: Relief, before: string, grade: Grade): string | undefined {
  switch (relief.kind) {
    case 'experimental':
      return `${grade}, but ${before} is experimental: nothing was promised`;
    case 'beta':
      return `breaking, but ${before} is beta: told, not refused`;
    case 'version-raised':
      return 'breaking, and the raised minor version says so: below 1.0 that is enough';
    case 'sunset-passed':
    case 'acknowledged':
      return undefined;
  }
}

function labelOf(span: SourceSpan, { id }: Change, before: string): Label {
  const message = id === 'capability-removed' ? 'it was declared here' : `in ${before}`;
  return { span, message };
}

function capitalised(text: string): string {
  return text.startsWith('`') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

// -- versions

function reportVersion(
  comparison: CapabilityComparison,
  version: VersionVerdict,
  { sources }: ReportOptions,
): Diagnostic | undefined {
  const { key, old } = comparison;
  if (version.state === 'enough' || old === undefined) return undefined;
  const isBackwards = version.state === 'backwards';
  // A breaking change says already what has to happen; another line on the version would only repeat it.
  if (!isBackwards && version.bump === 'major') return undefined;
  const place = { pointer: '/metadata/version', at: 'value' } as const;
  const span = sources.inCapability(key, place) ?? startOfProject;
  const wanted = isBackwards ? afterBackwards(version) : version.required;
  const text = sources.textInCapability(key, place.pointer);
  const fix: Fix[] = text === undefined ? [] : [replacement(text, wanted)];
  return {
    code: isBackwards ? 'compat/version-backwards' : 'compat/version-not-raised',
    severity: old.lifecycle === 'experimental' ? 'info' : isBackwards ? 'deny' : 'warning',
    message: isBackwards
      ? `The version ${version.new} is below that of the baseline, ${version.old}.`
      : notRaised(comparison, version),
    span,
    help: [`write ${wanted}`],
    fixes: fix,
    capability: key,
    pointer: place.pointer,
  };
}

/** Above the baseline even when nothing else asks for another version. */
function afterBackwards({ old, required }: VersionVerdict): string {
  return required === old ? versionAfter(old, 'patch') : required;
}

function notRaised(
  { changes }: CapabilityComparison,
  { old, new: given, required, bump }: VersionVerdict,
): string {
  const what = inWords(changes.filter(({ addsSurface }) => bump !== 'minor' || addsSurface));
  if (given === old) return `${what}, and the version is still ${old}.`;
  return isBelowOne(old)
    ? `${what}, and the version ${given} does not say so.`
    : `${what}; the version ${given} is only a patch of ${old}, and callers may want to know: ${required}.`;
}

/** The first change in words, and how many more there are. */
function inWords(changes: readonly Change[]): string {
  const [first] = changes;
  if (first === undefined) return 'Something changed';
  const more = changes.length - 1;
  const rest = more === 0 ? '' : more === 1 ? ' and one thing more' : ` and ${more} things more`;
  return `${capitalised(first.text)}${rest}`;
}

function replacement(span: SourceSpan, text: string): Fix {
  return { message: `write ${text}`, safety: 'safe', edits: [{ span, text }] };
}

// -- acknowledgements

function reportIdle(
  { index, fingerprint, reason }: IdleAcknowledgement,
  { acknowledgements }: ReportOptions,
): Diagnostic[] {
  if (acknowledgements === undefined) return [];
  const { tree, entries } = acknowledgements;
  const entry = entries[index];
  const pointer = `/changes/${index}/${reason === 'expired' ? 'expires' : 'fingerprint'}`;
  const messages: Readonly<Record<IdleAcknowledgement['reason'], string>> = {
    expired: `The acknowledgement of ${quoteValue(fingerprint)} expired on ${entry?.expires ?? 'its last day'}.`,
    unused: `The change ${quoteValue(fingerprint)} needs no acknowledgement.`,
    unknown: `There is no change with the fingerprint ${quoteValue(fingerprint)}.`,
  };
  const help: Readonly<Record<IdleAcknowledgement['reason'], string>> = {
    expired: 'mend the change, or answer for it again with a later day',
    unused: 'delete the entry',
    unknown: 'the change is in the baseline by now, or differs from what was acknowledged; delete the entry',
  };
  return [
    {
      code: `compat/acknowledgement-${reason}`,
      severity: 'warning',
      message: messages[reason],
      span: { ...tree.spanOf(pointer), path: acknowledgementsPath },
      help: [help[reason]],
      pointer,
    },
  ];
}
