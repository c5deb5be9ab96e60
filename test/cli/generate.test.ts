// `capstan generate`: files are written when they differ, checked, and only what it made itself is ever deleted.
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testShownExamples } from '../support/shown-examples.ts';
import type { ShownExample } from '../support/shown-examples.ts';
import { capabilityNamed, sampleProject } from './sample-project.ts';
import type { SampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';
import type { CliRun } from './run-cli.ts';

const generate = (project: SampleProject, ...options: readonly string[]): Promise<CliRun> =>
  runCli(['generate', ...options], { in: project.root });

const client = 'generated/index.ts';
const manifest = 'generated/.capstan-manifest.json';

/** A project that has been generated. */
async function generatedProject(): Promise<SampleProject> {
  const project = sampleProject();
  expect(await generate(project)).toMatchObject({ code: 0 });
  return project;
}

/** What the check finds: code and file, as one line each. */
async function findingsOf(project: SampleProject): Promise<readonly string[]> {
  const { out } = await generate(project, '--check', '--json');
  const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; message: string }[] };
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

test('the client is written once, then left alone, and passes the check', async () => {
  const project = sampleProject();
  expect(await generate(project, '--check')).toMatchObject({ code: 1 });
  expect(existsSync(project.path('generated'))).toBe(false);
  expect(await generate(project)).toMatchObject({ code: 0, out: `wrote ${client}\n` });
  const stamp = () =>
    [client, manifest].map((file) => statSync(project.path(file), { bigint: true }).mtimeNs);
  const before = stamp();
  expect(await generate(project)).toMatchObject({ code: 0, out: 'Everything was up to date.\n' });
  expect(stamp()).toEqual(before);
  expect(await generate(project, '--check')).toMatchObject({ code: 0 });
});

test('the manifest says what was made, for which target, and where it is lost it comes back', async () => {
  const project = await generatedProject();
  const first = project.read(manifest);
  expect(JSON.parse(first)).toEqual({
    comment: expect.stringMatching(/^Code generated .* DO NOT EDIT\.$/) as string,
    formatVersion: 1,
    files: {
      'index.ts': { target: 'typescript', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    },
  });
  expect(first.endsWith('}\n')).toBe(true);
  project.remove(manifest);
  expect(await findingsOf(project)).toEqual([`generate/out-of-date: ${manifest} is missing.`]);
  expect(await generate(project)).toMatchObject({ out: `wrote ${manifest}\n` });
  expect(project.read(manifest)).toBe(first);
});

test('nothing is written by the check', async () => {
  const project = await generatedProject();
  const written = project.read(client);
  project.edit('capabilities/greet.cap.yaml', 'Who is greeted.', 'Somebody.');
  expect(await generate(project, '--check')).toMatchObject({ code: 1 });
  expect(project.read(client)).toBe(written);
});

test.each(['compact', 'json', 'github', 'sarif'])('the check prints %s', async (format) => {
  const project = sampleProject();
  const { code, out } = await generate(project, '--check', '--format', format);
  expect(code).toBe(1);
  expect(out).toContain('generate/out-of-date');
  expect(out).toContain(client);
});

test('line ends that version control changed are no difference', async () => {
  const project = await generatedProject();
  for (const file of [client, manifest]) project.write(file, project.read(file).replaceAll('\n', '\r\n'));
  expect(await generate(project, '--check')).toMatchObject({ code: 0 });
});

test('an edit by hand is overwritten, and said', async () => {
  const project = await generatedProject();
  const written = project.read(client);
  project.write(client, `${written}// mine\n`);
  const { out } = await generate(project);
  expect(out).toBe(`wrote ${client} (the edits made by hand are gone)\n`);
  expect(project.read(client)).toBe(written);
});

test('a lost or broken manifest makes no file foreign: its first line says whose it is', async () => {
  const project = await generatedProject();
  for (const broken of [
    '<<<<<<< HEAD\n',
    '[]',
    '{"formatVersion":1,"files":{"index.ts":7}}',
    '{"formatVersion":2}',
  ]) {
    project.write(manifest, broken);
    project.edit('capabilities/greet.cap.yaml', 'Who is', 'Who is it that is');
    expect(await generate(project)).toMatchObject({ code: 0, out: `wrote ${client}\n` });
    expect(await generate(project, '--check')).toMatchObject({ code: 0 });
  }
});

test('of what lies in the folder only its own leftovers are deleted', async () => {
  const project = await generatedProject();
  const kept = ['generated/notes.md', 'generated/other.ts', 'generated/node_modules/other/index.ts'];
  for (const path of kept) project.write(path, project.read(client));
  project.edit('capstan.yaml', 'out: generated', 'out: generated/typescript');
  const { code, out } = await generate(project, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    written: ['generated/typescript/index.ts'],
    deleted: [client],
  });
  for (const path of kept) expect(existsSync(project.path(path))).toBe(true);
  expect(existsSync(project.path(manifest))).toBe(false);
  expect(await generate(project, '--check')).toMatchObject({ code: 0 });
});

