// Capabilities as tools: the protocol's own client over HTTP, as it speaks now and as older clients speak, and over pipes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { nameMethods } from '../../codegen/name-methods.ts';
import { closeGracefully } from '../../src/server/close-gracefully.ts';
import { sampleProject } from '../cli/sample-project.ts';
import { answers, fails, startFakeUpstream, staysSilent } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const summary = { summary: 'Sales rose.', points: ['4%', '2%'] };
const document = 'Sales rose by 4%. Costs fell by 2%.';
const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }));
});

afterEach(() => {
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  await server.close();
  await upstream.close();
});

type Era = 'now' | 'before';
const eras: readonly Era[] = ['now', 'before'];

interface ConnectOptions {
  readonly key?: string;
  readonly onChange?: () => void;
}

async function connect(url: string, era: Era, { key, onChange }: ConnectOptions = {}): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    {
      versionNegotiation: { mode: era === 'now' ? 'auto' : 'legacy' },
      ...(onChange === undefined ? {} : { listChanged: { tools: { onChanged: onChange } } }),
    },
  );
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }),
  );
  onTestFinished(() => client.close());
  return client;
}

test.each(eras)(
  '%s: each capability and major is a tool, with schemas, annotations and where it comes from',
  async (era) => {
    const client = await connect(server.url, era);
    const { tools } = await client.listTools();
    const capabilities = Object.values(server.registry.current.capabilities);
    expect(tools.map(({ name }) => name)).toEqual(nameMethods(capabilities));
    const summarize = tools.find(({ name }) => name === 'summarize');
    expect(summarize).toMatchObject({
      description: 'The sample capability summarize.',
      inputSchema: { type: 'object', required: ['document'], additionalProperties: false },
      outputSchema: { type: 'object', required: ['summary', 'points'] },
      annotations: { readOnlyHint: true, destructiveHint: false },
      _meta: { 'capstan/capability': 'summarize@1', 'capstan/owner': 'team-sample' },
    });
    const title = tools.find(({ name }) => name === 'titleV2');
    expect(title?.outputSchema).toMatchObject({ type: 'object', properties: { output: { type: 'string' } } });
    const ajv = new Ajv2020({ strict: false });
    for (const { inputSchema, outputSchema } of tools) {
      expect(
        ajv.validateSchema(inputSchema as object) && ajv.validateSchema((outputSchema ?? {}) as object),
      ).toBe(true);
    }
  },
);

test.each(eras)('%s: a call gives structured content, its text, and what it took', async (era) => {
  const client = await connect(server.url, era);
  upstream.always(answers(JSON.stringify(summary)));
  const result = await client.callTool({ name: 'summarize', arguments: { document } });
  expect(result).toMatchObject({
    structuredContent: summary,
    content: [{ type: 'text', text: JSON.stringify(summary) }],
    _meta: {
      'capstan/invocation': {
        capability: 'summarize@1',
        model: 'upstream/large',
        attempts: [{ outcome: 'ok' }],
      },
    },
  });
  expect(result.isError).toBeFalsy();
  const text = await client.callTool({ name: 'title', arguments: { document } });
  expect(text.structuredContent).toEqual({ output: JSON.stringify(summary) });
  expect(server.usage().at(-1)).toMatchObject({ capability: 'title@1', outcome: 'ok' });
});

test.each(eras)(
  '%s: a mistake of the caller, and one of the provider, is told in the result',
  async (era) => {
    const client = await connect(server.url, era);
    const wrong = await client.callTool({ name: 'summarize', arguments: { document: '', maxPoints: 99 } });
    expect(wrong).toMatchObject({ isError: true, _meta: { 'capstan/error': { code: 'input_invalid' } } });
    expect(JSON.stringify(wrong.content)).toContain('/maxPoints');
    upstream.always(fails(500));
    const failed = await client.callTool({ name: 'title', arguments: { document } });
    expect(failed).toMatchObject({ isError: true, _meta: { 'capstan/error': { code: 'provider_failed' } } });
    await expect(client.callTool({ name: 'summarise', arguments: {} })).rejects.toThrow(
      'No tool is named "summarise"',
    );
  },
);

