// What a generated client makes of a stream, whatever the contract, the value, and the places where the bytes are cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect } from '../../src/client/index.ts';
import type { CapabilityStream } from '../../src/client/index.ts';
import type { Json, JsonSchema } from '../../src/registry/snapshot.ts';
import { createGrowingOutput } from '../../src/runtime/grow-output.ts';
import { toContractForm, toStrictForm } from '../../src/schema/strict-form.ts';
import { plain, wires } from '../support/event-wires.ts';
import type { Sent } from '../support/event-wires.ts';
import { contracts } from '../support/arbitrary-contract.ts';
import { pieces } from '../support/pieces.ts';
import { isPrefixOf } from '../support/prefix-of.ts';
import { strictValue } from '../support/strict-value.ts';

/** The events of a call whose model writes these pieces, as the server sends them. */
function eventsOf(schema: JsonSchema, written: readonly string[], output: Json, strict: boolean): Sent[] {
  const form = strict ? toStrictForm(schema) : toContractForm(schema);
  const growing = createGrowingOutput(schema, schema['type'] === 'string' ? undefined : form);
  const deltas = written.map((piece) => growing.take(piece)).filter((text) => text !== '');
  return [
    { name: 'start', data: { invocation: {} } },
    ...deltas.map((text) => ({ name: 'delta', data: { text } })),
    { name: 'result', data: { output, invocation: {} } },
  ];
}

/** A client whose server answers with exactly these bytes, one chunk after the other. */
function streamOf(chunks: readonly Uint8Array[], kind: 'json' | 'text'): CapabilityStream<Json> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) if (chunk.length > 0) controller.enqueue(chunk);
      controller.close();
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = async (): Promise<Response> => new Response(body, { headers });
  return connect({ fetch }).method<unknown, Json, string>('sample', kind).stream({});
}

async function partialsOf(stream: CapabilityStream<Json>): Promise<unknown[]> {
  const partials: unknown[] = [];
  for await (const partial of stream) partials.push(partial);
  return partials;
}

const wireOf = fc.constantFrom(...wires);

test('each partial is the beginning of the output and of the next one, and the last one is the output', async () => {
  await fc.assert(
    fc.asyncProperty(
      contracts({ open: true }),
      fc.nat(),
      fc.boolean(),
      wireOf,
      async (contract, seed, isStrict, wire) => {
        const { schema, value } = contract;
        if (schema['type'] === 'string') return;
        const strict = isStrict && toStrictForm(schema) !== undefined;
        const written = JSON.stringify(strict ? strictValue(schema, value) : value);
        const events = eventsOf(schema, pieces(written, seed), value, strict);
        const bytes = pieces(Buffer.from(wire(events)), seed + 1);
        const partials = await partialsOf(streamOf(bytes, 'json'));
        const ordered = strict ? orderedAs(partials.at(-2), value) : value;
        for (const [index, partial] of partials.slice(0, -1).entries()) {
          expect(
            isPrefixOf(partial, ordered),
            `${JSON.stringify(partial)} of ${JSON.stringify(ordered)}`,
          ).toBe(true);
          expect(isPrefixOf(partials[index - 1] ?? partial, partial)).toBe(true);
        }
        expect(partials.at(-1)).toEqual(value);
      },
    ),
    { numRuns: 200 },
  );
});

test('a text that looks like a list is not taken for one where either may come', async () => {
  const schema = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
  for (const value of ['[', '["a"]', '{']) {
    const events = eventsOf(schema, [...JSON.stringify(value)], value, false);
    expect(await partialsOf(streamOf([Buffer.from(plain(events))], 'json'))).toEqual([value]);
  }
  const events = eventsOf(schema, ['["a', 'b"]'], ['ab'], false);
  expect(events.map(({ name }) => name)).toContain('delta');
});

/** In strict forms properties come in the order of the contract, which is not that of the value. */
function orderedAs(example: unknown, value: Json): Json {
  if (Array.isArray(value)) {
    const items = Array.isArray(example) ? example : [];
    return value.map((item, index) => orderedAs(items[index], item as Json));
  }
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys((typeof example === 'object' ? example : undefined) ?? {});
  const all = [...names.filter((name) => Object.hasOwn(value, name)), ...Object.keys(value)];
  const inner = (example ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    all.map((name) => [name, orderedAs(inner[name], (value as Record<string, Json>)[name] as Json)]),
  );
}

