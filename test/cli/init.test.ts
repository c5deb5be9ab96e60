// `capstan init`: what it writes is in order, tested and callable, and nothing that exists is overwritten.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { installSource } from '../../src/cli/install-source.ts';
import { emptyFolder, sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

test('a new project checks, tests, generates, routes and runs', async () => {
  const { root, read } = emptyFolder();
  const made = await runCli(['init'], { in: root });
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain('made capstan.yaml\nmade capabilities/summarize.cap.yaml\n');
  expect(await runCli(['check', '--fail-on', 'warning'], { in: root })).toMatchObject({
    code: 0,
    out: '✓ 1 capability in order, nothing to report\n',
  });
  expect(await runCli(['test'], { in: root })).toMatchObject({ code: 0 });
  expect(await runCli(['generate'], { in: root })).toMatchObject({ code: 0 });
  expect(await runCli(['generate', '--check'], { in: root })).toMatchObject({ code: 0 });
  expect(await runCli(['list'], { in: root })).toMatchObject({ code: 0 });
  for (const tier of ['economy', 'standard', 'premium'])
    expect(await runCli(['route', 'summarize', '--tier', tier], { in: root })).toMatchObject({ code: 0 });
  const { code, out } = await runCli(['run', 'summarize'], { in: root });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ summary: expect.any(String) as string });
  expect(read('generated/typescript/index.ts')).not.toContain("from 'capstan");
});

test('what is to be done next begins with the package when it is not installed', async () => {
  const folder = emptyFolder();
  const { root, path } = folder;
  const checkout = resolve(import.meta.dirname, '../..');
  const serve = '  npx capstan dev     serve it; every save reloads\n';
  const without = await runCli(['init'], { in: root });
  expect(without.out).toContain(`\nNext:\n  npm install ${checkout}\n${serve}`);
  const capability = await runCli(['init', 'capability', 'hail'], { in: path('capabilities') });
  expect(capability.out).toContain(`\nNext:\n  npm install ${checkout}\n  npx capstan run hail\n`);
  folder.write('node_modules/capstan/package.json', '{}');
  const installed = await runCli(['init', '-p', 'my teams/search'], { in: root });
  expect(installed.out).toContain(`\nNext:\n  cd "${join('my teams', 'search')}"\n${serve}`);
});

test.each([
  ['"https://registry.example/capstan-0.1.0.tgz"', () => 'capstan'],
  ['"file:../packed/capstan-0.1.0.tgz"', (root: string) => join(dirname(root), 'packed/capstan-0.1.0.tgz')],
  ['7', (root: string) => join(root, 'node_modules/capstan')],
  ['', (root: string) => join(root, 'node_modules/capstan')],
])('a package that npm resolved from %s is installed likewise elsewhere', (resolved, source) => {
  const folder = emptyFolder();
  const { root, path } = folder;
  const lock = `{ "packages": { "node_modules/capstan": { "resolved": ${resolved} } } }`;
  folder.write('node_modules/.package-lock.json', lock);
  expect(installSource(path('node_modules/capstan'))).toBe(source(root));
});

test('editors find the schemas of the installed package', async () => {
  const { root, read, path } = emptyFolder();
  mkdirSync(path('node_modules/capstan/schemas'), { recursive: true });
  await runCli(['init', '--project', 'teams/search'], { in: root });
  const folder = '../../node_modules/capstan/schemas';
  expect(read('teams/search/capstan.yaml')).toMatch(
    `# yaml-language-server: $schema=${folder}/project.schema.json\n`,
  );
  expect(read('teams/search/capabilities/summarize.cap.yaml')).toMatch(
    `# yaml-language-server: $schema=../${folder}/capability.schema.json\n`,
  );
});

test('the settings of the workspace bind the schemas by file name; settings that are there stay', async () => {
  const folder = emptyFolder();
  const { root, read } = folder;
  await runCli(['init', '-p', 'fresh'], { in: root });
  expect(JSON.parse(read('fresh/.vscode/settings.json'))).toMatchObject({
    'yaml.schemas': {
      './node_modules/capstan/schemas/project.schema.json': 'capstan.yaml',
      './node_modules/capstan/schemas/capability.schema.json': 'capabilities/**/*.cap.yaml',
    },
  });
  folder.write('mine/.vscode/settings.json', '{}\n');
  expect(await runCli(['init', '-p', 'mine'], { in: root })).toMatchObject({ code: 0 });
  expect(read('mine/.vscode/settings.json')).toBe('{}\n');
});

test.each([
  ['My Söarch Project!', 'my-soarch-project'],
  ['123', 'my-project'],
  ['null', '"null"'],
])('a folder called %j makes a project called %s', async (folder, name) => {
  const { root, read } = emptyFolder();
  await runCli(['init', '-p', folder], { in: root });
  expect(read(`${folder}/capstan.yaml`)).toContain(`metadata: { name: ${name} }`);
  expect(await runCli(['check', '-p', folder], { in: root })).toMatchObject({ code: 0 });
});

test('a second init changes nothing', async () => {
  const project = sampleProject();
  const before = project.read('capstan.yaml');
  const { code, err } = await runCli(['init'], { in: project.root });
  expect(code).toBe(2);
  expect(err).toContain('there is capstan.yaml already');
  expect(project.read('capstan.yaml')).toBe(before);
});

test.each(['translate-ticket', 'a', 'true'])('a new capability %s is in order and runs', async (name) => {
  const project = sampleProject();
  const { root } = project;
  const made = await runCli(['init', 'capability', name], { in: project.path('capabilities') });
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain(`made capabilities/${name}.cap.yaml\n`);
  expect(project.read(`capabilities/${name}.cap.yaml`)).toContain('owner: team-hello\n');
  expect(await runCli(['check', '--fail-on', 'deny'], { in: root })).toMatchObject({ code: 0 });
  expect(await runCli(['test', name], { in: root })).toMatchObject({ code: 0 });
  expect(await runCli(['run', name], { in: root })).toMatchObject({ code: 0 });
});

test.each([
  ['TranslateTicket', 'like translate-ticket'],
  ['translate_ticket', 'like translate-ticket'],
  ['-', 'Usage: capstan init capability'],
  ['../outside', 'like outside'],
])('the name %j is refused', async (name, words) => {
  const project = sampleProject();
  const { code, out, err } = await runCli(['init', 'capability', '--', name], { in: project.root });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  if (name !== '-') expect(err).toContain(words);
});

test('a capability that exists, in whatever folder, is not made again', async () => {
  const project = sampleProject();
  project.write('capabilities/team/hail.cap.yaml', '');
  const { code, err } = await runCli(['init', 'capability', 'hail'], { in: project.root });
  expect(code).toBe(2);
  expect(err).toContain('There is capabilities/team/hail.cap.yaml already');
});
