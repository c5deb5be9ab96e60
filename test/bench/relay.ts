// What serving costs beside a raw proxy in Node, beside nginx where it is on the PATH, and beside Portkey's gateway where
// that is installed (neither is a dependency: PORTKEY=PATH names the latter's package, or --portkey), and whether that
// holds the bars. The figures to trust are the ratios of CPU, each between two gateways in one round; rounds alternate.
//
// Every gateway is a process of its own, pinned to one core where `taskset` is there. Provider and callers are this
// process, on another core. While gateways are loaded as far as they go (calls, large, capability), this process never sleeps. Else it would, whenever the gateway is slower than the load; then each write of the gateway has to wake
// it, the more often the slower the gateway is, and a wake-up costs the gateway more than the write does: the ratio would
// grow by what is none of its work. Streams and the open loop are not like that: there a gateway has time left, everybody
// sleeps and is woken for each event as in real use, and that is a part of what is measured. The provider stays in this
// process then: in one of its own, to ask it directly costs wake-ups as well, and what nginx adds to that is too
// little to divide by.
//
//   npm run bench:relay                      everything
//   npm run bench:relay -- --quick           fewer rounds and calls, no long run: about three minutes
//   npm run bench:relay -- --only streams    one part: calls, large, capability, streams, open, memory, workers
import { cpus } from 'node:os';
import { startGateways } from './relay/start-gateways.ts';
import { awake, load, tally, tolerate } from './relay/load.ts';
import { hasNginx } from './relay/nginx.ts';
import { calls, only, rounds } from './relay/options.ts';
import { parts } from './relay/parts.ts';
import { coresOfThis, GATEWAY_CORE, hasTaskset, LOAD_CORE, pin } from './relay/processes.ts';
import { startBenchProvider } from './relay/provider.ts';
import { say, sayBars } from './relay/report.ts';

const chosen = Object.entries(parts).filter(([name]) => only === undefined || only === name);
if (chosen.length === 0) throw new Error(`--only takes one of ${Object.keys(parts).join(', ')}`);

// nginx and the command are ended when this process ends, which a signal must not skip.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

const cores = coresOfThis();
pin(process.pid, LOAD_CORE);
const upstream = await startBenchProvider();
const gateways = await startGateways(upstream);
const has = (name: string): boolean => gateways.some((each) => each.name === name);

const missing = [
  ...(hasNginx ? [] : ['nginx is not on the PATH, or there is no /proc']),
  ...(has('portkey') ? [] : ['portkey is not installed: --portkey PATH']),
];
say(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`);
say(`${rounds} alternating rounds of ${calls} calls`);
say(
  hasTaskset
    ? `pinned: gateways to core ${GATEWAY_CORE}, provider and callers to core ${LOAD_CORE}`
    : 'not pinned: taskset is not there, or there is one core',
);
say(`measured: ${gateways.map(({ name }) => name).join(', ')}${missing.map((why) => `; ${why}`).join('')}`);
const idle = gateways.map(
  async ({ name, used }) => `${name} ${(((await used?.())?.rssBytes ?? NaN) / 1e6).toFixed(0)}`,
);
say(`idle memory, MB: ${(await Promise.all(idle)).join(', ')}`);

try {
  // A process that has just begun reads several times too slow.
  await awake(async () => {
    for (const gateway of gateways)
      await tolerate(gateway, () =>
        load(gateway, 'small', 16, gateway.name === 'portkey' ? calls : 3 * calls),
      );
  });
  for (const [, part] of chosen) await part({ gateways, upstream, cores });
} finally {
  sayBars(tally);
}
for (const each of gateways) await each.stop();
process.exit();