// Older clients say it in a message of its own, which cannot be told from those of others without sessions: their call runs
// on until its deadline.
test('who cancels a call cancels it at the provider', async () => {
  const client = await connect(server.url, 'now');
  upstream.always(staysSilent);
  const abandoned = upstream.abandoned();
  const call = client.callTool(
    { name: 'title', arguments: { document } },
    { signal: AbortSignal.timeout(200) },
  );
  await expect(call).rejects.toThrow();
  await abandoned;
});

test('a swap that changes the tools is told to those who listen, one that does not is not', async () => {
  const told = Promise.withResolvers<void>();
  let count = 0;
  const client = await connect(server.url, 'now', {
    onChange: () => {
      count += 1;
      told.resolve();
    },
  });
  const { registry } = server;
  const before = registry.current;
  const summarize = before.capabilities['summarize@1'];
  if (summarize === undefined) throw new Error('there is no summarize');
  const newPrompt = { ...summarize, revision: 'sha256:new', prompt: summarize.prompt.slice(1) };
  registry.swap({
    ...before,
    revision: `sha256:${'c'.repeat(64)}`,
    capabilities: { ...before.capabilities, 'summarize@1': newPrompt },
  });
  const { 'greet@1': _, ...capabilities } = before.capabilities;
  registry.swap({ ...before, revision: `sha256:${'b'.repeat(64)}`, capabilities });
  await told.promise;
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('greet');
  registry.swap(before);
  expect(count).toBe(1);
});

test('keys are asked for as everywhere', async () => {
  const locked = await startServer(sampleSnapshot({ keys: { app: 'secret' } }), { access: 'keys' });
  try {
    await expect(connect(locked.url, 'now')).rejects.toThrow();
    await expect(connect(locked.url, 'before', { key: 'wrong' })).rejects.toThrow();
    const client = await connect(locked.url, 'now', { key: 'secret' });
    await client.callTool({ name: 'greet', arguments: { name: 'Ada', language: 'en' } });
    expect(locked.usage().at(-1)).toMatchObject({ caller: 'app', capability: 'greet@1' });
    expect(locked.entries.some(({ caller, path }) => caller === 'app' && path === '/mcp')).toBe(true);
  } finally {
    await locked.close();
  }
});

test('a server that shuts down does not wait for those who only listen', async () => {
  const leaving = await startServer(sampleSnapshot());
  await connect(leaving.url, 'now', { onChange: () => {} });
  const startedAt = performance.now();
  await closeGracefully(leaving.app, 10_000);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('what is no message of the protocol is refused, and nothing breaks', async () => {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const send = (body: string, more = {}): Promise<Response> =>
    fetch(`${server.url}/mcp`, { method: 'POST', headers: { ...headers, ...more }, body });
  expect((await send('{')).status).toBe(400);
  expect((await send('[]')).status).toBe(400);
  expect((await send('{}')).status).toBe(400);
  expect((await send('{}', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await fetch(`${server.url}/mcp`)).status).toBe(405);
  expect((await send('{}', { origin: 'https://elsewhere.example' })).status).toBe(403);
});

test('over pipes: list, call, and a save that changes the tools', async () => {
  const project = sampleProject();
  const told = Promise.withResolvers<void>();
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { listChanged: { tools: { onChanged: () => told.resolve() } } },
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [main, 'mcp', '--project', project.root],
    stderr: 'pipe',
  });
  await client.connect(transport);
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['greet']);
    const result = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(result.structuredContent).toMatchObject({ greeting: expect.any(String) as string });
    project.edit('capabilities/greet.cap.yaml', 'Greets the person', 'Welcomes the person');
    await told.promise;
    const [tool] = (await client.listTools()).tools;
    expect(tool?.description).toContain('Welcomes');
  } finally {
    await client.close();
  }
});

test('over pipes: from a file that was built', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-mcp-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { runCli } = await import('../cli/run-cli.ts');
  const project = sampleProject();
  await runCli(['build'], { in: project.root });
  const file = join(folder, 'built.json');
  writeFileSync(file, readFileSync(project.path('capstan.snapshot.json')));
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [main, 'mcp', '--snapshot', file],
      stderr: 'pipe',
    }),
  );
  try {
    const result = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(result.structuredContent).toMatchObject({ greeting: expect.any(String) as string });
  } finally {
    await client.close();
  }
});
