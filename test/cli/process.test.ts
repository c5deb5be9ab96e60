// The command as a process of its own: the door for old Nodes, signals, pipes, and a server that reloads.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyFolder, sampleProject } from './sample-project.ts';

const bin = resolve(import.meta.dirname, '../../src/cli/bin.mjs');

interface Run {
  readonly child: ChildProcess;
  /** Everything that was printed so far, on both outputs. */
  printed(): string;
  said(words: RegExp): Promise<string>;
  ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

function start(
  args: readonly string[],
  options: { readonly in: string; readonly node?: readonly string[] },
): Run {
  const child = spawn(process.execPath, [...(options.node ?? []), bin, ...args], {
    cwd: options.in,
    env: { ...process.env, NO_COLOR: '1', CAPSTAN_STARTED_ON_NODE: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      for (const look of listeners) look();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => {
    for (const look of listeners) look();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    child,
    ended,
    printed: () => printed,
    said: (words) =>
      new Promise((done, fail) => {
        const look = (): void => {
          const found = words.exec(printed)?.[0];
          if (found !== undefined) done(found);
          else if (child.exitCode !== null) fail(new Error(`ended with ${child.exitCode}: ${printed}`));
        };
        listeners.add(look);
        look();
      }),
  };
}

test('dev in a new project: an edit changes the next answer, and Ctrl-C ends it with 0', async () => {
  const project = emptyFolder();
  expect(await start(['init'], { in: project.root }).ended).toEqual({ code: 0, signal: null });
  const dev = start(['dev', '--port', '0'], { in: project.root });
  const url = await dev.said(/http:\/\/127\.0\.0\.1:\d+/);
  const invoke = async (): Promise<{ readonly invocation: { readonly revision: string } }> => {
    const answer = await fetch(`${url}/v1/capabilities/summarize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":{"document":"Rents rose 4%. Wages rose 2%."}}',
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { invocation: { revision: string } };
  };
  const before = await invoke();
  project.edit('capabilities/summarize.cap.yaml', 'busy readers', 'patient readers');
  await dev.said(/~ summarize@1: prompt/);
  expect((await invoke()).invocation.revision).not.toBe(before.invocation.revision);

  dev.child.kill('SIGINT');
  expect(await dev.ended).toEqual({ code: 0, signal: null });
  expect(dev.printed()).not.toMatch(/\bError\b|\bat .*\.ts:\d+/);
});

test('Ctrl-C while dev waits for a broken project ends it with 0 too', async () => {
  const project = sampleProject();
  project.write('capstan.yaml', 'providers: [');
  const dev = start(['dev', '--port', '0'], { in: project.root });
  await dev.said(/waiting for the project to compile/);
  dev.child.kill('SIGINT');
  expect(await dev.ended).toEqual({ code: 0, signal: null });
});

test.runIf(process.platform === 'linux').each([
  { node: [], size: 16 },
  { node: ['--max-semi-space-size=8'], size: 8 },
])('serve keeps what is short-lived in $size MB when it is started by node $node', async ({ node, size }) => {
  const { root } = sampleProject();
  const serve = start(['serve', '--insecure-no-auth', '--port', '0'], { in: root, node });
  await serve.said(/http:\/\/127\.0\.0\.1:\d+/);
  const words = readFileSync(`/proc/${serve.child.pid}/cmdline`, 'utf8').split('\0');
  const sizes = words.filter((word) => word.startsWith('--max-semi-space-size='));
  expect(sizes).toEqual([`--max-semi-space-size=${size}`]);
  serve.child.kill('SIGTERM');
  expect(await serve.ended).toEqual({ code: 0, signal: null });
});

test('serve ends gracefully on SIGTERM', async () => {
  const { root } = sampleProject();
  const serve = start(['serve', '--insecure-no-auth', '--port', '0'], { in: root });
  await serve.said(/http:\/\/127\.0\.0\.1:\d+/);
  serve.child.kill('SIGTERM');
  expect(await serve.ended).toEqual({ code: 0, signal: null });
});

test('an input may come through a pipe, and results leave through one without colours', async () => {
  const { root } = sampleProject();
  const run = start(['run', 'greet', '--input', '-', '--json'], { in: root });
  run.child.stdin?.end('{"name":"Grace"}');
  expect(await run.ended).toMatchObject({ code: 0 });
  expect(run.printed()).not.toContain('\u001b[');
  expect(JSON.parse(run.printed())).toHaveProperty('output.greeting');
});

test('findings and usage errors reach the shell as exit codes', async () => {
  const project = sampleProject();
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  expect(await start(['check'], { in: project.root }).ended).toMatchObject({ code: 1 });
  expect(await start(['chekc'], { in: project.root }).ended).toMatchObject({ code: 2 });
});

/** Loaded first, it makes this Node say that it is an old one. */
function pretendOldNode(): readonly string[] {
  const folder = emptyFolder();
  folder.write(
    'old-node.mjs',
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } });",
  );
  return ['--import', folder.path('old-node.mjs')];
}

test('on an old Node the command goes on with the Node that npm installed', async () => {
  const run = start(['--version'], { in: emptyFolder().root, node: pretendOldNode() });
  expect(await run.ended).toEqual({ code: 0, signal: null });
  expect(run.printed()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('exit codes and signals go through the door of an old Node', async () => {
  const { root } = sampleProject();
  expect(await start(['chekc'], { in: root, node: pretendOldNode() }).ended).toMatchObject({ code: 2 });
  const dev = start(['dev', '--port', '0'], { in: root, node: pretendOldNode() });
  await dev.said(/Ctrl-C to stop/);
  dev.child.kill('SIGTERM');
  expect(await dev.ended).toEqual({ code: 0, signal: null });
});
