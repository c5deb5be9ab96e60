// What a generated client takes for the address of its server, and what it refuses before anything is called.
import { expect, test } from 'vitest';
import { connect } from '../../src/client/index.ts';
import type { ClientOptions } from '../../src/client/index.ts';

async function called(baseUrl: string | undefined): Promise<string[]> {
  const urls: string[] = [];
  const fetch = async (url: string): Promise<Response> => {
    urls.push(url);
    return Response.json({ output: 1, invocation: {} });
  };
  await connect({ baseUrl, fetch }).method('sample@1', 'json')({});
  return urls;
}

test.each([
  [undefined, 'http://127.0.0.1:4700/v1/capabilities/sample@1'],
  ['https://ai.example/capstan//', 'https://ai.example/capstan/v1/capabilities/sample@1'],
  ['HTTP://[::1]:4700', 'HTTP://[::1]:4700/v1/capabilities/sample@1'],
  ['/ai/', '/ai/v1/capabilities/sample@1'],
  ['', '/v1/capabilities/sample@1'],
])('%j leads to %s', async (baseUrl, url) => {
  expect(await called(baseUrl)).toEqual([url]);
});

test.each([
  'not a url',
  'localhost:4700',
  '127.0.0.1:4700',
  'ftp://ai.example',
  'http://',
  '//ai.example',
  '/ai',
  '',
  null,
])('%j is refused at once', (baseUrl) => {
  const options = { baseUrl } as ClientOptions;
  expect(() => connect(options)).toThrow(TypeError);
  expect(() => connect(options)).toThrow(
    `baseUrl is ${JSON.stringify(baseUrl)}, which is no http or https URL`,
  );
});
