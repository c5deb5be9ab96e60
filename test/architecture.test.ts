// Holds the house to the table in src/README.md: imports go down, and only where the table has an arrow.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rooms = readFloors(readFileSync(join(root, 'src/README.md'), 'utf8'));
const files = ['src', 'codegen']
  .map((folder) => join(root, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => sourceFiles(folder));

test('the floor table is found and names every room that exists', () => {
  expect(rooms.size).toBeGreaterThan(10);
  const unknown = files.map(roomOf).filter((room) => !rooms.has(room));
  expect([...new Set(unknown)], 'rooms without a row in src/README.md').toEqual([]);
});

test('every import between rooms has an arrow in the floor table', () => {
  const broken: string[] = [];
  for (const file of files) {
    const from = roomOf(file);
    for (const target of importsOf(file)) {
      const to = roomOf(target);
      if (to === from || rooms.get(from)?.has('*') || rooms.get(from)?.has(to)) continue;
      const allowed = [...(rooms.get(from) ?? [])].join(', ') || 'nothing of ours';
      broken.push(`${relative(root, file)} imports ${to}; the map says: ${from} may import ${allowed}`);
    }
  }
  expect(broken).toEqual([]);
});

test('no vendor is named outside providers, sample capabilities and capstan.yaml', () => {
  const vendors =
    /\b(anthropic|claude|gemini|bedrock|mistral|cohere|gpt-\d|groq|deepseek|xai|ollama|vllm)\b/i;
  const named = files
    .filter((file) => roomOf(file) !== 'providers')
    .filter((file) => vendors.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));
  expect(named).toEqual([]);
});

test('connections are opened in one place', () => {
  const opener = join('src', 'providers', 'http1');
  const openers = files
    .filter((file) => !['cli', 'client'].includes(roomOf(file)))
    .filter((file) =>
      /^import (?!type\b)[^;]* from '(?:undici|node:(?:net|tls|https?|http2|dgram))'|\bfetch\(/m.test(
        withoutComments(readFileSync(file, 'utf8')),
      ),
    )
    .map((file) => relative(root, file))
    .filter((file) => !file.startsWith(opener));
  expect(openers).toEqual([]);
});

test('time and randomness are parameters below the command line', () => {
  const offenders = files
    .filter((file) => !['cli', 'client'].includes(roomOf(file)))
    .filter((file) => /\b(Date\.now|Math\.random)\(/.test(withoutComments(readFileSync(file, 'utf8'))))
    .map((file) => relative(root, file));
  expect(offenders).toEqual([]);
});

function readFloors(map: string): Map<string, ReadonlySet<string>> {
  const floors = new Map<string, ReadonlySet<string>>();
  for (const row of map.matchAll(/^\|\s*\d\s*\|(?<folders>[^|]+)\|(?<allowed>[^|]+)\|$/gm)) {
    const allowed = row.groups?.['allowed']?.trim() ?? '';
    const targets =
      allowed === 'nothing of ours' ? [] : allowed === 'all of the above' ? ['*'] : allowed.split(',');
    for (const folder of row.groups?.['folders']?.split(',') ?? []) {
      floors.set(folder.trim(), new Set(targets.map((target) => target.trim())));
    }
  }
  return floors;
}

function roomOf(file: string): string {
  const [top, second = ''] = relative(root, file).split(sep);
  return top === 'src' ? second.replace(/\.[a-z]+$/, '') : (top ?? '');
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from\s+|import\s*\(?\s*)'(?<path>\.{1,2}\/[^']+)'/g)]
    .map((match) => resolve(dirname(file), match.groups?.['path'] ?? ''))
    .filter((target) => /[\\/](src|codegen)[\\/]/.test(target.slice(root.length)));
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '');
}
