// What changes of a capability besides its schemas mean, what relieves them, and which versions they ask for.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/compiler/compatibility/change.ts';
import { compareSnapshots } from '../../src/compiler/compatibility/compare-snapshots.ts';
import type { Comparison } from '../../src/compiler/compatibility/compare-snapshots.ts';
import { printPayload } from '../../src/compiler/compatibility/print-payload.ts';
import { compareVersions, isRaisedTo, versionAfter } from '../../src/compiler/compatibility/version.ts';
import type { Capability, JsonSchema, Snapshot } from '../../src/registry/snapshot.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

const key = 'summarize@1';
const today = '2026-01-31';
const base = sampleSnapshot();

type Patch = Partial<Capability>;

/** The sample with one capability changed. */
function withCapability(patch: Patch, snapshot: Snapshot = base): Snapshot {
  const capability = { ...snapshot.capabilities[key], ...patch } as Capability;
  const revision = `sha256:${JSON.stringify(capability)}`;
  return { ...snapshot, capabilities: { ...snapshot.capabilities, [key]: { ...capability, revision } } };
}

function withoutCapability(snapshot: Snapshot = base): Snapshot {
  const { [key]: _gone, ...capabilities } = snapshot.capabilities;
  return { ...snapshot, capabilities };
}

function compare(old: Snapshot, next: Snapshot, options: object = {}): Comparison {
  return compareSnapshots(old, next, { today, ...options });
}

function changesOf({ capabilities, project }: Comparison): readonly Change[] {
  return [...capabilities.flatMap(({ changes }) => changes), ...project];
}

const told = ({ id, grade, text }: Change): string => `${grade}: ${text} (${id})`;

const sample = base.capabilities[key] as Capability;
const routing = sample.routing;
const offer = sample.tiers.offer;
const constrained = (constraints: Capability['routing']['constraints']): Patch => ({
  routing: { ...routing, constraints },
});