test('text grows by whole characters, wherever its bytes are cut', async () => {
  const words = fc.string({
    unit: fc.constantFrom('a', ' ', 'é', '€', '😀', '👩‍👩‍👧', '\n', '\r\n', '\u2028', '\0', 'data: '),
  });
  await fc.assert(
    fc.asyncProperty(words, fc.nat(), wireOf, async (text, seed, wire) => {
      const events = eventsOf({ type: 'string' }, pieces(text, seed), text, false);
      const partials = await partialsOf(streamOf(pieces(Buffer.from(wire(events)), seed), 'text'));
      for (const partial of partials as string[]) {
        expect(text.startsWith(partial)).toBe(true);
        expect(partial.isWellFormed()).toBe(true);
      }
      expect(partials.at(-1)).toBe(text);
    }),
    { numRuns: 200 },
  );
});

const summary = { summary: 'Grüße 😀', points: ['a', 'b'] };
const schema: JsonSchema = {
  type: 'object',
  properties: { summary: { type: 'string' }, points: { type: 'array', items: { type: 'string' } } },
  required: ['summary', 'points'],
  additionalProperties: false,
};

test('however the same bytes are cut, the output is the same: at every single byte', async () => {
  const events = eventsOf(schema, pieces(JSON.stringify(summary), 5), summary, false);
  for (const wire of wires) {
    const bytes = Buffer.from(wire(events));
    for (let at = 0; at <= bytes.length; at += 1) {
      const partials = await partialsOf(streamOf([bytes.subarray(0, at), bytes.subarray(at)], 'json'));
      expect(partials.at(-1)).toEqual(summary);
      for (const partial of partials) expect(isPrefixOf(partial, summary)).toBe(true);
    }
  }
});

test('the first partial is there as soon as the first property begins, and the next with every word', async () => {
  const partials: unknown[] = [];
  const deltas = ['{"su', 'mmary"', ':', '"', 'Gr', 'üße"', ',"points":', '["a', '","', 'b"]', '}'];
  const growing = createGrowingOutput(schema, toContractForm(schema));
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const send = (name: string, data: unknown): Promise<void> =>
    writer.write(encoder.encode(plain([{ name, data }])));
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = async (): Promise<Response> => new Response(readable, { headers });
  const stream = connect({ fetch }).method<unknown, Json, string>('sample', 'json').stream({});
  const iterator = stream[Symbol.asyncIterator]();
  for (const delta of deltas) {
    const text = growing.take(delta);
    if (text === '') continue;
    void send('delta', { text });
    const next = await iterator.next();
    partials.push(next.value);
  }
  expect(partials).toEqual([
    {},
    { summary: '' },
    { summary: 'Gr' },
    { summary: 'Grüße' },
    { summary: 'Grüße', points: ['a'] },
    { summary: 'Grüße', points: ['a', ''] },
    { summary: 'Grüße', points: ['a', 'b'] },
    { summary: 'Grüße', points: ['a', 'b'] },
  ]);
  await iterator.return?.(undefined);
});

test('an event of a megabyte, in a thousand pieces, is one event', async () => {
  const long = '€'.repeat(350_000);
  const events = eventsOf({ type: 'string' }, [long], long, false);
  const bytes = Buffer.from(plain(events));
  const chunks = Array.from({ length: 2_048 }, (_, index) =>
    bytes.subarray(index * 1_031, (index + 1) * 1_031),
  );
  const partials = await partialsOf(streamOf(chunks, 'text'));
  expect(partials.at(-1)).toBe(long);
});

test('a long list in single characters: every step costs the same, or this would not end in time', async () => {
  const list = Array.from({ length: 40_000 }, (_, index) => index % 10);
  const items: JsonSchema = { type: 'array', items: { type: 'integer' } };
  const events = eventsOf(items, [...JSON.stringify(list)], list, false);
  const partials = await partialsOf(
    streamOf(
      events.map((event) => Buffer.from(plain([event]))),
      'json',
    ),
  );
  expect(partials.at(-1)).toEqual(list);
  expect(partials.length).toBeGreaterThan(500);
});

test('names of prototypes are names', async () => {
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') as Json;
  const open: JsonSchema = { type: 'object', additionalProperties: {} };
  const events = eventsOf(open, [...JSON.stringify(value)], value, false);
  const partials = await partialsOf(streamOf([Buffer.from(plain(events))], 'json'));
  for (const partial of partials) expect(isPrefixOf(partial, value)).toBe(true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
