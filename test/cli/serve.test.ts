// `capstan serve` and `capstan key`: who may call, and when the server refuses to start.
import { expect, test } from 'vitest';
import { sampleProject } from './sample-project.ts';
import { startCli } from './start-cli.ts';
import { runCli } from './run-cli.ts';

const call = {
  method: 'POST',
  body: '{"input":{"name":"Ada"}}',
  headers: { 'content-type': 'application/json' },
};

test('a made key, written into capstan.yaml, admits its holder and nobody else', async () => {
  const project = sampleProject();
  const { code, out } = await runCli(['key', 'mobile-app', '--team', 'apps']);
  expect(code).toBe(0);
  const [key = '', ...lines] = out.split('\n');
  expect(key).toMatch(/^cap_[\w-]{43}$/);
  project.write(
    'capstan.yaml',
    `${project.read('capstan.yaml')}\n${lines.slice(lines.indexOf('access:')).join('\n')}`,
  );

  await using serve = startCli(['serve', '--port', '0'], project.root);
  const url = await serve.url();
  const invoke = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/v1/capabilities/greet`, { ...call, headers: { ...call.headers, ...headers } });
  expect((await invoke({})).status).toBe(401);
  expect((await invoke({ authorization: 'Bearer cap_wrong' })).status).toBe(401);
  const answer = await invoke({ authorization: `Bearer ${key}` });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ output: { greeting: expect.any(String) as string } });
  expect(await serve.stop()).toMatchObject({ code: 0, out: '' });
  expect(serve.err()).toContain('POST /v1/capabilities/greet 200');
  expect(serve.err()).toContain('mobile-app');
  expect(serve.err()).not.toContain(key);
});

test('a key is as random as it looks, and JSON for scripts', async () => {
  const make = async (): Promise<unknown> => JSON.parse((await runCli(['key', 'ci', '--json'])).out);
  const made = await make();
  expect(made).toEqual({
    name: 'ci',
    key: expect.stringMatching(/^cap_/) as string,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(await make()).not.toEqual(made);
  expect(await runCli(['key', 'Mobile App'])).toMatchObject({ code: 2 });
});

test('without keys only loopback is served, and only when asked for', async () => {
  const { root } = sampleProject();
  const keyless = await runCli(['serve'], { in: root });
  expect(keyless).toMatchObject({ code: 2, out: '' });
  expect(keyless.err).toContain('`capstan key NAME`');
  const open = await runCli(['serve', '--insecure-no-auth', '--host', '0.0.0.0'], { in: root });
  expect(open).toMatchObject({ code: 2, out: '' });
  expect(open.err).toContain('for loopback only');

  await using serve = startCli(['serve', '--insecure-no-auth', '--port', '0'], root);
  expect((await fetch(`${await serve.url()}/v1/capabilities/greet`, call)).status).toBe(200);
});

test('a project with errors is not served', async () => {
  const project = sampleProject();
  project.edit('capabilities/greet.cap.yaml', 'version: 1.0.0', 'version: one');
  const { code, err } = await runCli(['serve', '--insecure-no-auth'], { in: project.root });
  expect(code).toBe(1);
  expect(err).toContain('--> capabilities/greet.cap.yaml');
  expect(err).toContain('Not started');
});

test('a provider without its key is named; without any provider nothing starts', async () => {
  const project = sampleProject();
  await using serve = startCli(['serve', '--insecure-no-auth', '--port', '0'], project.root);
  await serve.url();
  expect(serve.err()).toContain('SAMPLE_KEY is not set');
  await serve.stop();

  const text = project.read('capstan.yaml').replace('  simulator: { adapter: simulator }\n', '');
  const from = text.indexOf('  simulator/small:');
  project.write('capstan.yaml', text.slice(0, from) + text.slice(text.indexOf('  cloud/big:')));
  const { code, err } = await runCli(['serve', '--insecure-no-auth', '--port', '0'], { in: project.root });
  expect(code).toBe(2);
  expect(err).toContain('No provider is available');
});
