// What the relay costs beside a raw proxy in Node and beside Portkey's gateway, where that is installed (it is no
// dependency: PORTKEY=PATH names its package, or --portkey). Provider, gateways and callers are processes of their own;
// gateways are pinned to one core and the rest to another where `taskset` is there. Rounds alternate between the
// gateways, and the ratios are those of one round. The figures to trust are the ratios of CPU.
//
//   npm run bench:relay                      everything: some ten minutes
//   npm run bench:relay -- --quick           fewer rounds and calls, no long run: about a minute
//   npm run bench:relay -- --only streams    one part: calls, large, capability, streams, open, memory
import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EVENTS_PER_STREAM, KEY } from './relay/gateways.ts';
import type { Used } from './relay/gateways.ts';
import { openCaller, requestBytes } from './relay/wire.ts';
import type { Caller } from './relay/wire.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    calls: { type: 'string' },
    portkey: { type: 'string', default: process.env['PORTKEY'] ?? 'node_modules/@portkey-ai/gateway' },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 6));
const calls = Number(options.calls ?? (options.quick ? 1_500 : 4_000));
const LONG_RUN_CALLS = 100_000;
/** Before a kind of call is counted: a process that has done it too rarely reads several times too slow. */
const WARM_UP_CALLS = options.quick ? 3_000 : 8_000;

interface Gateway {
  readonly name: string;
  readonly url: string;
  readonly process: ChildProcess;
  readonly request: (kind: Kind) => Buffer | undefined;
}

type Kind = 'small' | 'large' | 'stream' | 'capability';

const question = 'Sales rose by four percent in the third quarter. '.repeat(12);
const bodies: Readonly<Record<Kind, string>> = {
  small: JSON.stringify({ model: 'large', messages: [{ role: 'user', content: question }] }),
  large: JSON.stringify({ model: 'large', messages: [{ role: 'user', content: question.repeat(170) }] }),
  stream: JSON.stringify({
    model: 'large',
    stream: true,
    messages: [{ role: 'user', content: question }],
  }),
  capability: JSON.stringify({ input: { document: question } }),
};

// -- processes

const hasTaskset = canRun('taskset', ['--version']) && availableParallelism() > 1;

function canRun(command: string, argument: readonly string[]): boolean {
  try {
    execFileSync(command, argument, { stdio: 'ignore' });
    return true;
  } catch {
    // Not there: then nothing is pinned, and the report says so.
    return false;
  }
}

