// Files are written whole, only when they differ, and never outside their folder.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../../src/workspace/write-files.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'capstan-write-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('folders are made and nothing but the files is left', () => {
  expect(writeFiles(root, [{ path: 'a/b/c.ts', text: 'one' }])).toEqual(['a/b/c.ts']);
  expect(readFileSync(join(root, 'a/b/c.ts'), 'utf8')).toBe('one');
  expect(readdirSync(join(root, 'a/b'))).toEqual(['c.ts']);
});

test('a file that is as it should be is left alone', () => {
  const files = [
    { path: 'same.ts', text: 'same' },
    { path: 'other.ts', text: 'old' },
  ];
  writeFiles(root, files);
  const before = statSync(join(root, 'same.ts'));
  const changed = files.map((file) => (file.path === 'other.ts' ? { ...file, text: 'new' } : file));
  expect(writeFiles(root, changed)).toEqual(['other.ts']);
  expect(statSync(join(root, 'same.ts'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
});

test.each(['../out.ts', '/out.ts', 'a/../../out.ts', '.', ''])('the path %j is refused', (path) => {
  expect(() => writeFiles(root, [{ path, text: '' }])).toThrow('does not lie below');
  expect(readdirSync(root)).toEqual([]);
});

test('what is in the way of a file is said of the file, not of the draft beside it', () => {
  const target = join(root, 'a.ts');
  mkdirSync(target);
  expect(() => writeFiles(root, [{ path: 'a.ts', text: 'one' }])).toThrow(
    expect.objectContaining({ path: target }) as Error,
  );
  expect(readdirSync(root)).toEqual(['a.ts']);
});
