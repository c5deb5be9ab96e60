// What is read from a project's folder, and what is refused.
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProjectRoot } from '../../src/workspace/find-project-root.ts';
import { sourceBytesMax } from '../../src/workspace/problems.ts';
import { createSourceReader, readSources } from '../../src/workspace/read-sources.ts';

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'capstan-read-')));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text = ''): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function pathsRead(): Promise<readonly string[]> {
  return (await readSources(root)).map(({ path }) => path);
}

test('sources are found by folder and ending, and come in path order', async () => {
  for (const path of [
    'capstan.yaml',
    'capabilities/b.cap.yaml',
    'capabilities/a/deep.cap.yaml',
    'capabilities/a/part.hbs',
    'partials/style.hbs',
    'schemas/common.schema.yaml',
    'schemas/capability.schema.json',
    'capabilities/notes.md',
    'capabilities/old.cap.yaml.bak',
    'partials/x.cap.yaml',
    'src/c.cap.yaml',
  ]) {
    put(path);
  }
  expect(await pathsRead()).toEqual([
    'capabilities/a/deep.cap.yaml',
    'capabilities/a/part.hbs',
    'capabilities/b.cap.yaml',
    'capstan.yaml',
    'partials/style.hbs',
    'schemas/common.schema.yaml',
  ]);
});

test('installed packages, generated code and hidden folders hold no sources', async () => {
  put('capabilities/node_modules/x/a.cap.yaml');
  put('capabilities/generated/a.cap.yaml');
  put('capabilities/.cache/a.cap.yaml');
  put('capabilities/kept.cap.yaml');
  expect(await pathsRead()).toEqual(['capabilities/kept.cap.yaml']);
});

test('an empty folder has no sources', async () => {
  expect(await pathsRead()).toEqual([]);
});

test('texts are read as they are: line ends, byte order mark, any script', async () => {
  const text = '\uFEFFa: 1\r\nb: "摘要 – ملخص 🚀"\r\n';
  put('capstan.yaml', text);
  expect(await readSources(root)).toEqual([{ path: 'capstan.yaml', text }]);
});

test('a file above the size limit is refused, the others are read', () => {
  put('capabilities/big.cap.yaml', 'x'.repeat(sourceBytesMax + 1));
  put('capabilities/small.cap.yaml', 'x');
  const { sources, diagnostics } = createSourceReader(root).read();
  expect(sources.map(({ path }) => path)).toEqual(['capabilities/small.cap.yaml']);
  expect(diagnostics).toMatchObject([
    {
      code: 'workspace/too-large',
      severity: 'error',
      span: { path: 'capabilities/big.cap.yaml', start: 0, end: 0 },
    },
  ]);
});

test('a link that leaves the project is refused, one that stays is followed', () => {
  const outside = mkdtempSync(join(tmpdir(), 'capstan-outside-'));
  try {
    writeFileSync(join(outside, 'secret.cap.yaml'), 'secret');
    put('shared/text.hbs', 'shared');
    put('capabilities/own.cap.yaml', 'own');
    mkdirSync(join(root, 'partials'));
    symlinkSync(join(root, 'shared/text.hbs'), join(root, 'partials/linked.hbs'));
    symlinkSync(join(outside, 'secret.cap.yaml'), join(root, 'capabilities/file.cap.yaml'));
    symlinkSync(outside, join(root, 'capabilities/folder'));
    symlinkSync(join(root, 'nowhere'), join(root, 'capabilities/broken.cap.yaml'));
    const { sources, diagnostics } = createSourceReader(root).read();
    expect(sources).toEqual([
      { path: 'capabilities/own.cap.yaml', text: 'own' },
      { path: 'partials/linked.hbs', text: 'shared' },
    ]);
    expect(diagnostics.map(({ code, span }) => `${span.path} ${code}`).sort()).toEqual([
      'capabilities/broken.cap.yaml workspace/unreadable',
      'capabilities/file.cap.yaml workspace/outside-root',
      'capabilities/folder workspace/outside-root',
    ]);
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});

test('a folder of sources may itself be no way out', () => {
  const outside = mkdtempSync(join(tmpdir(), 'capstan-outside-'));
  try {
    writeFileSync(join(outside, 'a.cap.yaml'), 'a');
    symlinkSync(outside, join(root, 'capabilities'));
    const { sources, diagnostics } = createSourceReader(root).read();
    expect(sources).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['workspace/outside-root']);
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});

test('links in a circle end', () => {
  put('capabilities/a/one.cap.yaml', 'one');
  symlinkSync(join(root, 'capabilities'), join(root, 'capabilities/a/up'));
  const { sources, diagnostics } = createSourceReader(root).read();
  expect(sources.map(({ path }) => path)).toEqual(['capabilities/a/one.cap.yaml']);
  expect(diagnostics).toEqual([]);
});

test('reading again keeps the object of what did not change', () => {
  put('capabilities/a.cap.yaml', 'a');
  put('capabilities/b.cap.yaml', 'b');
  put('capabilities/c.cap.yaml', 'c');
  const reader = createSourceReader(root);
  const [a] = reader.read().sources;
  put('capabilities/b.cap.yaml', 'changed');
  rmSync(join(root, 'capabilities/c.cap.yaml'));
  put('capabilities/d.cap.yaml', 'new');
  const { sources } = reader.read();
  expect(sources.map(({ text }) => text)).toEqual(['a', 'changed', 'new']);
  expect(sources[0]).toBe(a);
});

test('a change that size and time do not show is seen when the watcher names the file', () => {
  const then = new Date('2026-01-01T00:00:00Z');
  put('capabilities/a.cap.yaml', 'one');
  utimesSync(join(root, 'capabilities/a.cap.yaml'), then, then);
  const reader = createSourceReader(root);
  reader.read();
  put('capabilities/a.cap.yaml', 'two');
  utimesSync(join(root, 'capabilities/a.cap.yaml'), then, then);
  expect(reader.read(new Set(['capabilities/a.cap.yaml'])).sources[0]?.text).toBe('two');
});

test('the project is the nearest folder with a capstan.yaml', () => {
  put('capstan.yaml');
  put('packages/inner/capstan.yaml');
  mkdirSync(join(root, 'packages/inner/capabilities'));
  expect(findProjectRoot(join(root, 'packages'))).toBe(root);
  expect(findProjectRoot(join(root, 'packages/inner/capabilities'))).toBe(join(root, 'packages/inner'));
});
