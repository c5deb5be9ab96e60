// What the watcher tells about real saves on a real disk. Every test waits for an event, never for a time.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchSources } from '../../src/workspace/watch-sources.ts';
import type { SourceWatcher } from '../../src/workspace/watch-sources.ts';

let root = '';
let watcher: SourceWatcher;
let seen: Set<string>;
let heard: () => void;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'capstan-watch-')));
  mkdirSync(join(root, 'capabilities'));
  writeFileSync(join(root, 'capstan.yaml'), 'project');
  writeFileSync(join(root, 'capabilities/a.cap.yaml'), 'a');
  seen = new Set();
  heard = () => {};
  watcher = watchSources(root, (paths) => {
    for (const path of paths) seen.add(path);
    heard();
  });
  await watcher.ready;
});

afterEach(async () => {
  await watcher.close();
  rmSync(root, { recursive: true, force: true });
});

/** Resolves when every path has been told; the test's own time limit ends a wait in vain. */
function told(...paths: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    heard = () => {
      if (paths.every((path) => seen.has(path))) resolve();
    };
    heard();
  });
}

test('a saved file is told', async () => {
  writeFileSync(join(root, 'capabilities/a.cap.yaml'), 'changed');
  await told('capabilities/a.cap.yaml');
});

test('the project file is told', async () => {
  writeFileSync(join(root, 'capstan.yaml'), 'changed');
  await told('capstan.yaml');
});

test('a new file in a new folder is told, a folder that did not exist at the start included', async () => {
  mkdirSync(join(root, 'capabilities/deep/deeper'), { recursive: true });
  writeFileSync(join(root, 'capabilities/deep/deeper/b.cap.yaml'), 'b');
  mkdirSync(join(root, 'partials'));
  writeFileSync(join(root, 'partials/style.hbs'), 'style');
  await told('capabilities/deep/deeper/b.cap.yaml', 'partials/style.hbs');
});

test('an editor that saves by renaming a draft over the file is told as a save', async () => {
  writeFileSync(join(root, 'capabilities/.a.cap.yaml.swp'), 'draft');
  writeFileSync(join(root, 'capabilities/a.cap.yaml~'), 'draft');
  renameSync(join(root, 'capabilities/a.cap.yaml~'), join(root, 'capabilities/a.cap.yaml'));
  await told('capabilities/a.cap.yaml');
  expect([...seen]).toEqual(['capabilities/a.cap.yaml']);
});

test('a renamed file is told under both names', async () => {
  renameSync(join(root, 'capabilities/a.cap.yaml'), join(root, 'capabilities/z.cap.yaml'));
  await told('capabilities/a.cap.yaml', 'capabilities/z.cap.yaml');
});

test('a deleted file is told', async () => {
  rmSync(join(root, 'capabilities/a.cap.yaml'));
  await told('capabilities/a.cap.yaml');
});

test('a folder that goes and comes back is watched again', async () => {
  renameSync(join(root, 'capabilities'), join(root, 'elsewhere'));
  await told('capabilities/a.cap.yaml');
  seen.clear();
  renameSync(join(root, 'elsewhere'), join(root, 'capabilities'));
  await told('capabilities/a.cap.yaml');
  seen.clear();
  writeFileSync(join(root, 'capabilities/a.cap.yaml'), 'changed');
  await told('capabilities/a.cap.yaml');
});

test('a file that goes and comes back is told, under its own name or saved by renaming', async () => {
  rmSync(join(root, 'capstan.yaml'));
  await told('capstan.yaml');
  seen.clear();
  writeFileSync(join(root, 'capstan.yaml'), 'again');
  await told('capstan.yaml');
  seen.clear();
  writeFileSync(join(root, 'draft'), 'renamed over it');
  renameSync(join(root, 'draft'), join(root, 'capstan.yaml'));
  await told('capstan.yaml');
});

test('a project that is reached through a link is watched as well', async () => {
  const link = `${root}-link`;
  symlinkSync(root, link);
  const linked = new Set<string>();
  const change = Promise.withResolvers<undefined>();
  const other = watchSources(link, (paths) => {
    for (const path of paths) linked.add(path);
    change.resolve(undefined);
  });
  try {
    await other.ready;
    writeFileSync(join(link, 'capabilities/a.cap.yaml'), 'changed');
    await change.promise;
    expect([...linked]).toEqual(['capabilities/a.cap.yaml']);
  } finally {
    await other.close();
    rmSync(link);
  }
});

test('other files are not told', async () => {
  mkdirSync(join(root, 'generated'));
  writeFileSync(join(root, 'generated/a.cap.yaml'), 'generated');
  writeFileSync(join(root, 'capabilities/notes.md'), 'notes');
  writeFileSync(join(root, 'README.md'), 'readme');
  writeFileSync(join(root, 'capabilities/a.cap.yaml'), 'last');
  await told('capabilities/a.cap.yaml');
  expect([...seen]).toEqual(['capabilities/a.cap.yaml']);
});

test('of many saves in a row the last one is told', async () => {
  const file = join(root, 'capabilities/a.cap.yaml');
  const lastRead = new Promise<void>((resolve) => {
    heard = () => {
      if (readFileSync(file, 'utf8') === 'save 199') resolve();
    };
  });
  for (let count = 0; count < 200; count += 1) {
    writeFileSync(file, `save ${count}`);
    if (count % 10 === 0) await new Promise(setImmediate);
  }
  await lastRead;
});
