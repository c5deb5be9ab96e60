// The parts of the bench, each of which measures one kind of load on the gateways that can answer it.
import { capstanGateway, directGateway, startGateways } from './start-gateways.ts';
import type { Gateway } from './start-gateways.ts';
import { alternate, awake, load, openLoop, tolerate } from './load.ts';
import type { Load } from './load.ts';
import { calls, longRunCalls, quick, rounds } from './options.ts';
import { hasProc, LOAD_CORE, pin } from './processes.ts';
import { EVENTS_PER_STREAM } from './provider.ts';
import { median, quantile, ratio, say } from './report.ts';
import { canFindWorkers, startServe } from './serve.ts';

export interface Bench {
  readonly gateways: readonly Gateway[];
  /** Base URL of the provider. */
  readonly upstream: string;
  /** The cores that this process could use before it was pinned. */
  readonly cores: string;
}

export const parts: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  calls: measureCalls,
  large: measureLarge,
  capability: measureCapability,
  streams: measureStreams,
  open: measureOpenLoop,
  memory: measureMemory,
  workers: measureWorkers,
};

type Results = ReadonlyMap<string, readonly Load[]>;

async function measureCalls({ gateways }: Bench): Promise<void> {
  for (const callers of [1, 16, 64, 256]) {
    const at = `${callers} at a time`;
    say(`\nsmall body (0.7 kB), ${at}`);
    const count = callers === 1 ? calls / 2 : calls;
    const results = await awake(() => alternate(gateways, () => 'small', callers, count));
    table(results);
    const [capstan, proxy, nginx, portkey] = cpuOfEach(results);
    ratio('CPU, capstan ÷ proxy', capstan, proxy, { bar: 'smallProxy', at });
    ratio('CPU, capstan ÷ nginx', capstan, nginx);
    // The bar is for a core with all hands full. A caller alone lets everybody sleep, and to be woken costs all the same.
    ratio(
      'CPU, capstan ÷ portkey',
      capstan,
      portkey,
      callers === 1 ? undefined : { bar: 'smallPortkey', at },
    );
  }
}

async function measureLarge({ gateways }: Bench): Promise<void> {
  const at = '16 at a time';
  say(`\n100 kB body, ${at}`);
  const results = await awake(() => alternate(gateways, () => 'large', 16, calls / 2));
  table(results);
  const [capstan, proxy, nginx, portkey] = cpuOfEach(results);
  ratio('CPU, capstan ÷ proxy', capstan, proxy, { bar: 'largeProxy', at });
  ratio('CPU, capstan ÷ nginx', capstan, nginx);
  ratio('CPU, capstan ÷ portkey', capstan, portkey);
}

async function measureCapability({ gateways }: Bench): Promise<void> {
  const at = '16 at a time';
  say(`\ncapability call, ${at} (proxy and relay: the same question as a chat)`);
  const compared = gateways.flatMap((each) => {
    if (each.name === 'proxy') return [each];
    return each.name === 'capstan' ? [{ ...each, name: 'capstan relay' }, each] : [];
  });
  const results = await awake(() =>
    alternate(compared, ({ name }) => (name === 'capstan' ? 'capability' : 'small'), 16, calls),
  );
  table(results);
  const capability = cpuOf(results, 'capstan');
  ratio('CPU, capability ÷ proxy', capability, cpuOf(results, 'proxy'), { bar: 'capabilityProxy', at });
  const relay = cpuOf(results, 'capstan relay');
  ratio('CPU, capability ÷ relay', capability, relay, { bar: 'capabilityRelay', at });
}

async function measureStreams({ gateways, upstream }: Bench): Promise<void> {
  for (const streams of quick ? [200] : [1, 50, 200]) {
    say(`\n${streams} streams of ${EVENTS_PER_STREAM} events, one each 20 ms`);
    const compared = [directGateway(upstream), ...gateways];
    const results = await alternate(compared, () => 'stream', streams, streams);
    const added = new Map([...results.keys()].map((name) => [name, addedBy(results, name)]));
    for (const name of results.keys()) {
      const cpu = median(cpuOf(results, name)) / EVENTS_PER_STREAM;
      const first = median(firstsOf(results, name));
      say(
        `  ${name.padEnd(8)} CPU µs/event ${printMicros(cpu)}   first byte ms ${first.toFixed(2)}   ` +
          `added ${median(added.get(name) ?? []).toFixed(2)}`,
      );
    }
    // The bars are for many streams: one stream lets the processor sleep between its events.
    const at = `${streams} at a time`;
    const isAsked = streams === 200;
    const [capstan, proxy, nginx, portkey] = cpuOfEach(results);
    const perEvent = isAsked ? { bar: 'streamProxy' as const, at } : undefined;
    ratio('CPU per event, capstan ÷ proxy', capstan, proxy, perEvent);
    ratio('CPU per event, capstan ÷ nginx', capstan, nginx);
    ratio('CPU per event, capstan ÷ portkey', capstan, portkey);
    const ours = added.get('capstan') ?? [];
    const first = isAsked ? { bar: 'firstNginx' as const, at } : undefined;
    ratio('first byte added, capstan ÷ proxy', ours, added.get('proxy') ?? []);
    ratio('first byte added, capstan ÷ nginx', ours, added.get('nginx') ?? [], first);
  }
}

/** Milliseconds until the first byte of an answer: the median of each round. */
function firstsOf(results: Results, name: string): number[] {
  return (results.get(name) ?? []).map(({ firsts }) => median(firsts));
}