test('a leftover that was edited stays, and is forgotten', async () => {
  const project = await generatedProject();
  project.write(client, '// mine now\n');
  project.edit('capstan.yaml', 'out: generated', 'out: clients');
  expect(await generate(project)).toMatchObject({
    code: 0,
    out: 'wrote clients/index.ts\n',
    err: expect.stringContaining(`kept ${client}`) as string,
  });
  expect(project.read(client)).toBe('// mine now\n');
  expect(await generate(project, '--check')).toMatchObject({ code: 0 });
});

test('a manifest that names files elsewhere deletes nothing', async () => {
  const project = await generatedProject();
  const { files } = JSON.parse(project.read(manifest)) as { files: Record<string, object> };
  project.write('precious.ts', project.read(client));
  const stolen = { '../precious.ts': files['index.ts'], [project.path('precious.ts')]: files['index.ts'] };
  project.write(manifest, JSON.stringify({ formatVersion: 1, files: { ...files, ...stolen } }));
  expect(await generate(project, '--clean')).toMatchObject({ code: 0, out: `deleted ${client}\n` });
  expect(existsSync(project.path('precious.ts'))).toBe(true);
});

describe('--clean', () => {
  test('goes with every target, and with nothing else', async () => {
    const project = sampleProject();
    const entries = ['{ target: python, out: lib/client }', '{ target: openapi, out: lib/openapi.json }'];
    project.write(
      'capstan.yaml',
      `${project.read('capstan.yaml')}${entries.map((entry) => `  - ${entry}\n`).join('')}`,
    );
    project.write('lib/client/own.py', 'kept = True\n');
    expect(await generate(project)).toMatchObject({ code: 0 });
    for (const file of ['lib/client/__init__.py', 'lib/client/runtime.py', 'lib/openapi.json', client]) {
      expect(project.read(file).split('\n')[0]).toMatch(/Code generated by capstan. DO NOT EDIT./);
    }
    expect(await generate(project, '--check')).toMatchObject({ code: 0 });
    expect(await generate(project, '--clean')).toMatchObject({ code: 0 });
    expect(readdirSync(project.path('lib'), { recursive: true }).map(String).toSorted()).toEqual([
      'client',
      join('client', 'own.py'),
    ]);
  });

  test('deletes what was made, with folders that are empty then, and nothing else', async () => {
    const project = await generatedProject();
    const before = readdirSync(project.root).filter((name) => name !== 'generated');
    expect(await generate(project, '--clean')).toMatchObject({ code: 0, out: `deleted ${client}\n` });
    expect(readdirSync(project.root)).toEqual(before);
    expect(await generate(project, '--clean')).toMatchObject({
      code: 0,
      out: 'Nothing was there to delete.\n',
    });
  });

  test('leaves files of others, edited files, links and other projects alone', async () => {
    const project = await generatedProject();
    const made = project.read(client);
    project.write('generated/notes.md', 'by hand');
    project.write('other/capstan.yaml', '');
    project.write('other/generated/index.ts', made);
    project.write('other/generated/.capstan-manifest.json', project.read(manifest));
    mkdirSync(project.path('elsewhere'));
    symlinkSync(project.path('other/generated'), project.path('elsewhere/link'));
    project.write(client, `${made}// edited\n`);
    const { out, err } = await generate(project, '--clean');
    expect([out, err]).toEqual(['Nothing was there to delete.\n', expect.stringContaining(`kept ${client}`)]);
    for (const path of ['generated/notes.md', client, 'other/generated/index.ts'])
      expect(existsSync(project.path(path))).toBe(true);
  });

  test('works while the project does not compile', async () => {
    const project = await generatedProject();
    project.write('capabilities/greet.cap.yaml', 'nothing: right\n');
    expect(await generate(project, '--clean')).toMatchObject({ code: 0, out: `deleted ${client}\n` });
  });

  test.each([['--check'], ['--watch']])('does not go with %s', async (other) => {
    expect(await generate(sampleProject(), '--clean', other)).toMatchObject({ code: 2 });
  });
});

describe('--target', () => {
  test('leaves the files of other targets as they are', async () => {
    const project = await generatedProject();
    const other = { 'openapi.json': { target: 'openapi', sha256: 'a'.repeat(64) } };
    const body = JSON.parse(project.read(manifest)) as { files: object };
    project.write(manifest, JSON.stringify({ ...body, files: { ...body.files, ...other } }));
    project.write('generated/openapi.json', '{}');
    project.edit('capabilities/greet.cap.yaml', 'Who is greeted.', 'Somebody.');
    expect(await generate(project, '--target', 'typescript')).toMatchObject({
      code: 0,
      out: `wrote ${client}\n`,
    });
    expect(JSON.parse(project.read(manifest))).toMatchObject({
      files: { ...body.files, ...other, 'index.ts': {} },
    });
    expect(await generate(project, '--clean', '--target', 'typescript')).toMatchObject({
      out: `deleted ${client}\n`,
    });
    expect(JSON.parse(project.read(manifest))).toMatchObject({ files: other });
  });

  test('a target that does not exist gets a suggestion', async () => {
    const { code, err } = await generate(sampleProject(), '--target', 'typescrpit');
    expect([code, err]).toEqual([2, expect.stringContaining('Did you mean "typescript"?')]);
  });
});