function pin(pid: number | undefined, core: number): void {
  if (hasTaskset && pid !== undefined)
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

const GATEWAY_CORE = 0;
const LOAD_CORE = 1;

async function start(
  role: string,
  argument: string,
  core: number,
): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(join(import.meta.dirname, 'relay/gateways.ts'), [role, argument], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  pin(child.pid, core);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  pin(child.pid, core);
  return { url, process: child };
}

async function usedBy({ process: child }: Gateway): Promise<Used> {
  child.send('used');
  const [used] = (await once(child, 'message')) as [Used];
  return used;
}

async function startGateways(upstream: string): Promise<Gateway[]> {
  const authorization = `authorization: Bearer ${KEY}`;
  const proxy = await start('proxy', upstream, GATEWAY_CORE);
  const capstan = await start('capstan', upstream, GATEWAY_CORE);
  const chat = '/v1/chat/completions';
  const gateways: Gateway[] = [
    {
      name: 'proxy',
      ...proxy,
      request: (kind) =>
        kind === 'capability' ? undefined : requestBytes(proxy.url, chat, [authorization], bodies[kind]),
    },
    {
      name: 'capstan',
      ...capstan,
      request: (kind) => {
        const path = kind === 'capability' ? '/v1/capabilities/summarize' : chat;
        return requestBytes(capstan.url, path, [authorization], bodies[kind]);
      },
    },
  ];
  const entry = resolve(options.portkey, 'build/start-server.js');
  if (!existsSync(entry)) return gateways;
  const portkey = await start('portkey', entry, GATEWAY_CORE);
  const headers = [authorization, 'x-portkey-provider: openai', `x-portkey-custom-host: ${upstream}`];
  const request = (kind: Kind): Buffer | undefined =>
    kind === 'capability' ? undefined : requestBytes(portkey.url, chat, headers, bodies[kind]);
  return [...gateways, { name: 'portkey', ...portkey, request }];
}

// -- load

interface Load {
  readonly cpuMicrosPerCall: number;
  readonly callsPerSecond: number;
  readonly totals: readonly number[];
  readonly firsts: readonly number[];
}

async function load(gateway: Gateway, kind: Kind, callers: number, count: number): Promise<Load> {
  const request = gateway.request(kind);
  if (request === undefined) throw new Error(`${gateway.name} does not answer ${kind}`);
  const connections = await Promise.all(Array.from({ length: callers }, () => openCaller(gateway.url)));
  const totals: number[] = [];
  const firsts: number[] = [];
  let begun = 0;
  const before = await usedBy(gateway);
  const startedAt = performance.now();
  const run = async (caller: Caller): Promise<void> => {
    while (begun < count) {
      begun += 1;
      const { status, totalMs, firstMs, body } = await caller.ask(request);
      if (status !== 200) throw new Error(`${gateway.name} answered ${status}: ${body.toString()}`);
      if (kind === 'stream') assertWhole(gateway, body);
      totals.push(totalMs);
      firsts.push(firstMs);
    }
  };
  await Promise.all(connections.map(run));
  const elapsedMs = performance.now() - startedAt;
  const after = await usedBy(gateway);
  for (const each of connections) each.close();
  return {
    cpuMicrosPerCall: (after.cpuMicros - before.cpuMicros) / count,
    callsPerSecond: (count / elapsedMs) * 1000,
    totals,
    firsts,
  };
}

/** No event may be lost, added or altered. */
function assertWhole({ name }: Gateway, body: Buffer): void {
  const events = body.toString().match(/data: /g)?.length ?? 0;
  if (events !== EVENTS_PER_STREAM || !body.includes('word 99 '))
    throw new Error(`${name} gave ${events} events of ${EVENTS_PER_STREAM}`);
}

/** Callers who come at a pace, whether or not the earlier ones were answered. */
async function openLoop(gateway: Gateway, perSecond: number, seconds: number): Promise<number[]> {
  const request = gateway.request('small');
  if (request === undefined) return [];
  const idle: Caller[] = [];
  const totals: number[] = [];
  let errors = 0;
  const ask = async (dueAt: number): Promise<void> => {
    let caller = idle.pop();
    while (caller?.closed === true) caller = idle.pop();
    caller ??= await openCaller(gateway.url);
    const { status } = await caller.ask(request);
    if (status !== 200) throw new Error(`${gateway.name} answered ${status}`);
    totals.push(performance.now() - dueAt);
    idle.push(caller);
  };
  const startedAt = performance.now();
  const asked: Promise<void>[] = [];
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const due = Math.min(
        perSecond * seconds,
        Math.floor(((performance.now() - startedAt) / 1000) * perSecond),
      );
      while (asked.length < due) {
        const call = ask(startedAt + (asked.length / perSecond) * 1000);
        asked.push(call.catch(() => void (errors += 1)));
      }
      if (asked.length < perSecond * seconds) return;
      clearInterval(timer);
      done();
    }, 1);
  });
  await Promise.all(asked);
  for (const each of idle) each.close();
  if (errors > 0) say(`  ${gateway.name}: ${errors} of ${asked.length} calls failed`);
  return totals;
}

// -- report

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

function ratio(what: string, over: readonly number[], base: readonly number[], bar = ''): void {
  const all = over.map((each, index) => each / (base[index] ?? NaN));
  const [median, least, most] = [quantile(all, 0.5), Math.min(...all), Math.max(...all)];
  say(
    `    ${what}: ${median.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)})${bar === '' ? '' : `   bar ${bar}`}`,
  );
}

/** Rounds of one kind of load, each gateway in turn; the first round warms up and does not count. */
async function alternate(
  gateways: readonly Gateway[],
  kindOf: (gateway: Gateway) => Kind,
  callers: number,
  count: number,
): Promise<Map<string, Load[]>> {
  const results = new Map<string, Load[]>(gateways.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const gateway of gateways) {
      if (!results.has(gateway.name)) continue;
      const kind = kindOf(gateway);
      const isWarmUp = round === 0 && kind !== 'stream' && gateway.name !== 'portkey';
      try {
        const measured = await load(gateway, kind, callers, isWarmUp ? WARM_UP_CALLS : count);
        if (round > 0) results.get(gateway.name)?.push(measured);
      } catch (error) {
        if (gateway.name !== 'portkey') throw error;
        // Another's errors are told, and do not end the measurement of ours.
        say(`  ${gateway.name} failed and is left out: ${String(error)}`);
        results.delete(gateway.name);
      }
    }
  }
  return results;
}