/** What a gateway adds to that, in each round. */
function addedBy(results: Results, name: string): number[] {
  const direct = firstsOf(results, 'direct');
  return firstsOf(results, name).map((first, round) => first - (direct[round] ?? NaN));
}

async function measureOpenLoop({ gateways }: Bench): Promise<void> {
  // At one pace the kernel has the same to do for all: a faster gateway keeps the callers awake, and is flattered else.
  const seconds = quick ? 3 : 10;
  say(`\nopen loop, 500 calls a second for ${seconds} s`);
  const results = new Map<string, Load[]>(gateways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const gateway of gateways) results.get(gateway.name)?.push(await openLoop(gateway, 500, seconds));
  table(results);
  const [capstan, proxy, nginx, portkey] = cpuOfEach(results);
  const at = '500 a second';
  ratio('CPU, capstan ÷ proxy', capstan, proxy, { bar: 'smallProxy', at });
  ratio('CPU, capstan ÷ nginx', capstan, nginx);
  ratio('CPU, capstan ÷ portkey', capstan, portkey);
  const tail = (name: string): number[] =>
    (results.get(name) ?? []).map(({ totals }) => quantile(totals, 0.99));
  ratio('p99, capstan ÷ proxy', tail('capstan'), tail('proxy'));
  ratio('p99, capstan ÷ nginx', tail('capstan'), tail('nginx'), { bar: 'tailNginx', at: 'open loop' });
  ratio('p99, capstan ÷ portkey', tail('capstan'), tail('portkey'), { bar: 'tailPortkey', at: 'open loop' });
}

/**
 * On new processes: what the other parts asked of the gateways would be part of their highest. Of Capstan it is the command's
 * own, with its usage file and its log: that is what somebody has to find room for.
 */
async function measureMemory({ upstream }: Bench): Promise<void> {
  const at = `${longRunCalls.toLocaleString('en')} calls`;
  say(`\nmemory of new processes, MB: idle, after ${at}, and at its highest`);
  if (!hasProc) return say('  not measured: it is read from /proc, which is not here');
  const others = await startGateways(upstream);
  const served = capstanGateway('capstan', await startServe(upstream, 1));
  const gateways = [served, ...others.filter(({ name }) => name !== 'capstan')];
  const peaks = new Map<string, number>();
  for (const gateway of gateways) {
    const before = await gateway.used?.();
    await tolerate(gateway, () => load(gateway, 'small', 64, longRunCalls));
    const after = await gateway.used?.();
    if (before === undefined || after === undefined) continue;
    peaks.set(gateway.name, after.peakBytes);
    const cells = [before.rssBytes, after.rssBytes, after.peakBytes];
    say(
      `  ${gateway.name.padEnd(8)} ${cells.map((bytes) => (bytes / 1e6).toFixed(0).padStart(5)).join('  ')}`,
    );
  }
  for (const each of [...others, served]) await each.stop();
  const peak = (name: string): number[] => [peaks.get(name) ?? []].flat();
  ratio('peak, capstan ÷ proxy', peak('capstan'), peak('proxy'));
  ratio('peak, capstan ÷ portkey', peak('capstan'), peak('portkey'), { bar: 'memoryPortkey', at });
}

async function measureWorkers({ upstream, cores }: Bench): Promise<void> {
  const callers = 64;
  say(`\ncapstan serve, small body, ${callers} at a time; CPU of all workers, and nothing is pinned`);
  if (!canFindWorkers) return say('  not measured: workers are found in /proc, which is not here');
  // With two cores there is none left for the load; and a process that never sleeps would take one from the workers. What
  // a process starts may run where it may itself.
  pin(process.pid, cores);
  const servers = [
    capstanGateway('capstan, one worker', await startServe(upstream, 1)),
    capstanGateway('capstan, two workers', await startServe(upstream, 2)),
  ];
  try {
    const results = await alternate(servers, () => 'small', callers, calls * 4);
    table(results);
    const [one, two] = servers.map(({ name }) => cpuOf(results, name));
    ratio('CPU, two workers ÷ one', two ?? [], one ?? [], { bar: 'workers', at: `${callers} at a time` });
  } finally {
    for (const each of servers) await each.stop();
    pin(process.pid, LOAD_CORE);
  }
}

/** Microseconds a call, one for each round. */
function cpuOf(results: Results, name: string): number[] {
  return (results.get(name) ?? []).map(({ cpuMicrosPerCall }) => cpuMicrosPerCall);
}

function cpuOfEach(results: Results): readonly [number[], number[], number[], number[]] {
  const of = (name: string): number[] => cpuOf(results, name);
  return [of('capstan'), of('proxy'), of('nginx'), of('portkey')];
}

function table(results: Results): void {
  const width = Math.max(...[...results.keys()].map(({ length }) => length));
  for (const [name, loads] of results) {
    const totals = loads.flatMap((each) => each.totals);
    const rate = median(loads.map((each) => each.callsPerSecond));
    const cells = [
      `CPU µs ${printMicros(median(cpuOf(results, name)))}`,
      `calls/s ${rate.toFixed(0).padStart(7)}`,
      `p50 ms ${median(totals).toFixed(2).padStart(7)}`,
      `p99 ms ${quantile(totals, 0.99).toFixed(2).padStart(7)}`,
    ];
    say(`  ${name.padEnd(width)} ${cells.join('   ')}`);
  }
}

function printMicros(micros: number): string {
  return (Number.isNaN(micros) ? '–' : micros.toFixed(1)).padStart(8);
}
