// The Python client: its types under mypy, strictly, over the same corpus as the TypeScript client's; and at work, in a
// process of Python that calls a real server.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../codegen/index.ts';
import { pascalCase } from '../../codegen/identifier.ts';
import { compileSources } from '../../src/cli/compile-sources.ts';
import type { Json, JsonSchema, Snapshot } from '../../src/registry/snapshot.ts';
import { readSources } from '../../src/workspace/read-sources.ts';
import { capabilityWith, readCodegenCases, snapshotOf } from '../support/codegen-cases.ts';
import {
  answers,
  fails,
  failsHalfway,
  stallsAfter,
  startFakeUpstream,
  staysSilent,
  streams,
} from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { rewriteBlocks, updatesExpectations } from '../support/markdown.ts';
import type { BlockChange } from '../support/markdown.ts';
import { hasProgram } from '../support/find-program.ts';
import { filled, mistypedValues, partialValues, validValues } from '../support/sample-values.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const repository = resolve(import.meta.dirname, '../..');
const clientSource = readFileSync(join(repository, 'codegen/python/runtime.py'), 'utf8');
const hasPython = hasProgram('python3', ['--version'], /Python 3\.(?:1[1-9]|[2-9]\d)/);
const hasMypy = hasProgram('mypy', ['--version'], /mypy [1-9]/);
const summary = { summary: 'Sales rose.', points: ['4%', '2%'] };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-python-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function writePackage(name: string, snapshot: Snapshot): Promise<string> {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  for (const { path, text } of await generate(snapshot, { target: 'python', clientSource })) {
    writeFileSync(join(place, path), text);
  }
  return place;
}

/** Clients side by side on one runtime, which is then checked once. */
async function writeModule(name: string, snapshot: Snapshot): Promise<void> {
  mkdirSync(join(folder, 'clients'), { recursive: true });
  const files = await generate(snapshot, { target: 'python', clientSource });
  for (const { path, text } of files) {
    writeFileSync(join(folder, 'clients', path === '__init__.py' ? `${name}.py` : path), text);
  }
  writeFileSync(join(folder, 'clients/__init__.py'), '');
}

