// The callers: as many at a time as are asked for, or at a pace, and what one load of them measured.
import { setTimeout as wait } from 'node:timers/promises';
import type { Gateway, Kind } from './start-gateways.ts';
import { rounds, warmUpCalls } from './options.ts';
import { STREAM } from './provider.ts';
import { say } from './report.ts';
import { openCaller, withoutFrames } from './wire.ts';
import type { Answered, Caller } from './wire.ts';

export interface Load {
  /** Not a number where the gateway has no process of its own. */
  readonly cpuMicrosPerCall: number;
  readonly callsPerSecond: number;
  /** Milliseconds, one for each call. */
  readonly totals: readonly number[];
  readonly firsts: readonly number[];
}

/**
 * Streams begin one after the other over this time. Were they asked for all at once, the wait for the first byte would be
 * that of a queue, and all events would come together.
 */
const STREAMS_BEGIN_MS = 500;

/** What Capstan was asked in the whole run, and how often the answer was not what it should be. */
export const tally = { calls: 0, failures: 0 };

let isAwake = false;

/** Does the work while this process never sleeps: its event loop is kept turning. Why is said in ../relay.ts. */
export async function awake<Result>(work: () => Promise<Result>): Promise<Result> {
  isAwake = true;
  turn();
  try {
    return await work();
  } finally {
    isAwake = false;
  }
}

function turn(): void {
  if (isAwake) setImmediate(turn);
}

/**
 * Rounds of one kind of load, each gateway in turn, by its name; the first round warms up and does not count. Those that
 * do not answer this kind are left out, and so is another's that fails.
 */
export async function alternate(
  gateways: readonly Gateway[],
  kindOf: (gateway: Gateway) => Kind,
  callers: number,
  count: number,
): Promise<Map<string, Load[]>> {
  const able = gateways.filter((gateway) => gateway.request(kindOf(gateway)) !== undefined);
  const results = new Map<string, Load[]>(able.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const gateway of able) {
      if (!results.has(gateway.name)) continue;
      const kind = kindOf(gateway);
      // Portkey's needs the time of ten.
      const isWarmUp = round === 0 && kind !== 'stream' && gateway.name !== 'portkey';
      const measured = await tolerate(gateway, () =>
        load(gateway, kind, callers, isWarmUp ? warmUpCalls : count),
      );
      if (measured === undefined) results.delete(gateway.name);
      else if (round > 0) results.get(gateway.name)?.push(measured);
    }
  }
  return results;
}

/** Undefined when another's gateway fails at it, which is told and does not end the measurement of ours. */
export async function tolerate<Result>(
  gateway: Gateway,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!gateway.isAnothers) throw error;
    say(`  ${gateway.name} failed and is left out: ${String(error)}`);
    return undefined;
  }
}

/** Callers who each ask again as soon as they were answered. The first answer that is wrong ends it. */
export async function load(gateway: Gateway, kind: Kind, callers: number, count: number): Promise<Load> {
  const request = requestOf(gateway, kind);
  const connections = await Promise.all(Array.from({ length: callers }, () => openCaller(gateway.url)));
  const totals: number[] = [];
  const firsts: number[] = [];
  let begun = 0;
  const run = async (caller: Caller, index: number): Promise<void> => {
    if (kind === 'stream') await wait((index / callers) * STREAMS_BEGIN_MS);
    while (begun < count) {
      begun += 1;
      const answered = await ask(gateway, kind, caller, request);
      totals.push(answered.totalMs);
      firsts.push(answered.firstMs);
    }
  };
  const before = await gateway.used?.();
  const startedAt = performance.now();
  try {
    await Promise.all(connections.map(run));
    const elapsedMs = performance.now() - startedAt;
    const after = await gateway.used?.();
    return {
      cpuMicrosPerCall: ((after?.cpuMicros ?? NaN) - (before?.cpuMicros ?? NaN)) / count,
      callsPerSecond: (count / elapsedMs) * 1000,
      totals,
      firsts,
    };
  } finally {
    for (const each of connections) each.close();
  }
}

/**
 * Callers who come at a pace, whether or not the earlier ones were answered. Their times count from the moment when they
 * ask: that this process comes to them a little late, as its timer is exact to a millisecond only, is not the gateway's.
 */
export async function openLoop(gateway: Gateway, perSecond: number, seconds: number): Promise<Load> {
  const request = requestOf(gateway, 'small');
  const opened: Caller[] = [];
  const idle: Caller[] = [];
  const totals: number[] = [];
  const firsts: number[] = [];
  let failures = 0;
  const come = async (): Promise<void> => {
    const cameAt = performance.now();
    let caller = idle.pop();
    while (caller?.closed === true) caller = idle.pop();
    if (caller === undefined) {
      caller = await openCaller(gateway.url);
      opened.push(caller);
    }
    const { firstMs } = await ask(gateway, 'small', caller, request);
    totals.push(performance.now() - cameAt);
    firsts.push(firstMs);
    idle.push(caller);
  };
  const before = await gateway.used?.();
  const startedAt = performance.now();
  const asked: Promise<void>[] = [];
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const elapsed = Math.min(seconds, (performance.now() - startedAt) / 1000);
      while (asked.length < Math.floor(elapsed * perSecond))
        asked.push(come().catch(() => void (failures += 1)));
      if (elapsed < seconds) return;
      clearInterval(timer);
      done();
    }, 1);
  });
  await Promise.all(asked);
  const after = await gateway.used?.();
  for (const each of opened) each.close();
  if (failures > 0) say(`  ${gateway.name}: ${failures} of ${asked.length} calls failed`);
  return {
    cpuMicrosPerCall: ((after?.cpuMicros ?? NaN) - (before?.cpuMicros ?? NaN)) / totals.length,
    callsPerSecond: perSecond,
    totals,
    firsts,
  };
}

function requestOf(gateway: Gateway, kind: Kind): Buffer {
  const request = gateway.request(kind);
  if (request === undefined) throw new Error(`${gateway.name} does not answer ${kind}`);
  return request;
}

async function ask(gateway: Gateway, kind: Kind, caller: Caller, request: Buffer): Promise<Answered> {
  const isOurs = gateway.name.startsWith('capstan');
  if (isOurs) tally.calls += 1;
  try {
    const answered = await caller.ask(request);
    const { status, body } = answered;
    if (status !== 200) throw new Error(`${gateway.name} answered ${status}: ${body.toString()}`);
    if (kind === 'stream' && !withoutFrames(body).equals(STREAM))
      throw new Error(`${gateway.name} lost, added or altered events: ${body.toString()}`);
    return answered;
  } catch (error) {
    if (isOurs) tally.failures += 1;
    throw error;
  }
}
