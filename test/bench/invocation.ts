// What a capability call adds to the bare call of its provider: time, and CPU of the server's own process, beside a raw
// proxy (node:http in, one undici dispatch out) and the server's own relay, measured alternately in the same run. The server has
// keys, routing and a usage file; provider, proxy, servers and callers are processes of their own. Run: npm run bench:invocation [-- --rounds 8 --calls 2000]
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import { openTemporaryLedger } from '../support/temporary-ledger.ts';

const KEY = 'key-of-the-bench';
const document = 'Sales rose by four percent in the third quarter. '.repeat(12);
const answer = { summary: 'Sales rose by four percent.', points: ['Sales rose.', 'Costs fell.'] };

/** What a child says of itself. */
interface Used {
  readonly cpuMicros: number;
}

switch (process.argv[2]) {
  case 'provider':
    await serveProvider();
    break;
  case 'proxy':
    await serveProxy(process.argv[3] ?? '');
    break;
  case 'capstan':
    await serveCapstan(process.argv[3] ?? '');
    break;
  default:
    await measure();
}

// -- the processes

function tellParent(url: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system } satisfies Used);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ url });
}

async function serveProvider(): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1,
      model: 'large',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: JSON.stringify(answer), refusal: null },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 200, completion_tokens: 30, total_tokens: 230 },
    }),
  );
  const headers = ['content-type', 'application/json', 'content-length', String(body.length)];
  const server = createHttpServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  tellParent(`${await listen(server)}/v1`);
}

/** The least that a proxy in Node can do. */
async function serveProxy(upstream: string): Promise<void> {
  const { origin, pathname } = new URL(upstream);
  const pool = new Pool(origin, { allowH2: false, pipelining: 1, connections: 128 });
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => forward(pool, `${pathname}/chat/completions`, Buffer.concat(chunks), response));
  });
  tellParent(await listen(server));
}

function forward(pool: Pool, path: string, body: Buffer, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  const headers = ['content-type', 'application/json', 'authorization', `Bearer ${KEY}`];
  pool.dispatch(
    { method: 'POST', path, headers, body },
    {
      onRequestStart() {},
      onResponseStart(_controller, status) {
        response.statusCode = status;
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        const whole = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        response.writeHead(200, ['content-type', 'application/json', 'content-length', String(whole.length)]);
        response.end(whole);
      },
      onResponseError: () => response.destroy(),
    },
  );
}

async function serveCapstan(upstreamUrl: string): Promise<void> {
  const snapshot = sampleSnapshot({ upstreamUrl });
  const access = { keys: [{ name: 'bench', sha256: hash('sha256', KEY), team: 'bench' }] };
  const ledger = await openTemporaryLedger();
  const options = { access: 'keys', remembers: false, ledgerLimit: 1, ledger } as const;
  const server = await startServer({ ...snapshot, access }, options);
  tellParent(server.url);
}

