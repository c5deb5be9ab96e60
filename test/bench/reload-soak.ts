// Many reloads under traffic: every answer comes from exactly one revision, the heap stays flat, and a Snapshot that serves
// no more is let go. Ends with an error when one of these does not hold.
//
//   npm run soak:reload                   1,000 reloads
//   npm run soak:reload -- --swaps 100    the short form, which the suite runs
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Agent } from 'undici';
import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import { answers, startFakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';

const { values: options } = parseArgs({
  options: { swaps: { type: 'string', default: '1000' }, callers: { type: 'string', default: '8' } },
});
const swaps = Number(options.swaps);

/** Editions that may be alive at the end: the one that serves, and what the last garbage was not told of. */
const ALIVE_MAX = 5;
/** Answers between two swaps, so that calls are on their way during every one. */
const CALLS_PER_SWAP = 4;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const upstream = await startFakeUpstream({ remembers: false });
// What the provider was sent, as the numbers of the editions that it carries.
upstream.always(
  answers(({ body }) => {
    const [, prompt] = /prompt edition (\d+)/.exec(JSON.stringify(body?.['messages'])) ?? [];
    return JSON.stringify({ prompt: Number(prompt), limit: Number(body?.['max_tokens']) - 1_000 });
  }),
);

function editionOf(edition: number): Snapshot {
  const revision = `sha256:${String(edition).padStart(64, '0')}`;
  const sample = sampleSnapshot({ upstreamUrl: upstream.baseUrl, revision });
  const summarize = sample.capabilities['summarize@1'];
  if (summarize === undefined) throw new Error('the sample has summarize');
  const constant = { type: 'integer', const: edition };
  const echo: Capability = {
    ...summarize,
    key: 'echo@1',
    name: 'echo',
    prompt: [{ kind: 'message', role: 'user', template: `This is prompt edition ${edition}.\n` }],
    output: {
      type: 'object',
      required: ['prompt', 'limit'],
      additionalProperties: false,
      properties: { prompt: constant, limit: constant },
    },
    tiers: { default: 'standard', offer: { standard: { maxOutputTokens: 1_000 + edition } } },
  };
  return { ...sample, capabilities: { 'echo@1': echo }, latest: { echo: 'echo@1' } };
}

/** Of every edition, itself and its capability: an answer that is remembered must keep neither. */
const editions: WeakRef<object>[][] = [];
const alive = (): number =>
  editions.filter((parts) => parts.some((part) => part.deref() !== undefined)).length;
const server = await startServer(editionOf(0), { remembers: false, ledgerLimit: 100 });
const agent = new Agent();
let answered = 0;
let isOver = false;

/** A function of its own, so that nothing here holds what it made. */
function swapTo(edition: number): { snapshot: WeakRef<object>; capability: WeakRef<object> } {
  const snapshot = server.registry.swap(editionOf(edition));
  const capability = snapshot.capabilities['echo@1'] ?? {};
  return { snapshot: new WeakRef(snapshot), capability: new WeakRef(capability) };
}

async function call(stream: boolean): Promise<void> {
  const { statusCode, headers, body } = await agent.request({
    origin: server.url,
    path: '/v1/capabilities/echo',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: { document: 'Hello.' }, stream }),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`a call was answered ${statusCode}: ${text}`);
  const result = JSON.parse(stream ? (/event: result\ndata: (.*)/.exec(text)?.[1] ?? '') : text) as {
    output: { prompt: number; limit: number };
    invocation: { snapshot: string };
  };
  const seen = new Set([
    Number(String(headers['x-capstan-revision']).slice('sha256:'.length)),
    Number(result.invocation.snapshot.slice('sha256:'.length)),
    result.output.prompt,
    result.output.limit,
  ]);
  if (seen.size !== 1) throw new Error(`an answer was made of editions ${[...seen].join(' and ')}`);
  answered += 1;
}

async function caller(index: number): Promise<void> {
  while (!isOver) await call(index % 2 === 0);
}

/** Garbage of promises and sockets is only known after some turns. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
}

function report(swap: number): number {
  const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
  const cells = [swap, answered, alive(), heapMb.toFixed(1)].map((cell) => String(cell).padStart(9));
  process.stdout.write(`${cells.join('')}\n`);
  return heapMb;
}

process.stdout.write(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}; server, callers and provider in one process\n` +
    `${['reloads', 'answers', 'alive', 'heap MB'].map((name) => name.padStart(9)).join('')}\n`,
);
const callers = Promise.all(Array.from({ length: Number(options.callers) }, (_, index) => caller(index)));
for (let edition = 1; edition <= swaps; edition += 1) {
  const { snapshot, capability } = swapTo(edition);
  editions.push([snapshot, capability]);
  const target = answered + CALLS_PER_SWAP;
  while (answered < target) await Promise.race([callers, new Promise((resolve) => setImmediate(resolve))]);
  if (edition % Math.max(1, swaps / 10) === 0) {
    await settle();
    report(edition);
  }
}
isOver = true;
await callers;
await settle();
report(swaps);
await agent.close();
await server.close();
await upstream.close();
if (alive() > ALIVE_MAX) throw new Error(`${alive()} of ${swaps} editions are still alive`);
