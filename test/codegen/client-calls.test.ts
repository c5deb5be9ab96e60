// The generated client at work: a process of its own, in which Node strips the types, calls a real server.
import { execFile, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { generate } from '../../codegen/index.ts';
import { startCapstan } from '../../examples/demo/start-capstan.ts';
import {
  answers,
  failsHalfway,
  fails,
  stallsAfter,
  startFakeUpstream,
  staysSilent,
  streams,
} from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const clientSource = readFileSync(join(repository, 'src/client/index.ts'), 'utf8');
const summary = { summary: 'Sales rose.', points: ['4%', '2%'] };

let upstream: FakeUpstream;
let server: TestServer;
let locked: TestServer;
let folder: string;
let program: ChildProcess;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
  server = await startServer(snapshot);
  locked = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { app: 'secret' } }), {
    access: 'keys',
  });
  folder = mkdtempSync(join(tmpdir(), 'capstan-client-'));
  const [file] = await generate(snapshot, { target: 'typescript', client: 'embedded', clientSource });
  writeFileSync(join(folder, 'index.ts'), file?.text ?? '');
  program = await startProgram(server);
});

afterEach(() => {
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  program.kill();
  await server.close();
  await locked.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startProgram({ url }: TestServer): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'client-process.ts');
  const child = fork(script, [join(folder, 'index.ts'), url], { execArgv: [] });
  await answerOf(child);
  return child;
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((found, reject) => {
    const onExit = (code: number | null) => reject(new Error(`the program ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (answer: { value?: unknown; error?: string }) => {
      child.off('exit', onExit);
      if (answer.error === undefined) found(answer.value);
      else reject(new Error(answer.error));
    });
  });
}

/** Lets the program do one step. */
function step(name: string, child = program): Promise<unknown> {
  const answer = answerOf(child);
  child.send(name);
  return answer;
}

const failure = (className: string, fields: object = {}): object => ({
  classes: ['CapstanError', className].toSorted(),
  violations: [],
  ...fields,
});

test('a call gives the output and what it took', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  expect(await step('whole')).toEqual({
    output: summary,
    invocation: {
      capability: 'summarize@1',
      model: 'upstream/large',
      tier: 'standard',
      usage: { inputTokens: 11, outputTokens: 7 },
      attempts: 1,
      cached: false,
    },
  });
});

test('each major is the method that it was', async () => {
  expect(await step('majors')).toEqual(['title@1', 'title@2', 'Hello.']);
});

test('the options of a call reach the server', async () => {
  expect(await step('options')).toEqual({
    tier: 'economy',
    sent: [
      {
        idempotencyKey: 'once',
        authorization: 'Bearer anything',
        body: {
          input: { document: 'Sales rose by 4%. Costs fell by 2%.' },
          tier: 'economy',
          metadata: { team: 'a' },
        },
      },
    ],
  });
});

test('a stream gives ever more of the output, and the whole at last', async () => {
  const text = JSON.stringify(summary);
  upstream.always(streams([text.slice(0, 20), text.slice(20, 44), text.slice(44)]));
  const { partials, output, model } = (await step('streamed')) as {
    partials: readonly { summary?: string; points?: string[] }[];
    output: unknown;
    model: string;
  };
  expect({ output, model }).toEqual({ output: summary, model: 'upstream/large' });
  expect(partials.length).toBeGreaterThan(1);
  expect(partials.at(-1)).toEqual(summary);
  for (const { summary: cut = '', points = [] } of partials) {
    expect(summary.summary.startsWith(cut)).toBe(true);
    expect(points.length).toBeLessThanOrEqual(2);
  }
});

test('a stream of text grows by its pieces', async () => {
  upstream.always(streams(['Sal', 'es', ' rose']));
  const texts = (await step('streamedText')) as readonly string[];
  expect(texts.at(-1)).toBe('Sales rose');
  for (const text of texts) expect('Sales rose'.startsWith(text)).toBe(true);
});

test('a stream may be awaited without being watched', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  expect(await step('resultOnly')).toEqual(summary);
});

test('a signal cancels the call, here and at the provider', async () => {
  upstream.always(staysSilent);
  const abandoned = upstream.abandoned();
  expect(await step('aborted')).toMatchObject(failure('CancelledError', { code: 'cancelled' }));
  await abandoned;
});

test('a signal that fired before lets nothing be sent', async () => {
  expect(await step('abortedBefore')).toMatchObject(failure('CancelledError'));
  expect(upstream.received).toEqual([]);
});

test('a signal cancels a stream between its pieces', async () => {
  upstream.always(stallsAfter(['Sal']));
  const abandoned = upstream.abandoned();
  const cancelled = failure('CancelledError', { code: 'cancelled' });
  expect(await step('abortedStream')).toMatchObject({ seen: ['Sal'], failure: cancelled, result: cancelled });
  await abandoned;
});

test('leaving the loop cancels the call', async () => {
  upstream.always(stallsAfter(['Sal']));
  const abandoned = upstream.abandoned();
  expect(await step('leftEarly')).toMatchObject(failure('CancelledError'));
  await abandoned;
});

test('the deadline of a call is kept', async () => {
  upstream.always(staysSilent);
  expect(await step('tooSlow')).toMatchObject(failure('TimeoutError', { code: 'timeout' }));
});

test('an input that does not fit is refused with every violation, streamed or not', async () => {
  const invalid = { code: 'input_invalid', status: 400, hasInvocation: true };
  expect(await step('invalidInput')).toMatchObject(
    failure('InputInvalidError', { ...invalid, violations: ['/document minLength', '/maxPoints maximum'] }),
  );
  expect(await step('invalidInputStreamed')).toMatchObject(
    failure('InputInvalidError', { ...invalid, violations: ['/document minLength'] }),
  );
});

test('an output that does not fit is an error of its own', async () => {
  upstream.always(answers('{"summary":"no points"}'));
  const { classes, code, violations } = (await step('summarize')) as {
    classes: string[];
    code: string;
    violations: string[];
  };
  expect({ classes, code }).toEqual({
    classes: ['CapstanError', 'OutputInvalidError'],
    code: 'output_invalid',
  });
  expect(violations).toContainEqual(expect.stringContaining('required'));
});

test('a provider that fails, at once or halfway, is told apart from the server', async () => {
  upstream.always(fails(500));
  expect(await step('title')).toMatchObject(failure('ProviderFailedError', { status: 502 }));
  upstream.always(failsHalfway(['Sal']));
  expect(await step('titleStreamed')).toMatchObject(failure('ProviderFailedError'));
});

test('a key is asked for', async () => {
  const stranger = await startProgram(locked);
  try {
    expect(await step('title', stranger)).toMatchObject(failure('UnauthenticatedError', { status: 401 }));
    expect(await step('titleStreamed', stranger)).toMatchObject(
      failure('UnauthenticatedError', { status: 401 }),
    );
  } finally {
    stranger.kill();
  }
});

test('a tier that is not offered is a malformed request', async () => {
  expect(await step('notOffered')).toMatchObject(failure('RequestInvalidError', { status: 400 }));
});

test.each<[string, string, object]>([
  ['unreachable', 'ConnectionFailedError', { code: 'connection_failed' }],
  ['notCapstan', 'ReplyInvalidError', { code: 'reply_invalid' }],
  ['tooMany', 'RateLimitedError', { code: 'rate_limited', status: 429, retryAfterSeconds: 7 }],
])('%s is a %s', async (name, className, fields) => {
  expect(await step(name)).toMatchObject(failure(className, fields));
});

test('a code of a newer server is the general error, with that code', async () => {
  expect(await step('newerCode')).toMatchObject({
    classes: ['CapstanError'],
    code: 'not_invented_yet',
    status: 418,
  });
});

test('the example runs', async () => {
  const capstan = await startCapstan(repository);
  try {
    const main = join(repository, 'examples/typed-client/main.ts');
    const { stdout } = await run(process.execPath, [main], {
      env: { ...process.env, CAPSTAN_URL: capstan.url },
    });
    const said = stdout.split('\n').map((line) => line.slice(0, 9).trim());
    expect(new Set(said)).toEqual(
      new Set(['summary', 'point', 'by', 'at first', 'at last', 'refused', 'cancelled', '']),
    );
  } finally {
    await capstan.close();
  }
});
