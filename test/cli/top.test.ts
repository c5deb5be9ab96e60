// `capstan top`: the health of models of a running server, those in trouble first.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawHealth } from '../../src/cli/draw-health.ts';
import { answers, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { post } from '../support/call-server.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';
import { runCli } from './run-cli.ts';

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.always(answers('A title.'));
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { team: 'key-of-the-team' } });
  server = await startServer(snapshot, { access: 'keys' });
});

afterAll(async () => {
  await server.close();
  await upstream.close();
});

const environment = { CAPSTAN_KEY: 'key-of-the-team' };

test('a server is looked at with a key, and its models are shown', async () => {
  const args = ['top', '--once', '--url', server.url];
  expect((await runCli(args, { environment })).out).toContain('No model was called in the last minute');
  await post(
    server,
    '/v1/capabilities/title',
    { input: { document: 'Hello.' } },
    { headers: { authorization: 'Bearer key-of-the-team' } },
  );
  const { code, out } = await runCli(args, { environment });
  expect(code).toBe(0);
  expect(out).toMatch(/\nMODEL +STATE +WELL +FIRST TOKEN/);
  expect(out).toMatch(/\nupstream\/large +well +100 % /);
  const shown = await runCli([...args, '--json'], { environment });
  expect(JSON.parse(shown.out)).toMatchObject([{ model: 'upstream/large', circuit: { model: 'closed' } }]);
});

test('it refreshes until it is stopped', async () => {
  const stop = new AbortController();
  let views = 0;
  const { code } = await runCli(['top', '--all', '-n', '0.2', '--url', server.url], {
    environment,
    stop: stop.signal,
    onPrint() {
      views += 1;
      if (views === 2) stop.abort();
    },
  });
  expect({ code, views }).toEqual({ code: 0, views: 2 });
});

test.each<[args: string[], words: string]>([
  [['--url', 'http://127.0.0.1:1'], 'No server answers at http://127.0.0.1:1'],
  [['--interval', 'often'], '"often" is no interval'],
])('%j is a usage error', async (args, words) => {
  const { code, err } = await runCli(['top', '--once', ...args], { environment });
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test('without a key the server’s refusal is put into words', async () => {
  const { code, err } = await runCli(['top', '--once', '--url', server.url]);
  expect(code).toBe(2);
  expect(err).toContain('wants a key: set CAPSTAN_KEY');
});

test('models in trouble come first', () => {
  const well = {
    model: 'a/well',
    available: true,
    circuit: { model: 'closed', provider: 'closed' },
    restMs: 0,
    successRatio: 1,
  };
  const open = {
    ...well,
    model: 'z/open',
    circuit: { model: 'open', provider: 'closed' },
    restMs: 4_200,
    successRatio: 0.25,
  };
  const limited = {
    ...well,
    model: 'y/limited',
    restMs: 900,
    limits: { requests: { remaining: 0, limit: 60 } },
  };
  const drawn = drawHealth({ color: false }, [well, open, limited], { url: 'http://x', all: false });
  const rows = drawn
    .split('\n')
    .slice(3, 6)
    .map((line) => line.split(/ {2,}/).slice(0, 3));
  expect(rows).toEqual([
    ['y/limited', 'rests 1 s', '100 %'],
    ['z/open', 'open 5 s', '25 %'],
    ['a/well', 'well', '100 %'],
  ]);
  expect(drawn).toContain('0/60');
  expect(drawn).toContain('3 models, 2 in trouble');
});