function cpuOf(results: ReadonlyMap<string, readonly Load[]>, name: string): number[] {
  return (results.get(name) ?? []).map(({ cpuMicrosPerCall }) => cpuMicrosPerCall);
}

function table(results: ReadonlyMap<string, readonly Load[]>): void {
  for (const [name, loads] of results) {
    const totals = loads.flatMap((each) => each.totals);
    const cells = [
      `CPU µs ${quantile(cpuOf(results, name), 0.5).toFixed(1).padStart(8)}`,
      `calls/s ${quantile(
        loads.map((each) => each.callsPerSecond),
        0.5,
      )
        .toFixed(0)
        .padStart(7)}`,
      `p50 ms ${quantile(totals, 0.5).toFixed(2).padStart(7)}`,
      `p99 ms ${quantile(totals, 0.99).toFixed(2).padStart(7)}`,
    ];
    say(`  ${name.padEnd(8)} ${cells.join('   ')}`);
  }
}

// -- parts

const parts: Readonly<Record<string, (gateways: readonly Gateway[]) => Promise<void>>> = {
  async calls(gateways) {
    for (const callers of [1, 16, 64, 256]) {
      say(`\nsmall body (0.7 kB), ${callers} at a time`);
      const results = await alternate(gateways, () => 'small', callers, callers === 1 ? calls / 4 : calls);
      table(results);
      ratio('CPU, capstan ÷ proxy', cpuOf(results, 'capstan'), cpuOf(results, 'proxy'), '≤ 1.5, aim 1.1');
      if (results.has('portkey'))
        ratio(
          'CPU, capstan ÷ portkey',
          cpuOf(results, 'capstan'),
          cpuOf(results, 'portkey'),
          '≤ 0.125, aim 0.08',
        );
    }
  },
  async large(gateways) {
    say('\n100 kB body, 16 at a time');
    const results = await alternate(gateways, () => 'large', 16, calls / 2);
    table(results);
    ratio('CPU, capstan ÷ proxy', cpuOf(results, 'capstan'), cpuOf(results, 'proxy'), '≤ 1.3, aim 0.6');
  },
  async capability(gateways) {
    say('\ncapability call, 16 at a time (proxy and relay: the same question as a chat)');
    const [proxy, capstan] = gateways;
    if (proxy === undefined || capstan === undefined) return;
    const relayed = { ...capstan, name: 'relay' };
    const results = await alternate(
      [proxy, relayed, capstan],
      ({ name }) => (name === 'capstan' ? 'capability' : 'small'),
      16,
      calls,
    );
    table(results);
    ratio('CPU, capability ÷ proxy', cpuOf(results, 'capstan'), cpuOf(results, 'proxy'), '≤ 2.6, aim 1.6');
    ratio('CPU, capability ÷ relay', cpuOf(results, 'capstan'), cpuOf(results, 'relay'), '≤ 1.8, aim 1.5');
  },
  async streams(gateways) {
    for (const streams of options.quick ? [1, 200] : [1, 50, 200]) {
      say(`\n${streams} streams of ${EVENTS_PER_STREAM} events, one each 20 ms`);
      const results = await alternate(gateways, () => 'stream', streams, streams);
      for (const [name, loads] of results) {
        const cpu = quantile(cpuOf(results, name), 0.5) / EVENTS_PER_STREAM;
        const first = quantile(
          loads.flatMap((each) => each.firsts),
          0.5,
        );
        say(
          `  ${name.padEnd(8)} CPU µs/event ${cpu.toFixed(1).padStart(7)}   first byte ms ${first.toFixed(2)}`,
        );
      }
      ratio(
        'CPU per event, capstan ÷ proxy',
        cpuOf(results, 'capstan'),
        cpuOf(results, 'proxy'),
        '≤ 1.25 at 200, aim 1.05',
      );
    }
  },
  async open(gateways) {
    // At one pace the kernel has the same to do for all: a faster gateway keeps the callers awake, and is flattered else.
    const seconds = options.quick ? 3 : 10;
    say(`\nopen loop, 500 calls a second for ${seconds} s`);
    const tails = new Map<string, number[]>(gateways.map(({ name }) => [name, []]));
    const cpus = new Map<string, number[]>(gateways.map(({ name }) => [name, []]));
    for (let round = 0; round < Math.min(rounds, 6); round += 1) {
      for (const gateway of gateways) {
        const before = await usedBy(gateway);
        const totals = await openLoop(gateway, 500, seconds);
        const after = await usedBy(gateway);
        tails.get(gateway.name)?.push(quantile(totals, 0.99));
        cpus.get(gateway.name)?.push((after.cpuMicros - before.cpuMicros) / totals.length);
      }
    }
    const of = (all: ReadonlyMap<string, number[]>, name: string): number[] => all.get(name) ?? [];
    for (const { name } of gateways) {
      const [cpu, tail] = [quantile(of(cpus, name), 0.5), quantile(of(tails, name), 0.5)];
      say(`  ${name.padEnd(8)} CPU µs ${cpu.toFixed(1).padStart(8)}   p99 ms ${tail.toFixed(2)}`);
    }
    ratio('CPU, capstan ÷ proxy', of(cpus, 'capstan'), of(cpus, 'proxy'), '≤ 1.5, aim 1.1');
    ratio('p99, capstan ÷ proxy', of(tails, 'capstan'), of(tails, 'proxy'));
    if (!tails.has('portkey')) return;
    ratio('CPU, capstan ÷ portkey', of(cpus, 'capstan'), of(cpus, 'portkey'), '≤ 0.125, aim 0.08');
    ratio('p99, capstan ÷ portkey', of(tails, 'capstan'), of(tails, 'portkey'), '≤ 0.1');
  },
  async memory(gateways) {
    const count = options.quick ? LONG_RUN_CALLS / 10 : LONG_RUN_CALLS;
    say(`\nmemory, MB: now, after ${count.toLocaleString('en')} more calls, and at its highest`);
    const peaks = new Map<string, number>();
    for (const gateway of gateways) {
      const before = await usedBy(gateway);
      await load(gateway, 'small', 64, count);
      const after = await usedBy(gateway);
      peaks.set(gateway.name, after.peakBytes);
      const cells = [before.rssBytes, after.rssBytes, after.peakBytes].map((bytes) =>
        (bytes / 1e6).toFixed(0).padStart(5),
      );
      say(`  ${gateway.name.padEnd(8)} ${cells.join('  ')}`);
    }
    const [ours, proxy, portkey] = ['capstan', 'proxy', 'portkey'].map((name) => peaks.get(name));
    if (ours !== undefined && proxy !== undefined) ratio('peak, capstan ÷ proxy', [ours], [proxy]);
    if (ours !== undefined && portkey !== undefined)
      ratio('peak, capstan ÷ portkey', [ours], [portkey], '≤ 0.6, aim 0.4');
  },
};

pin(process.pid, LOAD_CORE);
const provider = await start('provider', '', LOAD_CORE);
const gateways = await startGateways(provider.url);
say(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}; ${rounds} alternating rounds of ${calls} calls`,
);
say(
  `pinned: ${hasTaskset ? `gateways to core ${GATEWAY_CORE}, provider and callers to core ${LOAD_CORE}` : 'no, taskset is not there'}`,
);
say(
  `measured: ${gateways.map(({ name }) => name).join(', ')}${gateways.length < 3 ? ' (portkey is not installed: --portkey PATH)' : ''}`,
);
say(
  `idle memory, MB: ${(await Promise.all(gateways.map(async (each) => `${each.name} ${((await usedBy(each)).rssBytes / 1e6).toFixed(0)}`))).join(', ')}`,
);
// A process that has just begun reads several times too slow.
for (const gateway of gateways)
  await load(gateway, 'small', 16, gateway.name === 'portkey' ? calls : 3 * calls);
for (const [name, part] of Object.entries(parts))
  if (options.only === undefined || options.only === name) await part(gateways);
for (const each of [provider, ...gateways]) each.process.disconnect();