describe.skipIf(!hasMypy || !hasPython)('under mypy', () => {
  const corpus = parse(readFileSync(join(import.meta.dirname, 'corpus.yaml'), 'utf8')) as Record<
    string,
    JsonSchema
  >;

  /** The schema is the output, and with it the input's one property. */
  function corpusSnapshot(): Snapshot {
    return snapshotOf(
      Object.entries(corpus).map(([name, output]) => {
        const { $defs, ...value } = output;
        const input = {
          type: 'object',
          required: ['value'],
          properties: { value },
          ...($defs === undefined ? {} : { $defs }),
        };
        return capabilityWith(name, { input, output });
      }),
    );
  }

  test('types and validator agree: what fits is taken, partials are, and what breaks a type is not', async () => {
    const { snapshot: own } = compileSources(await readSources(repository));
    if (own === undefined) throw new Error('this repository does not compile');
    await writeModule('own', own);
    const snapshot = corpusSnapshot();
    await writeModule('corpus', snapshot);
    const cases = [...readCodegenCases(join(import.meta.dirname, 'typescript.md')), ...pages];
    for (const [index, { sources }] of cases.entries())
      await writeModule(`case_${index}`, snapshotOf(sources));

    const lines = ['from clients import corpus'];
    const wrong = new Set<number>();
    const add = (type: string, value: Json): number =>
      lines.push(`v${lines.length}: corpus.${type} = ${printPython(value)}`);
    let fitting = 0;
    for (const { name, input, output } of Object.values(snapshot.capabilities)) {
      const stem = pascalCase(name);
      for (const value of validValues(input)) fitting += add(`${stem}Input`, value) > 0 ? 1 : 0;
      for (const value of validValues(output)) {
        const whole = filled(output, value);
        fitting += add(`${stem}Output`, whole) > 0 ? 1 : 0;
        for (const partial of everyNinth(partialValues(whole))) add(`${stem}OutputPartial`, partial);
        for (const mistake of everyNinth(mistypedValues(output, whole)))
          wrong.add(add(`${stem}Output`, mistake));
      }
    }
    writeFileSync(join(folder, 'values.py'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'use.py'), useOfOwn);

    const { stdout, stderr } = spawnSync(
      'mypy',
      [
        '--strict',
        '--no-error-summary',
        '--cache-dir',
        join(folder, 'cache'),
        'clients',
        'values.py',
        'use.py',
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    expect(stderr).toBe('');
    const complaints = stdout.split('\n').filter((line) => line.includes(': error:'));
    const found = new Set(complaints.map((line) => Number(/^values\.py:(\d+):/.exec(line)?.[1] ?? 0)));
    const unexpected = complaints.filter(
      (line) => !wrong.has(Number(/^values\.py:(\d+):/.exec(line)?.[1] ?? 0)),
    );
    expect(
      unexpected.map((line) => `${line}\n${lines[Number(/:(\d+):/.exec(line)?.[1]) - 1]}`).slice(0, 20),
    ).toEqual([]);
    expect(fitting).toBeGreaterThan(300);
    expect(wrong.size).toBeGreaterThan(300);
    // Python's types say less: truth is a number, and what lies in open objects, lists of constants or tuples is not told.
    const refused = [...wrong].filter((line) => found.has(line)).length;
    expect(refused / wrong.size, `${refused} of ${wrong.size} mistakes are found`).toBeGreaterThan(0.9);
  }, 120_000);
});

/** mypy takes its time. */
function everyNinth(values: readonly Json[]): readonly Json[] {
  return values.filter((_, index) => index % 9 === 0);
}

/** What a user writes: inferred types are as declared, and mistakes are found (an unused "ignore" is an error as well). */
const useOfOwn = `from typing import List
from clients import own

client = own.Client("http://127.0.0.1:4700", api_key="key")

def read() -> List[str]:
    result = client.summarize({"document": "A text.", "maxPoints": 3}, tier="economy", timeout=3.5)
    model: str = result.invocation["model"]
    points: List[str] = [point["text"] for point in result.output["points"]]
    for partial in client.summarize.stream({"document": "A text."}):
        points.append(partial.get("summary", ""))
    return [model, client.translate({"text": "a", "to": "de"}).output, *points]

async def read_async() -> str:
    async for text in client.translate.stream({"text": "a", "to": "de"}):
        print(text.upper())
    return (await client.translate.call_async({"text": "a", "to": "de"})).output

client.summarize({})  # type: ignore
client.summarize({"document": 1})  # type: ignore
client.summarize({"document": "a", "documents": "b"})  # type: ignore
client.summarize({"document": "a"}, tier="platinum")  # type: ignore
client.summarise({"document": "a"})  # type: ignore
`;

/** A JSON value as Python has it. */
function printPython(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || typeof value === 'number')
    return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(printPython).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}: ${printPython(inner as Json)}`)
    .join(', ')}}`;
}

const pages = readCodegenCases(join(import.meta.dirname, 'python.md'));
const changes: BlockChange[] = [];

afterAll(() => rewriteBlocks(join(import.meta.dirname, 'python.md'), changes));

test.each(pages.map((each) => [each.heading, each] as const))(
  '%s',
  async (_heading, { sources, expected }) => {
    const [file] = await generate(snapshotOf(sources), { target: 'python', clientSource });
    const declarations = (file?.text ?? '').split('\n\n\n');
    expect(expected.length, 'a case shows what is generated').toBeGreaterThan(0);
    for (const block of expected) {
      const shown = block.label.split(' ').map((name) => {
        const found = declarations.find((each) =>
          new RegExp(`^(?:class )?${name}(?:\\(|:| =)`, 'm').test(each),
        );
        if (found === undefined) throw new Error(`Nothing that was generated is called ${name}.`);
        return `${found.trimEnd()}\n`;
      });
      const actual = shown.join('\n\n');
      if (updatesExpectations) changes.push({ kind: 'replace', block, text: actual });
      else expect(actual).toBe(block.text);
    }
  },
);

