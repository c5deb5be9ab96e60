// A long time in bad weather: calls of every kind against one server, a fifth of them left by their callers, and what the
// process holds meanwhile. Prints a line every few seconds; ends with an error when something is left over.
//
//   npm run soak                      10,000 calls, 40 % of them left by their callers
//   npm run soak -- --minutes 10      ten minutes, 20 % of them
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { cpus } from 'node:os';
import type { Socket } from 'node:net';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import { createMixedTraffic, mixedUpstream } from '../support/mixed-traffic.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import { openTemporaryLedger } from '../support/temporary-ledger.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string' },
    calls: { type: 'string', default: '10000' },
    callers: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = options.minutes === undefined ? undefined : Number(options.minutes);
const callsMax = minutes === undefined ? Number(options.calls) : Infinity;
const aborts = minutes === undefined ? 0.4 : 0.2;
const REPORT_MS = minutes === undefined ? 2_000 : 30_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const ledger = await openTemporaryLedger();
const upstream = await startFakeUpstream({ remembers: false });
upstream.always(mixedUpstream);
const server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, timeoutMs: 1_000 }), {
  limits: { bodyBytes: 100_000, jsonDepth: 64 },
  remembers: false,
  ledger,
});
const sockets = new Set<Socket>();
server.app.server.on('connection', (socket: Socket) => {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

/** From a caller's leaving to the end of the provider's connection, seen where each of them is. */
async function measureCancel(): Promise<void> {
  const times: number[] = [];
  for (let call = 0; call < CANCELS; call += 1) {
    const arrived = Promise.withResolvers<void>();
    upstream.next((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      arrived.resolve();
    });
    const controller = new AbortController();
    const left = fetch(`${server.url}/v1/capabilities/title`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":{"document":"x"},"stream":true}',
      signal: controller.signal,
    }).catch(() => undefined);
    await arrived.promise;
    const gone = upstream.abandoned();
    const leftAt = performance.now();
    controller.abort();
    await gone;
    times.push(performance.now() - leftAt);
    await left;
  }
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  print(
    `caller leaves → provider's connection closes, ${CANCELS} times: median ${at(0.5)} ms, p95 ${at(0.95)}, max ${at(1)}`,
  );
}

const CANCELS = 200;

const traffic = createMixedTraffic({ url: server.url, seed: Number(options.seed), aborts });
const startedAt = performance.now();
const outcomes = new Map<string, number>();
let calls = 0;

const isOver = (): boolean =>
  minutes === undefined ? calls >= callsMax : performance.now() - startedAt >= minutes * 60_000;

async function caller(): Promise<void> {
  while (!isOver()) {
    calls += 1;
    const outcome = await traffic.call();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
}

const columns = [
  'seconds',
  'calls',
  'in flight',
  'upstream',
  'sockets',
  'listeners',
  'timers',
  'heap MB',
  'rss MB',
];

function reportLine(): void {
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const listeners = [...sockets].reduce((sum, socket) => sum + listenersOf(socket), 0);
  const row = [
    ((performance.now() - startedAt) / 1000).toFixed(0),
    calls,
    server.app.traffic.inFlight,
    server.runtime.transport.inFlight,
    sockets.size,
    listeners,
    timers,
    (heapUsed / 2 ** 20).toFixed(1),
    (rss / 2 ** 20).toFixed(0),
  ];
  print(row.map((cell, index) => String(cell).padStart((columns[index] ?? '').length)).join('  '));
}

function listenersOf(socket: Socket): number {
  return socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

print(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}; server, callers and provider in one process`,
);
await measureCancel();
print(columns.join('  '));
reportLine();
const reporter = setInterval(reportLine, REPORT_MS);
await Promise.all(Array.from({ length: Number(options.callers) }, caller));
clearInterval(reporter);
await traffic.close();

const lastAt = performance.now();
while (server.app.traffic.inFlight + server.runtime.transport.inFlight > 0) {
  if (performance.now() - lastAt > 10_000) throw new Error('something is still in flight');
  await new Promise((resolve) => setImmediate(resolve));
}
reportLine();
print(
  [...outcomes]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([outcome, count]) => `${outcome}: ${count}`)
    .join('   '),
);
// A 500 without a fault is a provider's own, handed on to the caller who named its model.
const faults = server.faults.length;
await server.close();
await upstream.close();
await ledger.close();
const invocations = server.invocations();
print(`usage records: ${ledger.kept} kept of ${invocations} invocations, ${ledger.dropped} dropped`);
if (ledger.kept !== invocations) throw new Error('a usage record is missing');
if (faults > 0) throw new Error(`${faults} faults of our own`, { cause: server.faults[0] });