const rows: readonly (readonly [row: string, before: Patch, after: Patch, ...told: readonly string[]])[] = [
  [
    '44 a tier removed',
    {},
    { tiers: { default: 'standard', offer: { economy: {}, standard: offer['standard'] ?? {} } } },
    'safe: the tier "economy" writes as much as the model can, not at most 400 tokens (output-limit-raised)',
    'breaking: the tier "premium" was removed (tier-removed)',
  ],
  [
    '44 a tier added',
    { tiers: { default: 'standard', offer: { standard: {} } } },
    { tiers: { default: 'standard', offer: { standard: {}, premium: {} } } },
    'safe: the tier "premium" was added (tier-added)',
  ],
  [
    '44 another default tier',
    { tiers: { default: 'standard', offer } },
    { tiers: { default: 'economy', offer } },
    'dangerous: callers who name no tier get "economy", not "standard" (default-tier-changed)',
  ],
  [
    '46 JSON becomes text',
    {},
    { output: { type: 'string' }, outputKind: 'text' },
    'breaking: `output` was JSON and is plain text (output-kind-changed)',
  ],
  [
    '47 a region added',
    constrained({ regions: ['eu'] }),
    constrained({ regions: ['eu', 'us'] }),
    'dangerous: `regions` allows us as well (constraint-loosened)',
  ],
  [
    '47 a region removed',
    constrained({ regions: ['eu', 'us'] }),
    constrained({ regions: ['eu'] }),
    'safe: `regions` allows eu only (constraint-tightened)',
  ],
  [
    '47 all regions allowed',
    constrained({ regions: ['eu'] }),
    constrained({}),
    'dangerous: `regions` allows everything as well (constraint-loosened)',
  ],
  [
    '47 regions named at all',
    constrained({}),
    constrained({ regions: ['eu'] }),
    'safe: `regions` allows eu only (constraint-tightened)',
  ],
  [
    '47 a provider denied no longer',
    constrained({ providers: { deny: ['a', 'b'] } }),
    constrained({ providers: { deny: ['a'] } }),
    'dangerous: `providers.deny` holds b no longer (constraint-loosened)',
  ],
  [
    '47 a model denied',
    constrained({}),
    constrained({ models: { deny: ['a/b'] } }),
    'safe: `models.deny` holds a/b as well (constraint-tightened)',
  ],
  [
    '47 a lower data class',
    constrained({ dataClass: 'confidential' }),
    constrained({ dataClass: 'internal' }),
    'dangerous: the data class is internal, not confidential (constraint-loosened)',
  ],
  [
    '47 a higher data class',
    constrained({}),
    constrained({ dataClass: 'internal' }),
    'safe: the data class is internal, not none (constraint-tightened)',
  ],
  [
    '48 a shorter timeout',
    {},
    { policies: { ...sample.policies, timeoutMs: 5_000 } },
    'dangerous: the timeout is 5 s, not 10 s (timeout-lowered)',
  ],
  [
    '48 a longer timeout',
    {},
    { policies: { ...sample.policies, timeoutMs: 20_000 } },
    'safe: the timeout is 20 s, not 10 s (timeout-raised)',
  ],
  [
    '48 a smaller budget',
    constrained({}),
    constrained({ maxCostUsd: 0.05 }),
    'dangerous: a call may cost $0.05, not anything (budget-lowered)',
  ],
  [
    '48 a larger budget',
    constrained({ maxCostUsd: 0.05 }),
    constrained({ maxCostUsd: 0.1 }),
    'safe: a call may cost $0.1, not $0.05 (budget-raised)',
  ],
  [
    '48 shorter answers',
    { tiers: { default: 'a', offer: { a: { maxOutputTokens: 400 } } } },
    { tiers: { default: 'a', offer: { a: { maxOutputTokens: 300 } } } },
    'dangerous: the tier "a" writes at most 300 tokens, not 400 (output-limit-lowered)',
  ],
  [
    'a cache that more people share',
    { policies: { ...sample.policies, cache: { mode: 'exact', ttlMs: 1, scope: 'caller' } } },
    { policies: { ...sample.policies, cache: { mode: 'exact', ttlMs: 1, scope: 'global' } } },
    'dangerous: answers are shared with the whole project (cache-widened)',
  ],
  [
    'a lower lifecycle',
    {},
    { lifecycle: 'beta' },
    'dangerous: the lifecycle is beta, not stable (lifecycle-lowered)',
  ],
  [
    'a higher lifecycle',
    { lifecycle: 'beta' },
    { lifecycle: 'stable' },
    'safe: the lifecycle is stable, not beta (lifecycle-raised)',
  ],
  [
    '41 a deprecation',
    {},
    {
      lifecycle: 'deprecated',
      deprecation: { since: '2026-01-01', sunset: '2026-06-30', replacement: 'title' },
    },
    'safe: the capability is deprecated; it may be removed from 2026-06-30 on (deprecated)',
  ],
  [
    'an earlier sunset',
    {
      lifecycle: 'deprecated',
      deprecation: { since: '2026-01-01', sunset: '2026-06-30', replacement: 'title' },
    },
    {
      lifecycle: 'deprecated',
      deprecation: { since: '2026-01-01', sunset: '2026-02-28', replacement: 'title' },
    },
    'dangerous: the sunset is 2026-02-28, not 2026-06-30 (sunset-moved-up)',
  ],
  [
    'no place for earlier turns any more',
    { prompt: [{ kind: 'slot', slot: 'history' }] },
    { prompt: [] },
    'dangerous: earlier turns of a conversation are refused (history-removed)',
    'safe: the prompt changed (prompt-changed)',
  ],
  [
    'another property for plain text',
    {},
    { textProperty: 'body' },
    'dangerous: called as a model, its text fills `body`, not `document` (text-property-changed)',
  ],
  [
    '37 another description',
    {},
    { description: 'Other.' },
    'safe: the description changed (description-changed)',
  ],
  ['other tags', {}, { tags: ['new'] }, 'safe: the tags changed (tags-changed)'],
];

test.each(rows.map(([row, old, next, ...expected]) => [row, { old, next, expected }] as const))(
  '%s',
  (_row, each) => {
    const { old, next, expected } = each;
    const changes = changesOf(compare(withCapability(old), withCapability(next)));
    expect(changes.map(told)).toEqual(expected);
  },
);

test('a Snapshot does not differ from itself', () => {
  const comparison = compare(base, structuredClone(base));
  expect(changesOf(comparison)).toEqual([]);
  expect(comparison.capabilities.map(({ status }) => status)).toEqual(
    Object.keys(base.capabilities).map(() => 'unchanged'),
  );
});

test('an answer that becomes plain text is told once, with an answer that shows it', () => {
  const [change] = changesOf(
    compare(base, withCapability({ output: { type: 'string' }, outputKind: 'text' })),
  );
  expect(change?.witness?.payload).toEqual('x');
});

test('what changes in capstan.yaml is said once, and asks no capability for a version', () => {
  const { economy: _gone, ...tiers } = base.tiers;
  const capabilities = Object.fromEntries(
    Object.entries(base.capabilities).map(([name, capability]) => {
      const { economy: _also, ...left } = capability.tiers.offer;
      return [name, { ...capability, revision: 'sha256:other', tiers: { ...capability.tiers, offer: left } }];
    }),
  );
  const comparison = compare(base, { ...base, tiers, aliases: {}, capabilities });
  expect(changesOf(comparison).map(told)).toEqual([
    'breaking: the tier "economy" was removed (tier-removed)',
    'dangerous: the alias "fast" was removed (alias-removed)',
  ]);
  expect(comparison.capabilities.every(({ version }) => version?.state === 'enough')).toBe(true);
});

