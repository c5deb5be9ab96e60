// `capstan serve --workers`: several processes on one port, which all serve the same.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { sampleProject } from './sample-project.ts';

const bin = resolve(import.meta.dirname, '../../src/cli/bin.mjs');

test('two workers share a port, swap together, and end together', { timeout: 60_000 }, async () => {
  const project = sampleProject();
  const args = ['serve', '--workers', '2', '--insecure-no-auth', '--port', '0', '--usage', 'memory'];
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: project.root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  const said = async (words: RegExp): Promise<string> => {
    for (;;) {
      const found = words.exec(printed)?.[0];
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${printed}`);
      await Promise.race([once(child.stderr, 'data'), once(child, 'close')]);
    }
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));

  await said(/by 2 workers/);
  const url = await said(/http:\/\/127\.0\.0\.1:\d+/);
  // Connections are dealt out in turn, and each of these is a new one.
  const revisions = async (): Promise<Set<string | null>> => {
    const replies = Array.from({ length: 8 }, async () => {
      const reply = await fetch(`${url}/v1/models`, { headers: { connection: 'close' } });
      await reply.arrayBuffer();
      return reply.headers.get('x-capstan-revision');
    });
    return new Set(await Promise.all(replies));
  };
  const [before] = await revisions();
  expect(before).toMatch(/^sha256:/);

  const original = project.read('capstan.yaml');
  project.write('capstan.yaml', 'apiVersion: [broken');
  child.kill('SIGHUP');
  await said(/Not reloaded: the project has errors; what was served before goes on/);
  expect(await revisions()).toEqual(new Set([before]));

  project.write('capstan.yaml', original.replace(/name: [\w-]+/, 'name: other'));
  child.kill('SIGHUP');
  await said(/from now on/);
  const after = await revisions();
  expect(after.size).toBe(1);
  expect(after).not.toEqual(new Set([before]));

  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  if (existsSync(children)) {
    const [victim] = readFileSync(children, 'utf8').trim().split(' ');
    process.kill(Number(victim), 'SIGKILL');
    await said(/a worker died; another takes its place/);
    expect(await revisions()).toEqual(after);
  }

  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
});

test.each(['0', '-1', 'many', '1.5'])('%s is no number of workers', async (count) => {
  const { root } = sampleProject();
  const run = await runCli(['serve', '--insecure-no-auth', '--workers', count], { in: root });
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toContain('--workers takes a number');
});
