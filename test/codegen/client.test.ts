// What holds for every generated client: its size, its names, its bytes.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generate } from '../../codegen/index.ts';
import { reservedTypeNames } from '../../codegen/typescript/reserved-names.ts';
import type { ErrorCode, Invocation } from '../../src/client/index.ts';
import type { ErrorCode as ServerErrorCode } from '../../src/errors.ts';
import type { InvocationReport } from '../../src/runtime/run-capability.ts';
import type { Source } from '../../src/diagnostics/diagnostic.ts';
import { capabilityWith, snapshotOf } from '../support/codegen-cases.ts';

const clientSource = readFileSync(resolve(import.meta.dirname, '../../src/client/index.ts'), 'utf8');
const simple = {
  input: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
  output: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
};

async function textOf(sources: readonly Source[], options = {}): Promise<string> {
  const [file] = await generate(snapshotOf(sources), { target: 'typescript', ...options });
  return file?.text ?? '';
}

test('a simple capability costs at most 40 lines besides its types', async () => {
  const one = [capabilityWith('first', simple)];
  const linesOf = (text: string) => text.split('\n').length;
  const more = linesOf(await textOf([...one, capabilityWith('second', simple)])) - linesOf(await textOf(one));
  const types = linesOf(
    'export interface A {\n  text: string;\n}\n\nexport interface B {\n  title: string;\n}\n',
  );
  expect(more - types).toBeLessThanOrEqual(40);
});

test('every name that the runtime uses is reserved, for it may stand in the same file', () => {
  const code = clientSource
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?:[^/\\\n]|\\.)+\/[a-z]*/g, '""');
  const parameters = ['Code', 'Input', 'Item', 'Key', 'Output', 'Tier', 'Value'];
  const used = new Set(code.match(/\b(?<![.$\w])[A-Z]\w*/g));
  expect(used.size).toBeGreaterThan(30);
  expect([...used].filter((name) => !reservedTypeNames.includes(name) && !parameters.includes(name))).toEqual(
    [],
  );
});

test('the client has one file, ended by LF, whatever the line ends of what it is made from', async () => {
  const sources = [capabilityWith('sample', simple)];
  const windows = sources.map(({ path, text }) => ({ path, text: text.replaceAll('\n', '\r\n') }));
  const embedded = { client: 'embedded', clientSource };
  const text = await textOf(sources, embedded);
  expect(await textOf(windows, { ...embedded, clientSource: clientSource.replaceAll('\n', '\r\n') })).toBe(
    text,
  );
  expect(text).not.toContain('\r');
  expect(text.endsWith('}\n')).toBe(true);
});

test('the order of the sources changes nothing', async () => {
  const sources = ['b', 'a', 'a-b', 'ab', 'c1'].map((name) => capabilityWith(name, simple));
  const text = await textOf(sources);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(sources, { minLength: sources.length }), async (shuffled) => {
      expect(await textOf(shuffled)).toBe(text);
    }),
    { numRuns: 10 },
  );
});

test('the first line says that nobody wrote this', async () => {
  const [first] = (await textOf([capabilityWith('sample', simple)])).split('\n');
  expect(first).toMatch(/^\/\/ Code generated .* DO NOT EDIT\.$/);
});

/** As JSON has it: nothing is undefined; and without the room that is left for what a newer server may say. */
type Declared<Value> = Value extends readonly (infer Item)[]
  ? readonly Declared<Item>[]
  : Value extends object
    ? { [Key in keyof Value as string extends Key ? never : Key]: Declared<Exclude<Value[Key], undefined>> }
    : Value;

test('what the client says of an invocation, and of its errors, is what the server sends', () => {
  // The check is that of the compiler: these lines are no use to it when a field is missing or of another type.
  const told = (report: Declared<InvocationReport>): Declared<Invocation> => report;
  const codes: readonly (ServerErrorCode | 'connection_failed' | 'reply_invalid')[] =
    [] as readonly ErrorCode[];
  const known: readonly ErrorCode[] = [] as readonly ServerErrorCode[];
  expect([told, codes, known]).toHaveLength(3);
});

test('an unknown target is refused by name', async () => {
  const snapshot = snapshotOf([capabilityWith('sample', simple)]);
  await expect(generate(snapshot, { target: 'cobol' })).rejects.toThrow('typescript');
});
