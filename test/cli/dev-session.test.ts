// The core of hot reload, without terminal and server: what each kind of save does to what serves and is generated.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createDevSession } from '../../src/cli/dev-session.ts';
import type { DevSession, Update } from '../../src/cli/dev-session.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { capabilityNamed, sampleProject } from './sample-project.ts';
import type { SampleProject } from './sample-project.ts';

const greet = 'capabilities/greet.cap.yaml';

interface Opened {
  readonly project: SampleProject;
  readonly session: DevSession;
}

/** A session that has looked at the sample once. */
function openSession(): Opened {
  const project = sampleProject();
  const session = createDevSession(project.root);
  expect(session.update()).toMatchObject({ outcome: 'live', diagnostics: [], changes: [] });
  return { project, session };
}

function serving({ registry }: DevSession): Snapshot {
  if (registry === undefined) throw new Error('nothing serves');
  return registry.current;
}

function promptOf(session: DevSession, key = 'greet@1'): string {
  const [part] = serving(session).capabilities[key]?.prompt ?? [];
  return part?.kind === 'message' ? part.template : '';
}

function codesOf({ diagnostics }: Update): readonly string[] {
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

test('an edited prompt is live, and what changed is told', () => {
  const { project, session } = openSession();
  const before = serving(session);
  project.edit(greet, 'You greet people', 'You welcome people');
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['~ greet@1: prompt'] });
  expect(promptOf(session)).toContain('You welcome people');
  expect(serving(session).revision).not.toBe(before.revision);
  expect(before.capabilities['greet@1']?.prompt).not.toEqual(
    serving(session).capabilities['greet@1']?.prompt,
  );
});

test('a broken save changes nothing, and the next good one is live', () => {
  const { project, session } = openSession();
  const before = serving(session);
  project.edit(greet, '{{tone}}', '{{> tone}}');
  const broken = session.update();
  expect(broken).toMatchObject({ outcome: 'kept', changes: [] });
  expect(codesOf(broken)).toEqual(['template/unknown-partial']);
  expect(serving(session)).toBe(before);
  project.edit(greet, '{{> tone}}', '{{ tone }}');
  expect(session.update()).toMatchObject({ outcome: 'live', diagnostics: [] });
  expect(promptOf(session)).toContain('{{ tone }}');
});

test.each([
  ['a capability', greet, 'metadata: ['],
  ['the project file', 'capstan.yaml', 'providers: ['],
  ['a partial', 'partials/manners.hbs', '{{#if}'],
  ['a shared schema', 'schemas/common.schema.yaml', '$defs: {'],
  ['a capability, left empty by an editor', greet, ''],
  ['the project file, left empty by an editor', 'capstan.yaml', ''],
])('breaking %s keeps the last good Snapshot, and mending it makes it live again', (_, file, text) => {
  const { project, session } = openSession();
  const before = serving(session);
  const good = project.read(file);
  project.write(file, text);
  expect(session.update().outcome).toBe('kept');
  expect(serving(session)).toBe(before);
  project.write(file, good);
  expect(session.update()).toMatchObject({ outcome: 'unchanged', diagnostics: [] });
});

test('while one file is broken, good saves of others wait for it', () => {
  const { project, session } = openSession();
  project.write('capabilities/hail.cap.yaml', 'apiVersion: [');
  session.update();
  project.edit(greet, 'You greet people', 'You welcome people');
  expect(session.update().outcome).toBe('kept');
  project.write('capabilities/hail.cap.yaml', capabilityNamed('hail'));
  expect(session.update()).toMatchObject({
    outcome: 'live',
    changes: ['~ greet@1: prompt', '+ hail@1 (new)'],
  });
});

test('a saved partial reaches every prompt that includes it', () => {
  const { project, session } = openSession();
  const before = serving(session);
  project.write('partials/manners.hbs', 'Be kind.\n');
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['~ greet@1: partials'] });
  expect(serving(session).capabilities['greet@1']?.partials).toEqual({ manners: 'Be kind.\n' });
  expect(serving(session).capabilities['greet@1']?.revision).not.toBe(
    before.capabilities['greet@1']?.revision,
  );
});

test('a saved shared schema reaches every contract that refers to it', () => {
  const { project, session } = openSession();
  project.edit('schemas/common.schema.yaml', '[friendly, formal]', '[friendly, formal, solemn]');
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['~ greet@1: input'] });
  expect(JSON.stringify(serving(session).capabilities['greet@1']?.input)).toContain('solemn');
});

test('a saved project file changes providers, models and tiers', () => {
  const { project, session } = openSession();
  project.edit('capstan.yaml', 'tolerance: 0.5', 'tolerance: 0.4');
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['~ capstan.yaml: tiers'] });
  expect(serving(session).tiers['economy']?.tolerance).toBe(0.4);
});

test('new, renamed and deleted files come and go', () => {
  const { project, session } = openSession();
  project.write('capabilities/deep/er/hail.cap.yaml', capabilityNamed('hail'));
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['+ hail@1 (new)'] });
  project.remove('capabilities/deep/er/hail.cap.yaml');
  project.write('capabilities/cheer.cap.yaml', capabilityNamed('cheer'));
  expect(session.update()).toMatchObject({
    outcome: 'live',
    changes: ['+ cheer@1 (new)', '- hail@1 (gone)'],
  });
  project.remove('capabilities/cheer.cap.yaml');
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['- cheer@1 (gone)'] });
  expect(Object.keys(serving(session).capabilities)).toEqual(['greet@1']);
});

