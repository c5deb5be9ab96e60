// A provider's stream as the wire brings it: cut anywhere, in any line ends, with comments and marks among the events.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChatEvent } from '../../src/chat/chat.ts';
import { decodeStream } from '../../src/providers/openai.ts';
import { plain, wires } from '../support/event-wires.ts';
import type { Sent } from '../support/event-wires.ts';
import { pieces } from '../support/pieces.ts';

const chunk = (delta: object, more: object = {}): Sent => ({
  name: 'message',
  data: { choices: [{ index: 0, delta, finish_reason: null, ...more }] },
});
const usage: Sent = {
  name: 'message',
  data: { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } },
};
const finish = chunk({}, { finish_reason: 'stop' });

async function decoded(chunks: readonly Uint8Array[]): Promise<readonly ChatEvent[]> {
  const body = (async function* () {
    yield* chunks;
  })();
  const events: ChatEvent[] = [];
  for await (const event of decodeStream(body)) events.push(event);
  return events;
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
}

const end: ChatEvent = { kind: 'end', finishReason: 'stop', usage: { inputTokens: 3, outputTokens: 4 } };
const words = fc.string({
  unit: fc.constantFrom('a', 'é', '€', '😀', '\n', '\r\n', '\u2028', '\ufeff', 'data: ', '"'),
});

test('the words of a model arrive as they were sent, always', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(words), fc.nat(), fc.constantFrom(...wires), async (texts, seed, wire) => {
      const sent = [
        chunk({ role: 'assistant' }),
        ...texts.map((content) => chunk({ content })),
        finish,
        usage,
      ];
      const bytes = Buffer.from(`${wire(sent)}data: [DONE]\n\n`);
      const events = await decoded(pieces(bytes, seed));
      expect(textOf(events)).toBe(texts.join(''));
      expect(events.at(-1)).toEqual(end);
    }),
    { numRuns: 300 },
  );
});

test('cut at every single byte, it is the same', async () => {
  for (const wire of wires) {
    const bytes = Buffer.from(`${wire([chunk({ content: 'Grüße 😀' }), finish, usage])}data: [DONE]\n\n`);
    for (let at = 0; at <= bytes.length; at += 1) {
      const events = await decoded([bytes.subarray(0, at), bytes.subarray(at)]);
      expect([textOf(events), events.at(-1)]).toEqual(['Grüße 😀', end]);
    }
  }
});

test('an event of a megabyte in small pieces is one event; one without end is refused', async () => {
  const content = '€'.repeat(300_000);
  const cut = (bytes: Buffer): Buffer[] =>
    Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, index) =>
      bytes.subarray(index * 1_000, (index + 1) * 1_000),
    );
  expect(textOf(await decoded(cut(Buffer.from(plain([chunk({ content }), finish])))))).toBe(content);
  await expect(decoded(cut(Buffer.alloc(20_000_000, 'data: x')))).rejects.toThrow('an event without end');
});

test('after [DONE] nothing is read, and a stream without an end is a failure', async () => {
  const done = Buffer.from('data: [DONE]\n\ndata: no JSON\n\n');
  expect(await decoded([done])).toEqual([{ kind: 'end', finishReason: 'other' }]);
  await expect(decoded([Buffer.from(plain([chunk({ content: 'Hello' })]))])).rejects.toThrow('broke off');
});
