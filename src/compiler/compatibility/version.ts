// Semantic versions: which is above which, and which one a change asks for. Below 1.0 the minor plays the major.

export type Bump = 'major' | 'minor' | 'patch';

interface Version {
  readonly core: readonly [major: number, minor: number, patch: number];
  /** The parts behind the dash; none for a release. */
  readonly early: readonly string[];
}

function parse(text: string): Version {
  const [plain = ''] = text.split('+');
  const [core = '', ...early] = plain.split('-');
  const [major = 0, minor = 0, patch = 0] = core.split('.').map(Number);
  return { core: [major, minor, patch], early: early.length === 0 ? [] : early.join('-').split('.') };
}

/** Below 0 when `left` is the older one. By the rules of semver.org, build metadata aside. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)];
  return compareCores(a, b) || compareEarly(a.early, b.early);
}

function compareCores({ core: left }: Version, { core: right }: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function compareEarly(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = compareParts(left[index], right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers stand before words; fewer parts before more. */
function compareParts(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
  const [isNumber, isOther] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (isNumber && isOther) return Number(left) - Number(right);
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The lowest version that tells the change: below 1.0 a breaking one raises the minor, everything else the patch. */
export function versionAfter(version: string, bump: Bump): string {
  const { core, early } = parse(version);
  const [major, minor, patch] = core;
  const level = major > 0 ? bump : bump === 'major' ? 'minor' : 'patch';
  // 1.3.0-beta.1 is on its way to 1.3.0, and needs no more than that.
  if (early.length > 0 && (level === 'patch' || (level === 'minor' && patch === 0))) return core.join('.');
  if (level === 'major') return `${major + 1}.0.0`;
  return level === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** Whether `next` tells at least as much as `required`, where both follow `version`. */
export function isRaisedTo(required: string, version: string, next: string): boolean {
  if (compareVersions(next, version) <= 0) return false;
  const [wanted, given] = [parse(required), parse(next)];
  if (compareCores(given, wanted) >= 0) return true;
  // From one early version to the next: both lead to the same release.
  return (
    parse(version).early.length > 0 && given.early.length > 0 && compareCores(given, parse(version)) === 0
  );
}

export function isBelowOne(version: string): boolean {
  return parse(version).core[0] === 0;
}