test('the package has three files, each says in its first line that nobody wrote it', async () => {
  const snapshot = snapshotOf([capabilityWith('sample', { output: { type: 'string' } })]);
  const files = await generate(snapshot, { target: 'python', clientSource });
  expect(files.map(({ path }) => path)).toEqual(['__init__.py', 'runtime.py', 'py.typed']);
  for (const { text } of files) {
    expect(text).toMatch(/^# Code generated .* DO NOT EDIT\.\n/);
    expect(text.endsWith('\n') && !text.includes('\r')).toBe(true);
  }
  const windows = await generate(snapshot, {
    target: 'python',
    clientSource: clientSource.replaceAll('\n', '\r\n'),
  });
  expect(windows).toEqual(files);
});

test('a simple capability costs at most 40 lines besides its types', async () => {
  const schemas = {
    input: { type: 'object', properties: { text: { type: 'string' } } },
    output: { type: 'string' },
  };
  const linesOf = async (names: readonly string[]): Promise<number> => {
    const snapshot = snapshotOf(names.map((name) => capabilityWith(name, schemas)));
    const [file] = await generate(snapshot, { target: 'python', clientSource });
    return file?.text.split('\n').length ?? 0;
  };
  const more = (await linesOf(['first', 'second'])) - (await linesOf(['first']));
  expect(more).toBeLessThanOrEqual(40);
});

test('the runtime imports nothing but the standard library', () => {
  const imported = [...clientSource.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name = '']) => name);
  const standard = [
    '__future__',
    'asyncio',
    'http',
    'json',
    'queue',
    'socket',
    'ssl',
    'threading',
    'time',
    'typing',
    'urllib',
  ];
  expect([...new Set(imported)].toSorted()).toEqual(standard);
});

