// `capstan build` and `capstan serve --snapshot`: one file, the same every time, sealed, and served without a compiler.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { emptyFolder, sampleProject } from './sample-project.ts';
import type { SampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';
import { startCli } from './start-cli.ts';

const repository = resolve(import.meta.dirname, '../..');
const built = 'capstan.snapshot.json';
const loopback = ['--insecure-no-auth', '--port', '0', '--usage', 'memory'];
const call = {
  method: 'POST',
  body: '{"input":{"name":"Ada"}}',
  headers: { 'content-type': 'application/json' },
};

async function buildProject(change: (project: SampleProject) => void = () => {}): Promise<SampleProject> {
  const project = sampleProject();
  change(project);
  const { code } = await runCli(['build'], { in: project.root });
  expect(code).toBe(0);
  return project;
}

test('the same project gives the same bytes, wherever it lies and however its lines end', async () => {
  const first = await buildProject();
  const second = await buildProject((project) => {
    for (const file of ['capstan.yaml', 'capabilities/greet.cap.yaml', 'schemas/common.schema.yaml']) {
      project.write(file, project.read(file).replaceAll('\n', '\r\n'));
    }
  });
  expect(second.read(built)).toBe(first.read(built));
  const { out } = await runCli(['build', '--out', '-'], { in: first.root });
  expect(out).toBe(first.read(built));
  expect(out.endsWith('}\n') && !out.slice(0, -1).includes('\n')).toBe(true);
});

test('--json says what was written', async () => {
  const project = sampleProject();
  const { code, out } = await runCli(['build', '--out', 'dist/app.json', '--json'], { in: project.root });
  const { revision } = JSON.parse(project.read('dist/app.json')) as Snapshot;
  expect({ code, said: JSON.parse(out) as unknown }).toEqual({
    code: 0,
    said: {
      file: 'dist/app.json',
      revision,
      capabilities: 1,
      bytes: Buffer.byteLength(project.read('dist/app.json')),
    },
  });
});

test('no key is in it, whatever the environment holds', async () => {
  const project = sampleProject();
  const secret = 'sk-canary-0123456789';
  const environment = { SAMPLE_KEY: secret };
  expect((await runCli(['build'], { in: project.root, environment })).code).toBe(0);
  expect(project.read(built)).not.toContain(secret);
  expect(project.read(built)).toContain('"SAMPLE_KEY"');
});

test('a project with errors is not built', async () => {
  const project = sampleProject();
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  const { code, err } = await runCli(['build'], { in: project.root });
  expect(code).toBe(1);
  expect(err).toMatch(/Nothing was built: mend the errors first\.\n$/);
  expect(() => project.read(built)).toThrow('ENOENT');
});

test('it is served where there is no project, as the project would be', async () => {
  const project = await buildProject();
  const elsewhere = emptyFolder();
  elsewhere.write(built, project.read(built));
  await using serve = startCli(['serve', '--snapshot', built, ...loopback], elsewhere.root);
  const url = await serve.url();
  const answer = await fetch(`${url}/v1/capabilities/greet`, call);
  const { revision } = JSON.parse(project.read(built)) as Snapshot;
  expect(answer.headers.get('x-capstan-revision')).toBe(revision);
  expect(await answer.json()).toMatchObject({ output: { greeting: expect.any(String) as string } });
});

test('it is a baseline of `capstan breaking`', async () => {
  const project = await buildProject((changed) =>
    changed.edit('capabilities/greet.cap.yaml', 'lifecycle: beta', 'lifecycle: stable'),
  );
  project.edit('capabilities/greet.cap.yaml', 'maxLength: 80', 'maxLength: 8');
  const { code, out } = await runCli(['breaking', '--against', built], { in: project.root });
  expect(code).toBe(1);
  expect(out).toContain('maxLength');
});

const change = (edit: (snapshot: Record<string, unknown>) => void) => (text: string) => {
  const snapshot = JSON.parse(text) as Record<string, unknown>;
  edit(snapshot);
  return JSON.stringify(snapshot);
};

test.each<[string, (text: string) => string, string]>([
  [
    'a prompt that was edited',
    (text) => text.replace('You greet people', 'You insult people'),
    'It was changed',
  ],
  [
    'a key that was let in',
    change((snapshot) => (snapshot['access'] = { keys: [{ name: 'x', sha256: 'y' }] })),
    'It was changed',
  ],
  [
    'a capability that was taken out',
    change((snapshot) => (snapshot['capabilities'] = {})),
    'It was changed',
  ],
  [
    'a revision that was edited',
    (text) => text.replace(/"revision":"sha256:[0-9a-f]/, '"revision":"sha256:x'),
    'It was changed',
  ],
  ['a newer format', change((snapshot) => (snapshot['formatVersion'] = 2)), 'A newer Capstan built it'],
  [
    'a newer format of another shape',
    () => '{"formatVersion":7,"capabilities":{}}',
    'A newer Capstan built it',
  ],
  ['no format', change((snapshot) => delete snapshot['formatVersion']), 'Its format version is missing'],
  ['half of it', (text) => text.slice(0, text.length / 2), 'It is not JSON'],
  ['an empty file', () => '', 'It is not JSON'],
  ['something else', () => '[1]', 'It is not a Snapshot'],
])('%s is refused', async (_what, edit, words) => {
  const project = await buildProject();
  const file = project.path(built);
  const edited = edit(readFileSync(file, 'utf8'));
  expect(edited).not.toBe(project.read(built));
  writeFileSync(file, edited);
  const { code, out, err } = await runCli(['serve', '--snapshot', built, ...loopback], { in: project.root });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`${built} cannot be served. ${words}`);
});

test('a file that is not there is said to be so', async () => {
  const { code, err } = await runCli(['serve', '--snapshot', 'no.json', ...loopback], {
    in: emptyFolder().root,
  });
  expect(code).toBe(2);
  expect(err).toContain('There is no file no.json; `capstan build` makes one.');
});

test('neither YAML nor the compiler is loaded to serve it', async () => {
  const project = await buildProject();
  const here = ['--project', project.root, ...loopback];
  const loaded = await modulesLoadedBy(['serve', '--snapshot', project.path(built), ...here]);
  expect(loaded).toContain('src/server/create-server.ts');
  const unwanted =
    /^src\/compiler\/|^src\/workspace\/read-|^node_modules\/(?:yaml|chokidar|json-schema-to-typescript)\//;
  // A table of words, which the help of `capstan test` lists.
  const allowed = ['src/compiler/assertions.ts'];
  expect(loaded.filter((path) => unwanted.test(path) && !allowed.includes(path))).toEqual([]);
  const fromYaml = await modulesLoadedBy(['serve', ...here]);
  expect(fromYaml.filter((path) => unwanted.test(path)).length).toBeGreaterThan(50);
});

/** Paths below the repository of all modules that are loaded until the server answers. */
async function modulesLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const list = emptyFolder().path('loaded.txt');
  const tell =
    'data:text/javascript,import{appendFileSync}from"node:fs";import{registerHooks}from"node:module";registerHooks({load(' +
    `url,context,next){appendFileSync(${JSON.stringify(list)},url+"\\n");return next(url,context)}})`;
  const words = ['--import', tell, join(repository, 'src/cli/main.ts'), ...args];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((started, failed) => {
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (/^Capstan serves/m.test(said)) started();
    });
    child.once('exit', (code) => failed(new Error(`it ended with ${code}: ${said.slice(-500)}`)));
  });
  const ended = new Promise((end) => child.once('exit', end));
  child.kill('SIGTERM');
  await ended;
  const root = pathToFileURL(`${repository}/`).href;
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((url) => url.replace(root, ''));
}

test('a folder where the file is to be is named, with the way out', async () => {
  const { root } = sampleProject();
  expect(await runCli(['build', '--out', '.'], { in: root })).toMatchObject({
    code: 2,
    err: expect.stringContaining('. is a folder; name a file: --out capstan.snapshot.json\n') as string,
  });
});
