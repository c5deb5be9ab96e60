// `fetch` as the AI SDK's packages want it, over the transport: it reaches nothing but the provider that is being called.

import { ReadableStream } from 'node:stream/web';
import { assert } from '../../errors.ts';
import type { AnswerContext, WireHeaders } from '../adapter.ts';
import { isProviderPath } from '../transport-path.ts';

/** Makes a `fetch` for one call; failures of the connection reject as the transport's own. */
export function fetchOverTransport(context: AnswerContext): typeof fetch {
  const { baseUrl } = context;
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    assert(
      url.startsWith(`${baseUrl}/`),
      'a package of the AI SDK stays below the base URL that it is given',
    );
    const path = url.slice(baseUrl.length);
    assert(isProviderPath(path), 'names of models that are no part of a path are refused before');
    const { method = 'POST', headers, body } = init;
    assert(typeof body === 'string' || body === undefined || body === null, 'chats are sent as text');
    assert(method === 'POST' || method === 'GET', 'chats are posted');
    const response = await context.send({
      method,
      path,
      headers: wireHeaders(headers),
      body: [Buffer.from(body ?? '')],
    });
    return new Response(ReadableStream.from(response.body) as ConstructorParameters<typeof Response>[0], {
      status: response.status,
      headers: { ...response.headers },
    });
  };
}

/** What belongs to a connection, or says how an answer may be packed, is the transport's business. */
const DROPPED: ReadonlySet<string> = new Set(['accept-encoding', 'connection', 'content-length', 'host']);

function wireHeaders(headers: ConstructorParameters<typeof Headers>[0]): WireHeaders {
  return Object.fromEntries([...new Headers(headers)].filter(([name]) => !DROPPED.has(name)));
}