async function listen(server: ReturnType<typeof createHttpServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// -- the measurement

interface Child {
  readonly url: string;
  readonly process: ChildProcess;
}

async function start(role: string, upstream = ''): Promise<Child> {
  const child = fork(import.meta.filename, [role, upstream]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { url, process: child };
}

async function cpuMicrosOf({ process: child }: Child): Promise<number> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [Used];
  return cpuMicros;
}

interface Target {
  readonly name: string;
  /** Whose CPU is counted; absent for the bare call. */
  readonly child?: Child;
  readonly pool: Pool;
  readonly path: string;
  readonly body: string;
}

interface Round {
  readonly cpuPerCall: number;
  readonly times: readonly number[];
}

async function measure(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      rounds: { type: 'string', default: '8' },
      calls: { type: 'string', default: '2000' },
      warm: { type: 'string', default: '4000' },
    },
  });
  const provider = await start('provider');
  const proxy = await start('proxy', provider.url);
  const capstan = await start('capstan', provider.url);
  const relay = await start('capstan', provider.url);
  const chat = JSON.stringify({ model: 'large', messages: [{ role: 'user', content: document }] });
  const targets: readonly Target[] = [
    { name: 'bare call', pool: poolOf(provider.url), path: '/v1/chat/completions', body: chat },
    { name: 'raw proxy', child: proxy, pool: poolOf(proxy.url), path: '/', body: chat },
    {
      name: 'own relay',
      child: relay,
      pool: poolOf(relay.url),
      path: '/v1/chat/completions',
      body: chat.replace('"large"', '"upstream/large"'),
    },
    {
      name: 'capability',
      child: capstan,
      pool: poolOf(capstan.url),
      path: '/v1/capabilities/summarize',
      body: JSON.stringify({ input: { document } }),
    },
  ];
  for (const target of targets) await callMany(target, Number(options.warm), 8);

  const rounds = new Map<string, Round[]>();
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const target of targets) {
      const before = target.child === undefined ? 0 : await cpuMicrosOf(target.child);
      await callMany(target, Number(options.calls), 8);
      const after = target.child === undefined ? 0 : await cpuMicrosOf(target.child);
      const times = await callMany(target, Math.ceil(Number(options.calls) / 10), 1);
      const measured = { cpuPerCall: (after - before) / Number(options.calls), times };
      rounds.set(target.name, [...(rounds.get(target.name) ?? []), measured]);
    }
  }
  report(rounds, options.calls);
  for (const { pool } of targets) await pool.close();
  for (const child of [provider, proxy, relay, capstan]) child.process.disconnect();
}

function poolOf(url: string): Pool {
  return new Pool(new URL(url).origin, { allowH2: false, connections: 32 });
}

/** Milliseconds of each call. */
async function callMany(target: Target, calls: number, callers: number): Promise<number[]> {
  const times: number[] = [];
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < calls) {
      begun += 1;
      const startedAt = performance.now();
      const { statusCode, body } = await target.pool.request({
        method: 'POST',
        path: target.path,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
        body: target.body,
      });
      const text = await body.text();
      times.push(performance.now() - startedAt);
      if (statusCode !== 200) throw new Error(`${target.name} was answered ${statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return times;
}

function report(rounds: ReadonlyMap<string, readonly Round[]>, calls: string): void {
  const of = (name: string): readonly Round[] => rounds.get(name) ?? [];
  const time = (name: string, share: number): number =>
    quantile(
      of(name).flatMap(({ times }) => times),
      share,
    );
  const cpu = (name: string): number[] => of(name).map(({ cpuPerCall }) => cpuPerCall);
  const lines = [
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}; ${of('bare call').length} alternating rounds of ${calls} calls, 8 at a time; times one at a time`,
    ...[...rounds.keys()].map((name) => {
      const used = name === 'bare call' ? '      –' : quantile(cpu(name), 0.5).toFixed(0).padStart(7);
      const [median, p99] = [time(name, 0.5), time(name, 0.99)].map((each) => each.toFixed(3).padStart(8));
      return `${name.padEnd(12)} CPU µs/call ${used}   time ms median ${median}  p99 ${p99}`;
    }),
    `added to the bare call, median: proxy ${(time('raw proxy', 0.5) - time('bare call', 0.5)).toFixed(3)} ms, capability ${(time('capability', 0.5) - time('bare call', 0.5)).toFixed(3)} ms`,
    `CPU, own relay ÷ raw proxy: ${ratios(cpu('own relay'), cpu('raw proxy'))}`,
    `CPU, capability ÷ own relay: ${ratios(cpu('capability'), cpu('own relay'))}`,
    `CPU, capability ÷ raw proxy: ${ratios(cpu('capability'), cpu('raw proxy'))}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function ratios(over: readonly number[], base: readonly number[]): string {
  const all = over.map((each, index) => each / (base[index] ?? NaN));
  return `median ${quantile(all, 0.5).toFixed(2)}, min ${Math.min(...all).toFixed(2)}, max ${Math.max(...all).toFixed(2)}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}