describe.skipIf(!hasPython)('at work', () => {
  let upstream: FakeUpstream;
  let server: TestServer;
  let locked: TestServer;
  let program: Program;

  beforeAll(async () => {
    upstream = await startFakeUpstream();
    const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
    server = await startServer(snapshot);
    locked = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { app: 'secret' } }), {
      access: 'keys',
    });
    await writePackage('client', snapshot);
    program = await startProgram(server);
  });

  afterEach(() => {
    expect(server.faults).toEqual([]);
    upstream.reset();
  });

  afterAll(async () => {
    program.child.kill();
    await server.close();
    await locked.close();
    await upstream.close();
  });

  interface Program {
    readonly child: ChildProcess;
    step(name: string): Promise<unknown>;
  }

  async function startProgram({ url }: TestServer): Promise<Program> {
    const script = join(import.meta.dirname, 'python_calls.py');
    const child = spawn('python3', ['-B', script, folder, url], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    return {
      child,
      async step(name) {
        child.stdin.write(`${name}\n`);
        const { value, done } = await lines.next();
        if (done === true) throw new Error('the program ended');
        const answer = JSON.parse(value) as { value?: unknown; error?: string };
        if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
        return answer.value;
      },
    };
  }

  const step = (name: string): Promise<unknown> => program.step(name);

  test('a call gives the output and what it took', async () => {
    upstream.always(answers(JSON.stringify(summary)));
    expect(await step('whole')).toEqual({
      output: summary,
      capability: 'summarize@1',
      model: 'upstream/large',
      usage: { inputTokens: 11, outputTokens: 7 },
      attempts: 1,
    });
  });

  test('majors are methods of their own, and options reach the server', async () => {
    expect(await step('majors')).toEqual(['title@1', 'title@2']);
    const first = (await step('options')) as { tier: string; id: string };
    expect(first.tier).toBe('economy');
    expect(await step('options'), 'the second call had the first one’s effect').toEqual(first);
    expect(server.usage().at(-1)).toMatchObject({ capability: 'title@1', tier: 'economy' });
  });

  test.each(['streamed', 'streamed_async'])(
    '%s: ever more of the output, and the whole at last',
    async (name) => {
      const text = JSON.stringify(summary);
      upstream.always(streams([text.slice(0, 20), text.slice(20, 44), text.slice(44)]));
      const { partials, output } = (await step(name)) as {
        partials: { summary?: string; points?: string[] }[];
        output: unknown;
      };
      expect(output).toEqual(summary);
      expect(partials.length).toBeGreaterThan(1);
      expect(partials.at(-1)).toEqual(summary);
      for (const { summary: cut = '', points = [] } of partials) {
        expect(summary.summary.startsWith(cut)).toBe(true);
        expect(points.length).toBeLessThanOrEqual(2);
      }
    },
  );

  test('a stream of text grows by its pieces', async () => {
    upstream.always(streams(['Sal', 'es', ' rose']));
    const texts = (await step('streamed_text')) as readonly string[];
    expect(texts.at(-1)).toBe('Sales rose');
    for (const text of texts) expect('Sales rose'.startsWith(text)).toBe(true);
  });

  test('a result may be awaited without being watched, or by an event loop', async () => {
    upstream.always(answers(JSON.stringify(summary)));
    expect(await step('result_only')).toEqual(summary);
    expect(await step('call_async')).toEqual([summary, summary]);
  });

  test('partials of any JSON, cut anywhere, are beginnings of it', async () => {
    expect(await step('growing')).toBe(400);
  });

  test.each(['left_early', 'left_early_async'])(
    '%s: the call is cancelled, at the provider too',
    async (name) => {
      upstream.always(stallsAfter(['Sal']));
      const abandoned = upstream.abandoned();
      expect(await step(name)).toMatchObject({
        seen: ['Sal'],
        failure: { class: 'CancelledError', code: 'cancelled' },
      });
      await abandoned;
    },
  );

  test.each<[string, object | string]>([
    ['cancelled_async', 'cancelled'],
    ['cancelled_stream', { class: 'CancelledError' }],
    ['too_slow', { class: 'TimeoutError', code: 'timeout' }],
    ['too_slow_streamed', { class: 'TimeoutError', code: 'timeout' }],
  ])('%s: the provider is let go', async (name, expected) => {
    upstream.always(staysSilent);
    const abandoned = upstream.abandoned();
    const told = await step(name);
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatchObject(expected);
    await abandoned;
  });

  test('an input that does not fit is refused with every violation, streamed or not', async () => {
    const invalid = { class: 'InputInvalidError', code: 'input_invalid', status: 400, hasInvocation: true };
    expect(await step('invalid_input')).toMatchObject({
      ...invalid,
      violations: ['/document minLength', '/maxPoints maximum'],
    });
    expect(await step('invalid_input_streamed')).toMatchObject({
      ...invalid,
      violations: ['/document minLength'],
    });
  });

  test('each failure has its class', async () => {
    upstream.always(answers('{"summary":"no points"}'));
    expect(await step('summarize')).toMatchObject({ class: 'OutputInvalidError', code: 'output_invalid' });
    upstream.always(fails(500));
    expect(await step('title')).toMatchObject({ class: 'ProviderFailedError', status: 502 });
    upstream.always(failsHalfway(['Sal']));
    expect(await step('title_streamed')).toMatchObject({ class: 'ProviderFailedError' });
    expect(await step('unreachable')).toMatchObject({
      class: 'ConnectionFailedError',
      code: 'connection_failed',
    });
    expect(await step('not_capstan')).toMatchObject({ status: 404 });
    expect(await step('not_json')).toMatchObject({ class: 'RequestInvalidError', code: 'request_invalid' });
    expect(await step('not_an_address')).toBe('refused');
    expect(await step('is_its_own_timeout')).toBe(true);
    const stranger = await startProgram(locked);
    try {
      const failure = { class: 'UnauthenticatedError', status: 401 };
      expect(await stranger.step('title')).toMatchObject(failure);
      expect(await stranger.step('title_streamed')).toMatchObject(failure);
    } finally {
      stranger.child.kill();
    }
  });

  test('every code of the catalogue has its class', async () => {
    const { errorCatalogue } = await import('../../src/errors.ts');
    const listed = [...clientSource.matchAll(/^ {4}"(\w+)": (\w+Error),$/gm)].map(
      ([, code = '', name = '']) => [code, name],
    );
    const nameOf = (code: string): string => `${pascalCase(code.replaceAll('_', '-'))}Error`;
    const codes = [...Object.keys(errorCatalogue), 'connection_failed', 'reply_invalid'];
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(codes.map((code) => [code, nameOf(code)])));
  });
});
