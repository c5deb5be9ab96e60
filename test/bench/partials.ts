// What it costs a client to rebuild an output that comes in deltas: processor time for each character of the output, at sizes
// from 1 kB to 1 MB. Work that is done once for each character stays the same; work on all that came so far would grow
// with the size. Run: npm run bench:partials
import { cpus } from 'node:os';
import { connect } from '../../src/client/index.ts';

const sizes = [1_000, 10_000, 100_000, 1_000_000];
/** Characters of a delta: about a token. */
const DELTA = 4;
const WARM_UP = 5;
const ROUNDS = 7;

const texts = (size: number): unknown => ({ summary: 'Sales rose by 4 %. '.repeat(size / 19), points: [] });
const list = (size: number): unknown => Array.from({ length: size / 2 }, (_, index) => index % 10);
const objects = (size: number): unknown => ({
  items: Array.from({ length: size / 40 }, (_, id) => ({ id, name: 'A name', tags: ['a', 'b'] })),
});
const nested = (size: number): unknown => {
  let value: unknown = 'x'.repeat(size / 2);
  for (let depth = 0; depth < 100; depth += 1)
    value = { [`level${depth}`]: value, more: 'y'.repeat(size / 400) };
  return value;
};
const outputs: readonly (readonly [string, (size: number) => unknown])[] = [
  ['one long text', texts],
  ['a list of numbers', list],
  ['a list of objects', objects],
  ['texts, 100 deep', nested],
];

/** The bytes of a call's events, as a server sends them; every delta is a chunk of its own. */
function chunksOf(output: unknown): Uint8Array[] {
  const text = JSON.stringify(output);
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += DELTA) {
    const data = JSON.stringify({ text: text.slice(at, at + DELTA) });
    chunks.push(encoder.encode(`event: delta\ndata: ${data}\n\n`));
  }
  const result = JSON.stringify({ output: null, invocation: {} });
  return [...chunks, encoder.encode(`event: result\ndata: ${result}\n\n`)];
}

/** Milliseconds of processor time, and the partials that a reader saw who is as quick as the stream. */
async function rebuild(chunks: readonly Uint8Array[]): Promise<{ milliseconds: number; partials: number }> {
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = async (): Promise<Response> => new Response(body, { headers });
  const before = process.cpuUsage();
  let partials = 0;
  for await (const _ of connect({ fetch }).method('sample', 'json').stream({})) partials += 1;
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: (user + system) / 1000, partials };
}

process.stdout.write(
  `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, Node ${process.versions.node}. Microseconds for each delta of ${DELTA} characters, the stream of the platform included; partials seen at 1 MB.\n\n`,
);
for (const [name, make] of outputs) {
  const cells: string[] = [];
  let seen = 0;
  for (const size of sizes) {
    const chunks = chunksOf(make(size));
    const rounds = size > 100_000 ? 3 : ROUNDS;
    for (let warm = 0; warm < WARM_UP && size < 1_000_000; warm += 1) await rebuild(chunks);
    const runs = [];
    for (let round = 0; round < rounds; round += 1) runs.push(await rebuild(chunks));
    const best = Math.min(...runs.map(({ milliseconds }) => milliseconds));
    seen = runs[0]?.partials ?? 0;
    cells.push(((best * 1000) / chunks.length).toFixed(2).padStart(8));
  }
  process.stdout.write(`${name.padEnd(20)}${cells.join('')}   ${seen} partials\n`);
}
