// Every public text of the test data through the sample capabilities: an answer that fits its contract where the text
// fits, and a clear error of the catalogue where it does not.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { CapabilityError } from '../../src/errors.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { prepare } from '../../src/runtime/prepare.ts';
import { createSourceReader } from '../../src/workspace/read-sources.ts';
import { startInvocations } from '../support/start-invocations.ts';
import type { Invocations } from '../support/start-invocations.ts';

const root = resolve(import.meta.dirname, '../..');
const texts = resolve(root, '../shared/data/texts');
const present = existsSync(texts);

interface Text {
  readonly file: string;
  readonly bytes: number;
}

const files = present
  ? (JSON.parse(readFileSync(join(texts, 'index.json'), 'utf8')) as Text[]).map(({ file }) => file)
  : [];

let snapshot: Snapshot;
let invocations: Invocations;

beforeAll(() => {
  const compilation = compileSources(createSourceReader(root).read().sources);
  if (compilation.snapshot === undefined) throw new Error('the samples do not compile');
  snapshot = compilation.snapshot;
  invocations = startInvocations(snapshot);
});

afterAll(() => invocations.close());

test.skipIf(present)('the public texts are not here (../shared/data/texts): skipped', () => {});

describe.skipIf(!present)('every text, through the three capabilities', () => {
  test('there are texts', () => expect(files.length).toBeGreaterThan(8));

  test.each(files)('summarize %s', (file) => expectAnswerOrClearError('summarize', { document: read(file) }));

  test.each(files)('extract %s', (file) => expectAnswerOrClearError('extract', { document: read(file) }));

  test.each(files)('support-reply %s', (file) =>
    expectAnswerOrClearError('support-reply', ticketOf(read(file))),
  );

  test('the book of 174 kB is summarized whole, by a model whose window holds it', async () => {
    const book = { document: read('summarize/alice-full.txt') };
    // It was summarized before, by the test of every text.
    const { output, invocation } = await invocations.run('summarize', book, { bypassCache: true });
    expect(prepare(capability('summarize')).output(output).ok).toBe(true);
    expect(invocation.model).toBe('simulator/large');
    expect(invocation.usage.inputTokens).toBeGreaterThan(32_000);
  });

  test('each of the 45 messages to a bank gets a reply', async () => {
    const messages = JSON.parse(read('support-reply/banking77-messages.json')) as { text: string }[];
    expect(messages.length).toBeGreaterThan(40);
    for (const { text } of messages) {
      const { output } = await invocations.run('support-reply', ticketOf(text));
      expect(prepare(capability('support-reply')).output(output).ok).toBe(true);
    }
  });
});

function read(file: string): string {
  return readFileSync(join(texts, file), 'utf8');
}

function capability(name: string): Snapshot['capabilities'][string] {
  const found = snapshot.capabilities[snapshot.latest[name] ?? ''];
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** The ticket of the capability's own example, with another message in it. */
function ticketOf(message: string): unknown {
  const [example] = capability('support-reply').examples;
  return withMessage(example?.input, message);
}

function withMessage(value: unknown, message: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withMessage(item, message));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'message' || name === 'body' ? message : withMessage(inner, message),
    ]),
  );
}

async function expectAnswerOrClearError(name: string, input: unknown): Promise<void> {
  try {
    const { output } = await invocations.run(name, input);
    expect(prepare(capability(name)).output(output).ok).toBe(true);
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    expect(['input_invalid', 'no_route']).toContain(error.code);
    expect(error.message.length).toBeGreaterThan(40);
    if (error.code === 'no_route') expect(error.message).toContain('context');
    else expect(error.details).toMatchObject({ violations: [{ keyword: 'maxLength' }] });
  }
}