test('a deleted partial that is still included breaks, a deleted project file too', () => {
  const { project, session } = openSession();
  const before = serving(session);
  project.remove('partials/manners.hbs');
  expect(session.update().outcome).toBe('kept');
  project.write('partials/manners.hbs', 'Back.\n');
  project.remove('capstan.yaml');
  expect(session.update()).toMatchObject({ outcome: 'kept' });
  expect(serving(session)).toBe(before);
});

test('a comment, or a save without a change, leaves everything as it is', () => {
  const { project, session } = openSession();
  const before = serving(session);
  project.write(greet, `# a comment\n${project.read(greet)}`);
  expect(session.update()).toMatchObject({ outcome: 'unchanged', changes: [] });
  project.write(greet, project.read(greet));
  expect(session.update(new Set([greet]))).toMatchObject({ outcome: 'unchanged' });
  expect(serving(session)).toBe(before);
});

test('a capability that did not change keeps its object, so that nothing of it is prepared again', () => {
  const { project, session } = openSession();
  const before = serving(session).capabilities['greet@1'];
  project.write('capabilities/hail.cap.yaml', capabilityNamed('hail'));
  session.update();
  expect(serving(session).capabilities['greet@1']).toBe(before);
});

test('what was broken from the start serves without its broken part, until it was whole once', () => {
  const project = sampleProject();
  project.write('capabilities/hail.cap.yaml', 'apiVersion: [');
  const session = createDevSession(project.root);
  expect(session.update()).toMatchObject({ outcome: 'live' });
  expect(Object.keys(serving(session).capabilities)).toEqual(['greet@1']);
  project.edit(greet, 'You greet people', 'You welcome people');
  expect(session.update()).toMatchObject({ outcome: 'live', changes: ['~ greet@1: prompt'] });
  project.write('capabilities/hail.cap.yaml', capabilityNamed('hail'));
  expect(session.update()).toMatchObject({ outcome: 'live', diagnostics: [], changes: ['+ hail@1 (new)'] });
  project.edit('capabilities/hail.cap.yaml', '{{tone}}', '{{> tone}}');
  expect(session.update()).toMatchObject({ outcome: 'kept' });
});

test('a project without a usable capstan.yaml is waited for', () => {
  const project = sampleProject();
  const good = project.read('capstan.yaml');
  project.write('capstan.yaml', 'kind: [');
  const session = createDevSession(project.root);
  expect(session.update().outcome).toBe('waiting');
  expect(session.registry).toBeUndefined();
  project.write('capstan.yaml', good);
  expect(session.update()).toMatchObject({ outcome: 'live', diagnostics: [] });
  expect(Object.keys(serving(session).capabilities)).toEqual(['greet@1']);
});

test('generated files follow what is live, and a broken save leaves them', async () => {
  const { project, session } = openSession();
  expect(await session.generate()).toEqual({ written: ['generated/index.ts'], deleted: [] });
  expect(await session.generate()).toEqual({ written: [], deleted: [] });
  project.edit(greet, 'Who is greeted.', 'The person in question.');
  session.update();
  await session.generate();
  expect(project.read('generated/index.ts')).toContain('The person in question.');
  project.edit(greet, 'The person in question.', '[');
  session.update();
  expect(await session.generate()).toEqual({ written: [], deleted: [] });
});

test('of many saves in a row the last is generated, however the runs overlap', async () => {
  const { project, session } = openSession();
  const runs: Promise<unknown>[] = [];
  let last = 'Who is greeted.';
  for (let count = 0; count < 20; count += 1) {
    const text = `Person ${count}.`;
    project.edit(greet, last, text);
    last = text;
    session.update();
    runs.push(session.generate());
  }
  await Promise.all(runs);
  expect(project.read('generated/index.ts')).toContain('Person 19.');
});

test('a client is not generated without the capabilities that are broken from the start', async () => {
  const project = sampleProject();
  project.write('capabilities/hail.cap.yaml', 'apiVersion: [');
  const session = createDevSession(project.root);
  session.update();
  await session.generate();
  expect(existsSync(project.path('generated'))).toBe(false);
  project.remove('capabilities/hail.cap.yaml');
  session.update();
  expect(await session.generate()).toMatchObject({ written: ['generated/index.ts'] });
});

test('edits in any order leave what a fresh session finds', () => {
  const { project, session } = openSession();
  const good = project.read(greet);
  const edits: readonly (() => void)[] = [
    () => project.write('capabilities/hail.cap.yaml', capabilityNamed('hail')),
    () => project.write(greet, 'apiVersion: ['),
    () => project.edit('schemas/common.schema.yaml', 'formal', 'solemn'),
    () => project.write('partials/manners.hbs', 'Be kind.\n'),
    () => project.write(greet, good.replace('You greet', 'You meet')),
    () => project.remove('capabilities/hail.cap.yaml'),
    () => project.edit('capstan.yaml', 'timeout: 20s', 'timeout: 9s'),
  ];
  for (const edit of edits) {
    edit();
    session.update();
  }
  const fresh = createDevSession(project.root);
  fresh.update();
  expect(serving(session)).toEqual(serving(fresh));
});