// -- removal

const deprecation = { since: '2025-06-30', sunset: today, replacement: 'title' };

test.each<readonly [string, Patch, string, Change['verdict']]>([
  ['stable', {}, today, 'breaking'],
  ['beta', { lifecycle: 'beta' }, today, 'dangerous'],
  ['experimental', { lifecycle: 'experimental' }, today, 'safe'],
  ['deprecated, before its sunset', { lifecycle: 'deprecated', deprecation }, '2026-01-30', 'breaking'],
  ['deprecated, on its sunset', { lifecycle: 'deprecated', deprecation }, today, 'safe'],
  ['deprecated, after its sunset', { lifecycle: 'deprecated', deprecation }, '2027-01-01', 'safe'],
])('43 a capability that was %s is removed', (_words, patch, day, verdict) => {
  const [change] = changesOf(compare(withCapability(patch), withoutCapability(), { today: day }));
  expect(change).toMatchObject({ id: 'capability-removed', grade: 'breaking', verdict });
});

test('43 a capability under another name, and another major in its place, are told as that', () => {
  const renamed = { ...sample, key: 'shorten@1', name: 'shorten' };
  const next = { ...sample, key: 'summarize@2', major: 2, version: '2.0.0' };
  const texts = [renamed, next].map((capability) => {
    const { capabilities } = withoutCapability();
    const after = { ...base, capabilities: { ...capabilities, [capability.key]: capability } };
    return changesOf(compare(base, after)).map(({ text }) => text)[1];
  });
  expect(changesOf(compare(base, withoutCapability())).map(({ text }) => text)).toEqual([
    '`summarize@1` was removed',
  ]);
  expect(texts.toSorted(byText)).toEqual(
    ['`summarize@2` was added', '`summarize@1` was renamed to `shorten@1`'].toSorted((a, b) =>
      a.localeCompare(b),
    ),
  );
});

// -- what relieves a change

const narrowed: JsonSchema = { ...sample.input, required: ['document', 'maxPoints'] };
const breaking: Patch = { input: narrowed, version: '1.1.0' };

test.each<readonly [Capability['lifecycle'], Change['verdict']]>([
  ['experimental', 'safe'],
  ['beta', 'dangerous'],
  ['stable', 'breaking'],
  ['deprecated', 'breaking'],
])('what the baseline promised counts: %s', (lifecycle, verdict) => {
  const old = withCapability({
    lifecycle,
    input: { ...narrowed, required: ['document'], properties: optional },
  });
  const next = withCapability({
    ...breaking,
    lifecycle: 'experimental',
    input: { ...narrowed, properties: optional },
  });
  const change = changesOf(compare(old, next)).find(({ id }) => id === 'property-became-required');
  expect(change).toMatchObject({ grade: 'breaking', verdict });
});

const optional = { document: { type: 'string' }, maxPoints: { type: 'integer' } };
const before = withCapability({ input: { ...narrowed, required: ['document'], properties: optional } });
const after = withCapability({ ...breaking, input: { ...narrowed, properties: optional } });

describe('an acknowledgement', () => {
  const { fingerprint } = changesOf(compare(before, after)).find(
    ({ grade }) => grade === 'breaking',
  ) as Change;
  const acknowledged = (expires: string, name = fingerprint): Comparison =>
    compare(before, after, {
      acknowledgements: [{ fingerprint: name, reason: 'We know them all.', expires }],
    });

  test('lets a change pass up to its last day, and asks for no major', () => {
    const comparison = acknowledged(today);
    const change = changesOf(comparison).find(({ grade }) => grade === 'breaking');
    expect(change).toMatchObject({
      verdict: 'safe',
      relief: { kind: 'acknowledged', reason: 'We know them all.', expires: today },
    });
    expect(comparison.idleAcknowledgements).toEqual([]);
    expect(comparison.capabilities.find(({ status }) => status === 'changed')?.version?.required).toBe(
      '1.1.0',
    );
  });

  test('does nothing when it has expired, is not needed, or names nothing', () => {
    const harmless = changesOf(compare(before, withCapability({ tags: ['x'] }, before)))[0] as Change;
    const idle = (comparison: Comparison): unknown =>
      comparison.idleAcknowledgements.map(({ reason }) => reason);
    expect(idle(acknowledged('2026-01-30'))).toEqual(['expired']);
    expect(idle(acknowledged(today, '000000000000'))).toEqual(['unknown']);
    const unused = compare(before, withCapability({ tags: ['x'] }, before), {
      acknowledgements: [{ fingerprint: harmless.fingerprint, reason: 'Why not.', expires: today }],
    });
    expect(idle(unused)).toEqual(['unused']);
  });

  test('is for this change only: another text is another fingerprint', () => {
    const limited = (maximum: number): Snapshot =>
      withCapability({
        input: { ...narrowed, properties: { ...optional, maxPoints: { type: 'integer', maximum } } },
      });
    const prints = [9, 8].map((maximum) => changesOf(compare(limited(12), limited(maximum)))[0]?.fingerprint);
    expect(new Set(prints).size).toBe(2);
  });
});

