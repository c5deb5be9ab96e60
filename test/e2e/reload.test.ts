// Reloads under traffic, as a process whose garbage can be collected. The long form is `npm run soak:reload`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const script = resolve(import.meta.dirname, '../bench/reload-soak.ts');

test('every answer comes from one revision, and Snapshots that serve no more are let go', async () => {
  const child = spawn(process.execPath, [script, '--swaps', '60'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void (printed += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, printed).toBe(0);
  expect(printed).toMatch(/^\s+60\s+\d+\s+[1-5]\s/m);
}, 60_000);
