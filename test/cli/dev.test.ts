// `capstan dev` as people meet it: it serves, says what to paste, and follows what is saved.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { emptyFolder, sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';
import { startCli } from './start-cli.ts';

const greet = 'capabilities/greet.cap.yaml';

async function invoke(url: string, capability = 'greet', input: object = { name: 'Ada' }): Promise<Answer> {
  const answer = await fetch(`${url}/v1/capabilities/${capability}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly output?: unknown;
    readonly invocation?: { readonly revision: string; readonly snapshot: string };
  };
}

test('it prints where it serves and what to paste: curl, typed client, OpenAI SDK', async () => {
  const project = sampleProject();
  await using dev = startCli(['dev', '--port', '0'], project.root);
  const url = await dev.url();
  await dev.said('/openapi.json, tools for agents (MCP) at ');
  await dev.said('Ctrl-C to stop');
  const { code, out, err } = await dev.stop();
  expect(code).toBe(0);
  expect(out).toContain(`Capstan serves sample on ${url}`);
  expect(out).toContain(`curl -s ${url}/v1/capabilities/greet `);
  expect(out).toContain("import { createClient } from './generated/index.ts'");
  expect(out).toContain(`baseURL: '${url}/v1'`);
  expect(out).toContain('not by a language model');
  expect(err).toContain('SAMPLE_KEY is not set');
  expect(err).toContain('wrote generated/index.ts');
  expect(project.read('generated/index.ts')).toContain('greet');
});

test('a save changes the next answer, a broken one does not, and both are told', async () => {
  const project = sampleProject();
  await using dev = startCli(['dev', '--port', '0'], project.root);
  const url = await dev.url();
  const first = await invoke(url);
  expect(first).toMatchObject({ status: 200, body: { output: { greeting: expect.any(String) as string } } });
  await dev.said('wrote generated/index.ts');

  project.write(greet, withAnotherOutput(project.read(greet)));
  await dev.said('~ greet@1: ');
  const second = await invoke(url);
  expect(second).toMatchObject({ status: 200, body: { output: { other: expect.any(Number) as number } } });
  expect(second.body.invocation?.snapshot).not.toBe(first.body.invocation?.snapshot);

  project.edit(greet, '{{tone}}', '{{> tone}}');
  await dev.said('the last good version serves on');
  expect(dev.err()).toMatch(/error\[template\/unknown-partial\][^]*\^{4}/);
  expect((await invoke(url)).body.invocation?.snapshot).toBe(second.body.invocation?.snapshot);

  project.edit(greet, '{{> tone}}', '{{tone}}{{tone}}');
  await dev.said('~ greet@1: prompt');
  expect((await invoke(url)).body.invocation?.snapshot).not.toBe(second.body.invocation?.snapshot);
  expect(project.read('generated/index.ts')).toContain('other');
});

function withAnotherOutput(text: string): string {
  return text
    .replace(
      'greeting: { type: string, description: One sentence. }',
      'other: { type: integer, description: A number. }',
    )
    .replace('required: [greeting]', 'required: [other]')
    .replace('{ greeting: "Hello, Ada." }', '{ other: 3 }')
    .replace('path: /greeting', 'path: /other');
}

test('a new capability serves as soon as it is made', async () => {
  const project = sampleProject();
  await using dev = startCli(['dev', '--port', '0'], project.root);
  const url = await dev.url();
  await runCli(['init', 'capability', 'hail'], { in: project.root });
  await dev.said('+ hail@0 (new)');
  expect((await invoke(url, 'hail', { text: 'Hello.' })).status).toBe(200);
  project.remove('capabilities/hail.cap.yaml');
  await dev.said('- hail@0 (gone)');
  expect((await invoke(url, 'hail', { text: 'Hello.' })).status).toBe(404);
});

test('broken sources at the start are waited for', async () => {
  const project = sampleProject();
  const good = project.read('capstan.yaml');
  project.write('capstan.yaml', 'providers: [');
  await using dev = startCli(['dev', '--port', '0'], project.root);
  await dev.said('waiting for the project to compile');
  expect(dev.err()).toContain('--> capstan.yaml:');
  project.write('capstan.yaml', good);
  expect((await invoke(await dev.url())).status).toBe(200);
});

test('waiting can be stopped', async () => {
  const project = sampleProject();
  project.write('capstan.yaml', 'providers: [');
  await using dev = startCli(['dev', '--port', '0'], project.root);
  await dev.said('waiting for the project to compile');
  expect(await dev.stop()).toMatchObject({ code: 0 });
});

test('a capability that is broken at the start does not keep the others from serving', async () => {
  const project = sampleProject();
  project.write('capabilities/hail.cap.yaml', 'apiVersion: [');
  await using dev = startCli(['dev', '--port', '0'], project.root);
  const url = await dev.url();
  expect(dev.err()).toContain('--> capabilities/hail.cap.yaml');
  expect((await invoke(url)).status).toBe(200);
});

test('a port in use is said so, with what to do', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  try {
    const port = String((blocker.address() as AddressInfo).port);
    const { code, err } = await runCli(['dev', '--port', port], { in: sampleProject().root });
    expect(code).toBe(2);
    expect(err).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(err).toContain('--port');
  } finally {
    blocker.close();
  }
});

test('what cannot be generated is told, and serves all the same', async () => {
  const project = sampleProject();
  project.edit('capstan.yaml', 'target: typescript', 'target: typescrpit');
  await using dev = startCli(['dev', '--port', '0'], project.root);
  const url = await dev.url();
  await dev.said('did you mean `typescript`?');
  expect((await invoke(url)).status).toBe(200);
});

test('a project without capabilities serves, and says how to make one', async () => {
  const project = emptyFolder();
  await runCli(['init'], { in: project.root });
  project.remove('capabilities/summarize.cap.yaml');
  await using dev = startCli(['dev', '--port', '0'], project.root);
  await dev.url();
  await dev.said('`capstan init capability NAME` makes one');
});

test('requests are told in one line, without what they hold', async () => {
  const project = sampleProject();
  await using dev = startCli(['dev', '--port', '0'], project.root);
  await invoke(`${await dev.url()}`, 'greet', { name: 'Confidential' });
  await dev.said('POST /v1/capabilities/greet 200');
  expect(dev.err()).not.toContain('Confidential');
});
