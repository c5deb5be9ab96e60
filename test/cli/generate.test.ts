// `capstan generate`: files are written when they differ, checked, and only its own leftovers are deleted.
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

test('the client is written once, then left alone, and passes the check', async () => {
  const project = sampleProject();
  const generate = ['generate'];
  expect(await runCli([...generate, '--check'], { in: project.root })).toMatchObject({
    code: 1,
    out: 'generated/index.ts: missing\n',
  });
  expect(await runCli(generate, { in: project.root })).toMatchObject({
    code: 0,
    out: 'wrote generated/index.ts\n',
  });
  const before = statSync(project.path('generated/index.ts'), { bigint: true });
  expect(await runCli(generate, { in: project.root })).toMatchObject({
    code: 0,
    out: 'Everything was up to date.\n',
  });
  expect(statSync(project.path('generated/index.ts'), { bigint: true }).mtimeNs).toBe(before.mtimeNs);
  expect(await runCli([...generate, '--check'], { in: project.root })).toMatchObject({ code: 0 });
});

test('a file that is out of date is named, and nothing is written by the check', async () => {
  const project = sampleProject();
  await runCli(['generate'], { in: project.root });
  const written = project.read('generated/index.ts');
  project.edit('capabilities/greet.cap.yaml', 'Who is greeted.', 'Somebody.');
  const { code, out } = await runCli(['generate', '--check', '--json'], { in: project.root });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({ stale: [{ path: 'generated/index.ts', state: 'out of date' }] });
  expect(project.read('generated/index.ts')).toBe(written);
});

test('line ends that version control changed are no difference', async () => {
  const project = sampleProject();
  await runCli(['generate'], { in: project.root });
  project.write('generated/index.ts', project.read('generated/index.ts').replaceAll('\n', '\r\n'));
  expect(await runCli(['generate', '--check'], { in: project.root })).toMatchObject({ code: 0 });
});

test('of what lies in the folder only its own leftovers are deleted', async () => {
  const project = sampleProject();
  await runCli(['generate'], { in: project.root });
  const own = project.read('generated/index.ts');
  project.write('generated/old/earlier.ts', own);
  project.write('generated/notes.md', 'by hand');
  project.write('generated/node_modules/other/index.ts', own);
  project.write('generated/project/capstan.yaml', '');
  project.write('generated/project/index.ts', own);
  const check = await runCli(['generate', '--check'], { in: project.root });
  expect(check).toMatchObject({ code: 1, out: 'generated/old/earlier.ts: left over\n' });
  const { code, out } = await runCli(['generate', '--json'], { in: project.root });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ written: [], deleted: ['generated/old/earlier.ts'] });
  for (const kept of ['notes.md', 'node_modules/other/index.ts', 'project/index.ts'])
    expect(statSync(project.path(`generated/${kept}`)).isFile()).toBe(true);
});

test('a project with errors generates nothing', async () => {
  const project = sampleProject();
  await runCli(['generate'], { in: project.root });
  const written = project.read('generated/index.ts');
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  const { code, err } = await runCli(['generate'], { in: project.root });
  expect(code).toBe(1);
  expect(err).toContain('--> capabilities/greet.cap.yaml');
  expect(err).toContain('Nothing was generated');
  expect(project.read('generated/index.ts')).toBe(written);
});

test.each([
  ['target: typescript', 'target: typescrpit', 'did you mean `typescript`?'],
  ['out: generated', 'out: ../elsewhere', 'does not lie below the project'],
  ['out: generated', 'out: .', 'does not lie below the project'],
])('%s written as %s is reported, not crashed on', async (from, to, words) => {
  const project = sampleProject();
  project.edit('capstan.yaml', from, to);
  const { code, err } = await runCli(['generate'], { in: project.root });
  expect([1, 2]).toContain(code);
  expect(err).toContain(words);
});

test('a project that asks for nothing is told how to ask', async () => {
  const project = sampleProject();
  const text = project.read('capstan.yaml');
  project.write('capstan.yaml', text.slice(0, text.indexOf('generate:')));
  const { code, err } = await runCli(['generate'], { in: project.root });
  expect(code).toBe(2);
  expect(err).toContain('- { target: typescript, out: generated/typescript }');
});