// -- versions

test.each<readonly [string, Patch, Patch, string, string]>([
  ['nothing but the version changed', {}, { version: '1.0.1' }, '1.0.0', 'enough'],
  ['the prompt changed', {}, { prompt: [] }, '1.0.1', 'too-low'],
  ['the prompt changed, and the patch says so', {}, { prompt: [], version: '1.0.1' }, '1.0.1', 'enough'],
  ['something breaks', {}, { input: narrowedInput() }, '2.0.0', 'too-low'],
  ['something is new', {}, { input: widenedInput(), version: '1.0.1' }, '1.1.0', 'too-low'],
  [
    'something is new, and the minor says so',
    {},
    { input: widenedInput(), version: '1.1.0' },
    '1.1.0',
    'enough',
  ],
  [
    'below 1.0 something breaks',
    { version: '0.2.0' },
    { version: '0.2.1', input: narrowedInput() },
    '0.3.0',
    'too-low',
  ],
  [
    'below 1.0 the minor says so',
    { version: '0.2.0' },
    { version: '0.3.0', input: narrowedInput() },
    '0.3.0',
    'enough',
  ],
  [
    'below 1.0 something is new',
    { version: '0.2.0' },
    { version: '0.2.1', input: widenedInput() },
    '0.2.1',
    'enough',
  ],
  ['the version goes backwards', { version: '1.2.0' }, { version: '1.1.0' }, '1.2.0', 'backwards'],
])('%s', (_words, old, next, required, state) => {
  const comparison = compare(withCapability(old), withCapability({ ...old, ...next }));
  expect(comparison.capabilities.find((each) => each.key === key)?.version).toMatchObject({
    required,
    state,
  });
});

function narrowedInput(): JsonSchema {
  return { ...sample.input, properties: { document: { type: 'string', minLength: 9 } } };
}

function widenedInput(): JsonSchema {
  return {
    ...sample.input,
    properties: { ...(sample.input['properties'] as object), more: { type: 'string' } },
  };
}

test('below 1.0 a raised minor lets what breaks pass', () => {
  const comparison = compare(
    withCapability({ version: '0.2.0' }),
    withCapability({ version: '0.3.0', input: narrowedInput() }),
  );
  const broken = changesOf(comparison).filter(({ grade }) => grade === 'breaking');
  expect(broken.map(({ verdict, relief }) => [verdict, relief?.kind])).toEqual(
    broken.map(() => ['safe', 'version-raised']),
  );
  expect(broken.length).toBeGreaterThan(0);
});

test.each([
  ['1.2.0', 'patch', '1.2.1'],
  ['1.2.3', 'minor', '1.3.0'],
  ['1.2.3', 'major', '2.0.0'],
  ['0.2.3', 'major', '0.3.0'],
  ['0.2.3', 'minor', '0.2.4'],
  ['1.3.0-beta.1', 'patch', '1.3.0'],
  ['1.3.0-beta.1', 'minor', '1.3.0'],
  ['1.3.1-beta.1', 'minor', '1.4.0'],
  ['1.3.0-beta.1', 'major', '2.0.0'],
] as const)('after %s a %s is %s', (version, bump, next) => {
  expect(versionAfter(version, bump)).toBe(next);
});

test('versions stand in the order of semver.org', () => {
  const ordered = [
    ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'],
    ...['1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0'],
  ];
  expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});

test.each([
  ['1.2.1', '1.2.0', '1.2.1', true],
  ['1.3.0', '1.2.0', '1.2.1', false],
  ['1.3.0', '1.2.0', '1.3.0-beta.1', true],
  ['1.3.0', '1.3.0-beta.1', '1.3.0-beta.2', true],
  ['1.3.0', '1.3.0-beta.2', '1.3.0-beta.1', false],
])('%s after %s is told by %s: %s', (required, old, next, isTold) => {
  expect(isRaisedTo(required, old, next)).toBe(isTold);
});

// -- payloads in sentences

test.each([
  [{ a: 'x' }, '{"a":"x"}'],
  ['y'.repeat(200), '"yyyyyyyy"… (200 characters)'],
  [Array.from({ length: 40 }, () => 1), '[1,… (40 items)]'],
  [null, 'null'],
])('a payload fits a line: %j', (payload, printed) => {
  expect(printPayload(payload)).toBe(printed);
});

function byText(left: string | undefined, right: string | undefined): number {
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
