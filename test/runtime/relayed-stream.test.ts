// Event streams through the relay: however the bytes are cut, the caller gets every event but the one it did not ask for.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRelayedStream } from '../../src/runtime/relayed-stream.ts';

const event = (value: unknown, end = '\n\n'): string => `data: ${JSON.stringify(value)}${end}`;
const content = (text: string): unknown => ({
  choices: [{ delta: { content: text }, finish_reason: null }],
  usage: null,
});
const finish = { choices: [{ delta: {}, finish_reason: 'stop' }], usage: null };
const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } };

function relay(text: string, cuts: readonly number[], hideUsage: boolean): { text: string; usage: unknown } {
  const bytes = Buffer.from(text);
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  const stream = createRelayedStream('chat', hideUsage);
  const out = [0, ...places].map((from, index) => stream.take(bytes.subarray(from, places[index])));
  return { text: Buffer.concat([...out, stream.finish()]).toString(), usage: stream.usage };
}

test('however the bytes are cut, events come whole and unchanged, and usage is counted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.boolean(),
      fc.constantFrom('\n\n', '\r\n\r\n', '\r\r', '\n\r\n', '\r\n\n'),
      fc.constantFrom('', '\ufeff'),
      (texts, cuts, hideUsage, end, mark) => {
        const shown = [...texts.map(content), finish].map((value) => event(value, end)).join('');
        const done = `data: [DONE]${end}`;
        const relayed = relay(`${mark}: hello${end}${shown}${event(usage, end)}${done}`, cuts, hideUsage);
        expect(relayed.text).toBe(`${mark}: hello${end}${shown}${hideUsage ? '' : event(usage, end)}${done}`);
        expect(relayed.usage).toEqual({ inputTokens: 3, outputTokens: 4 });
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each([
  ['nothing', ''],
  ['words without an end', event(content('Hello'))],
  ['half an event', event(finish).slice(0, 20)],
])('a stream that ends with %s is not whole', (_name, text) => {
  const stream = createRelayedStream('chat', false);
  stream.take(Buffer.from(text));
  expect(() => stream.finish()).toThrow('broke off');
});

test('a last event without its blank line still counts', () => {
  const stream = createRelayedStream('chat', false);
  stream.take(Buffer.from(event(content('Hello'))));
  stream.take(Buffer.from('data: [DONE]'));
  expect(stream.finish().toString()).toBe('data: [DONE]');
});

test('what a byte order mark stands before is read as well', () => {
  const error = { error: { message: 'No.' } };
  const stream = createRelayedStream('chat', false);
  expect(() => stream.take(Buffer.from(`\ufeff${event(error)}`))).toThrow('an error inside the stream');
});

test('comments keep a connection alive: they pass at once, and are no content', () => {
  const stream = createRelayedStream('chat', true);
  expect(stream.take(Buffer.from(': keep-alive\n\n')).toString()).toBe(': keep-alive\n\n');
  expect([stream.hasContent, stream.events]).toEqual([false, 0]);
});

test('an event of three megabytes in small pieces is one event; one without end is refused', () => {
  const long = Buffer.from(event(content('x'.repeat(3_000_000))));
  const feed = (bytes: Buffer): Buffer[] => {
    const stream = createRelayedStream('chat', false);
    const out: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1_000) out.push(stream.take(bytes.subarray(at, at + 1_000)));
    return out.filter(({ length }) => length > 0);
  };
  expect(feed(long)).toEqual([long]);
  expect(() => feed(Buffer.alloc(5_000_000, 'data: '))).toThrow('an event without end');
});