test('--watch generates after every good save, and says why not after a broken one', async () => {
  const project = sampleProject();
  const stop = new AbortController();
  let heard = '';
  const waiting: { words: string; resolve: () => void }[] = [];
  const hear = (text: string): void => {
    heard += text;
    for (const [index, { words, resolve: done }] of waiting.entries()) {
      if (!heard.includes(words)) continue;
      heard = '';
      waiting.splice(index, 1);
      return done();
    }
  };
  const hears = (words: string) => new Promise<void>((done) => waiting.push({ words, resolve: done }));

  const started = hears('Watching');
  const run = runCli(['generate', '--watch'], { in: project.root, stop: stop.signal, onPrint: hear });
  await started;
  expect(project.read(client)).toContain('Who is greeted.');

  const changed = hears(`wrote ${client}`);
  project.edit('capabilities/greet.cap.yaml', 'Who is greeted.', 'Somebody.');
  await changed;
  expect(project.read(client)).toContain('Somebody.');

  const broken = hears('Nothing was generated');
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  await broken;
  expect(project.read(client)).toContain('Somebody.');

  stop.abort();
  expect(await run).toMatchObject({ code: 0 });
});

test('a project with errors generates nothing', async () => {
  const project = await generatedProject();
  const written = project.read(client);
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  const { code, err } = await generate(project);
  expect(code).toBe(1);
  expect(err).toContain('--> capabilities/greet.cap.yaml');
  expect(err).toContain('Nothing was generated');
  expect(project.read(client)).toBe(written);
});

test.each([
  ['target: typescript', 'target: typescrpit', 'did you mean `typescript`?'],
  ['out: generated', 'out: ../elsewhere', 'does not lie below the project'],
  ['out: generated', 'out: generated/../..', 'does not lie below the project'],
  ['out: generated', 'out: .', 'does not lie below the project'],
])('%s written as %s is reported, not crashed on', async (from, to, words) => {
  const project = sampleProject();
  project.edit('capstan.yaml', from, to);
  const { code, err } = await generate(project);
  expect([1, 2]).toContain(code);
  expect(err).toContain(words);
});

test.each(['./generated/', 'generated//', 'a/../generated'])('%s is the folder generated', async (out) => {
  const project = sampleProject();
  project.edit('capstan.yaml', 'out: generated', `out: ${out}`);
  expect(await generate(project)).toMatchObject({ code: 0, out: `wrote ${client}\n` });
});

test('a project that asks for nothing is told how to ask', async () => {
  const project = sampleProject();
  const text = project.read('capstan.yaml');
  project.write('capstan.yaml', text.slice(0, text.indexOf('generate:')));
  const { code, err } = await generate(project);
  expect(code).toBe(2);
  expect(err).toContain('- { target: typescript, out: generated/typescript }');
});

describe('what the pages of the codes show is what is said', () => {
  const shown = (
    page: string,
    example: string,
    make: (project: SampleProject) => void,
    verb: '--check' | '--json' = '--check',
  ): ShownExample => ({
    page,
    example,
    async said() {
      const project = await generatedProject();
      make(project);
      const { code, out, err } = await generate(project, verb);
      expect(code).toBe(1);
      return verb === '--check' ? out.replace(/\n\d+ generated file.*\n$/, '') : err;
    },
  });

  /** The manifest says that `old.ts` was generated too. */
  const addOld = (project: SampleProject, text: string): void => {
    const body = JSON.parse(project.read(manifest)) as { files: Record<string, object> };
    const files = { ...body.files, 'old.ts': body.files['index.ts'] };
    project.write(manifest, JSON.stringify({ ...body, files }));
    project.write('generated/old.ts', text);
  };

  testShownExamples('generate', [
    shown('out-of-date', 'A file that is missing', (project) => project.remove(client)),
    shown('out-of-date', 'A file from an earlier state', (project) =>
      project.edit('capabilities/greet.cap.yaml', 'Who is', 'Whoever is'),
    ),
    shown('out-of-date', 'A file that nothing generates any more', (project) =>
      addOld(project, project.read(client)),
    ),
    shown('edited-by-hand', 'A generated file with an edit', (project) =>
      project.write(client, `${project.read(client)}// mine\n`),
    ),
    shown('edited-by-hand', 'An edited file that nothing generates any more', (project) =>
      addOld(project, '// mine\n'),
    ),
    shown(
      'foreign-file',
      "A file of one's own in the folder for generated files",
      (project) => {
        project.remove(manifest);
        project.write(client, 'export const mine = 1;\n');
      },
      '--json',
    ),
  ]);
});

test('a refusal writes nothing at all', async () => {
  const project = sampleProject();
  project.write(client, 'export const mine = 1;\n');
  project.write('capabilities/other.cap.yaml', capabilityNamed('other'));
  expect(await generate(project)).toMatchObject({ code: 1 });
  expect(readdirSync(project.path('generated'))).toEqual(['index.ts']);
  expect(project.read(client)).toBe('export const mine = 1;\n');
});
