// `capstan serve` as a process, told to end while it streams: what was begun ends well or in an error, never in half a
// success, the process ends with 0 within its grace period, and the usage of every call is kept.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import { stallsAfter, startFakeUpstream, staysSilent, streamsOnDemand } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { usageStores } from '../../src/usage/stores/index.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
const input = { document: 'Sales rose.' };
const messages = [{ role: 'user', content: 'Sales rose.' }];

let upstream: FakeUpstream;
let root: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  root = mkdtempSync(join(tmpdir(), 'capstan-shutdown-'));
  mkdirSync(join(root, 'capabilities'));
  writeFileSync(
    join(root, 'capstan.yaml'),
    `apiVersion: capstan/v1
kind: Project
metadata: { name: shutdown }
owners: [team-test]
providers:
  upstream: { adapter: openai, baseUrl: '${upstream.baseUrl}', regions: [local], dataClass: restricted }
models:
  upstream/large:
    quality: 0.9
    contextTokens: 100000
    maxOutputTokens: 8000
    features: [structured-output]
    modalities: [text]
tiers:
  standard: { tolerance: 0, prefer: [quality] }
defaults: { tier: standard, timeout: 60s }
`,
  );
  writeFileSync(
    join(root, 'capabilities/title.cap.yaml'),
    `apiVersion: capstan/v1
kind: Capability
metadata: { name: title, version: 1.0.0, owner: team-test, description: Gives a document a title. }
input:
  type: object
  required: [document]
  properties:
    document: { type: string, description: The document., maxLength: 1000 }
output: { type: string, description: The title. }
prompt:
  - role: user
    content: |
      {{fence document tag="document"}}
`,
  );
});

afterEach(() => {
  upstream.reset();
  rmSync(join(root, '.capstan'), { recursive: true, force: true });
});

/** How the calls of a process that has ended are in its books. */
async function outcomesKept(): Promise<readonly string[]> {
  const store = await usageStores.sqlite(join(root, '.capstan/usage.sqlite'));
  const records = await store.records({ limit: 100 });
  await store.close();
  return records.map(({ outcome }) => outcome);
}

afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await upstream.close();
});

interface Serving {
  readonly url: string;
  terminate(): void;
  readonly ended: Promise<number | null>;
}

async function serve(grace: string): Promise<Serving> {
  const args = ['serve', '--insecure-no-auth', '--port', '0', '--grace', grace, '--project', root];
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  let printed = '';
  const url = await new Promise<string>((found, fail) => {
    child.stderr.on('data', (bytes: Buffer) => {
      printed += bytes.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      if (address !== undefined) found(address);
    });
    void ended.then(() => fail(new Error(printed)));
  });
  return { url, ended, terminate: () => void child.kill('SIGTERM') };
}

test('streams that end within the grace period end well, and nothing new is taken', async () => {
  const serving = await serve('60s');
  const sources = [streamsOnDemand(), streamsOnDemand(), streamsOnDemand()];
  const bodies: readonly [string, object][] = [
    ['/v1/capabilities/title', { input, stream: true }],
    ['/v1/chat/completions', { model: 'title', messages, stream: true }],
    ['/v1/chat/completions', { model: 'upstream/large', messages, stream: true }],
  ];
  const responses: Response[] = [];
  for (const [index, [path, body]] of bodies.entries()) {
    const source = sources[index] ?? streamsOnDemand();
    upstream.next(source.behaviour);
    const pending = post(serving, path, body);
    await source.send('A fine ');
    responses.push(await pending);
  }
  serving.terminate();
  // The process has heard of it as soon as it refuses.
  while (
    await fetch(`${serving.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  );
  for (const source of sources) {
    await source.send('title');
    await source.finish();
  }
  const [events, ...chats] = responses;
  expect((await allOf(eventsOf(events as Response))).at(-1)).toMatchObject({
    name: 'result',
    data: { output: 'A fine title' },
  });
  for (const chat of chats) expect(await chat.text()).toMatch(/title[^]*data: \[DONE\]\n\n$/);
  expect(await serving.ended).toBe(0);
  expect(await outcomesKept()).toEqual(['ok', 'ok', 'ok']);
});

test('what does not end within it ends in an error, never in half a success; the providers are let go', async () => {
  const serving = await serve('1ms');
  const begin = async (behaviour: Behaviour, path: string, body: object): Promise<Promise<Response>> => {
    const arrived = Promise.withResolvers<void>();
    upstream.next((request, response) => {
      arrived.resolve();
      return behaviour(request, response);
    });
    const pending = post(serving, path, body);
    await arrived.promise;
    return pending;
  };
  const stalled = stallsAfter(['A fine ']);
  const events = await begin(stalled, '/v1/capabilities/title', { input, stream: true });
  const chat = await begin(stalled, '/v1/chat/completions', { model: 'title', messages, stream: true });
  const relay = await begin(stalled, '/v1/chat/completions', {
    model: 'upstream/large',
    messages,
    stream: true,
  });
  const arrived = Promise.withResolvers<void>();
  upstream.next((request, response) => {
    arrived.resolve();
    return staysSilent(request, response);
  });
  const whole = post(serving, '/v1/capabilities/title', { input });
  await arrived.promise;
  const gone = upstream.abandoned();
  serving.terminate();

  expect((await allOf(eventsOf(events))).at(-1)).toMatchObject({
    name: 'error',
    data: { error: { code: 'overloaded' } },
  });
  const text = await chat.text();
  expect(text).toContain('"overloaded"');
  expect(text).not.toContain('[DONE]');
  await expect(relay.text()).rejects.toThrow('terminated');
  const refused = await whole;
  expect([refused.status, (await errorOf(refused)).code]).toEqual([503, 'overloaded']);
  await gone;
  expect(await serving.ended).toBe(0);
  expect(await outcomesKept()).toEqual(['overloaded', 'overloaded', 'overloaded', 'overloaded']);
});
