// A provider on loopback that speaks the OpenAI format over real HTTP. It records what it received and, on demand,
// misbehaves in every way that providers do.
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeUpstream {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  /** Every request so far, in order of arrival. */
  readonly received: readonly ReceivedRequest[];
  /** How all further requests are answered, once the queue of `next` is empty. */
  always(behaviour: Behaviour): void;
  /** How the next requests are answered, one each. */
  next(...behaviours: Behaviour[]): void;
  /** Forgets requests and behaviours. */
  reset(): void;
  /** Resolves when the client of a request leaves before its answer is whole. */
  abandoned(): Promise<void>;
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly body: Record<string, unknown> | undefined;
}

export type Behaviour = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** `remembers`: false for long runs, in which the requests are not kept. */
export async function startFakeUpstream(options: { readonly remembers?: false } = {}): Promise<FakeUpstream> {
  const received: ReceivedRequest[] = [];
  let queue: Behaviour[] = [];
  let usual: Behaviour = answers('Hello.');
  const leaving = new Set<() => void>();

  const server = createServer((request, response) => {
    response.on('close', () => {
      if (response.writableFinished) return;
      for (const tell of leaving) tell();
      leaving.clear();
    });
    void readRequest(request).then((whole) => {
      if (options.remembers !== false) received.push(whole);
      return (queue.shift() ?? usual)(whole, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    always(behaviour) {
      usual = behaviour;
    },
    next(...behaviours) {
      queue.push(...behaviours);
    },
    reset() {
      received.length = 0;
      queue = [];
      usual = answers('Hello.');
    },
    abandoned: () => new Promise((resolve) => leaving.add(resolve)),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    bytes,
    body: parseObject(bytes),
  };
}

function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

/** A good answer, whole or streamed as the request asks; `text` may depend on the request. */
export function answers(text: string | ((request: ReceivedRequest) => string)): Behaviour {
  return async (request, response) => {
    const content = typeof text === 'string' ? text : text(request);
    if (request.body?.['stream'] === true) return streams(piecesOf(content))(request, response);
    sendJson(response, 200, completionOf(request, content), { 'x-request-id': 'upstream-request' });
  };
}

/** A good answer in the given pieces, one event each. */
export function streams(pieces: readonly string[]): Behaviour {
  return async (request, response) => {
    openStream(response);
    for (const [at, content] of pieces.entries()) {
      const delta = at === 0 ? { role: 'assistant', content } : { content };
      await sendEvent(response, chunkOf(request, delta, null));
    }
    await sendEvent(response, chunkOf(request, {}, 'stop'));
    if (wantsUsage(request)) await sendEvent(response, { ...chunkOf(request, {}, null), choices: [], usage });
    response.end('data: [DONE]\n\n');
  };
}

/** A good stream whose bytes come a few at a time, cut anywhere. */
export function trickles(text: string): Behaviour {
  return async (request, response) => {
    openStream(response);
    const events = [chunkOf(request, { content: text }, null), chunkOf(request, {}, 'stop')];
    const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    const bytes = Buffer.from(`${lines}data: [DONE]\n\n`);
    for (let at = 0; at < bytes.length; at += 7) {
      response.write(bytes.subarray(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };
}

/** An error in the OpenAI format. */
export function fails(
  status: number,
  options: {
    readonly message?: string;
    readonly headers?: Record<string, string>;
    readonly code?: string;
  } = {},
): Behaviour {
  const { message = `Upstream says ${status}.`, headers = {}, code = null } = options;
  return (_request, response) =>
    sendJson(response, status, { error: { message, type: 'upstream_error', param: null, code } }, headers);
}

/** What a misconfigured proxy in front of a provider sends, with a status that promises better. */
export function answersHtml(status = 200): Behaviour {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<!doctype html><html><body><h1>Bad gateway</h1></body></html>');
  };
}

export const answersGarbage: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x22, 0x80]));
};

export const answersNothing: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 0 });
  response.end();
};

/** JSON, but of nothing that the format knows. */
export const answersForeignJson: Behaviour = (_request, response) =>
  sendJson(response, 200, { hello: 'world' });

/** A body that ends before its Content-Length. */
export const answersHalf: Behaviour = (request, response) => {
  const whole = JSON.stringify(completionOf(request, 'This sentence will never be fin'));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
  response.write(whole.slice(0, whole.length / 2), () => response.destroy());
};

/** Some pieces, then the connection is gone. */
export function cutsStream(pieces: readonly string[]): Behaviour {
  return async (request, response) => {
    openStream(response);
    for (const piece of pieces) await sendEvent(response, chunkOf(request, { content: piece }, null));
    response.destroy();
  };
}

/** Some pieces, then an orderly end of the body, but neither a finish reason nor `[DONE]`. */
export function forgetsToFinish(pieces: readonly string[]): Behaviour {
  return async (request, response) => {
    openStream(response);
    for (const piece of pieces) await sendEvent(response, chunkOf(request, { content: piece }, null));
    response.end();
  };
}

/** Some pieces, then an event that is an error, as providers send it when they fail halfway. */
export function failsHalfway(pieces: readonly string[]): Behaviour {
  return async (request, response) => {
    openStream(response);
    for (const piece of pieces) await sendEvent(response, chunkOf(request, { content: piece }, null));
    await sendEvent(response, {
      error: { message: 'Overloaded halfway.', type: 'server_error', code: null },
    });
    response.end();
  };
}

/** A stream of exactly these bytes, and then its end, or a cut connection. */
export function writes(text: string, then: 'end' | 'cut'): Behaviour {
  return (_request, response) => {
    openStream(response);
    response.write(text, () => (then === 'end' ? response.end() : response.destroy()));
  };
}

/** Accepts the request and never says a word. */
/** Calls a tool first, and says what it gave when it is asked again. */
export const callsTool: Behaviour = (request, response) => {
  const messages = request.body?.['messages'] as { role: string; content: string }[];
  const result = messages.find(({ role }) => role === 'tool');
  if (result !== undefined) return answers(`It is ${result.content}.`)(request, response);
  const call = {
    id: 'call_1',
    type: 'function',
    function: { name: 'weather', arguments: '{"city":"Paris"}' },
  };
  const envelope = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'large' };
  if (request.body?.['stream'] === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const pieces = [{ role: 'assistant', tool_calls: [{ index: 0, ...call }] }, {}];
    for (const [index, delta] of pieces.entries()) {
      const choice = { index: 0, delta, finish_reason: index === 1 ? 'tool_calls' : null };
      const chunk = { ...envelope, object: 'chat.completion.chunk', choices: [choice] };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
    return;
  }
  const message = { role: 'assistant', content: null, refusal: null, tool_calls: [call] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }];
  const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...envelope, object: 'chat.completion', choices, usage }));
};

export const staysSilent: Behaviour = () => {};

/** Pieces, then silence with the connection open. */
export function stallsAfter(pieces: readonly string[]): Behaviour {
  return async (request, response) => {
    openStream(response);
    for (const piece of pieces) await sendEvent(response, chunkOf(request, { content: piece }, null));
  };
}

/** Cuts the connection with a reset before the first byte of an answer. */
export const resetsConnection: Behaviour = (_request, response) => {
  (response.socket as import('node:net').Socket | null)?.resetAndDestroy();
};

/** Sends events for ever, as fast as the reader takes them; `sent` tells how far it got. */
export function floods(piece: string): { behaviour: Behaviour; sent(): number } {
  let sent = 0;
  const behaviour: Behaviour = async (request, response) => {
    openStream(response);
    while (!response.destroyed) {
      await sendEvent(response, chunkOf(request, { content: piece }, null));
      sent++;
    }
  };
  return { behaviour, sent: () => sent };
}

/** A stream that goes on only when the test says so. */
export function streamsOnDemand(): {
  readonly behaviour: Behaviour;
  send(piece: string): Promise<void>;
  finish(): Promise<void>;
  /** Cuts the connection. */
  fail(): Promise<void>;
} {
  const opened = Promise.withResolvers<{ request: ReceivedRequest; response: ServerResponse }>();
  return {
    behaviour: (request, response) => {
      openStream(response);
      opened.resolve({ request, response });
    },
    async send(piece) {
      const { request, response } = await opened.promise;
      await sendEvent(response, chunkOf(request, { content: piece }, null));
    },
    async finish() {
      const { request, response } = await opened.promise;
      await sendEvent(response, chunkOf(request, {}, 'stop'));
      response.end('data: [DONE]\n\n');
    },
    async fail() {
      const { response } = await opened.promise;
      response.destroy();
    },
  };
}

function completionOf(request: ReceivedRequest, content: string): object {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: request.body?.['model'] ?? '',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
  };
}

function chunkOf(request: ReceivedRequest, delta: object, finish_reason: string | null): object {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: request.body?.['model'] ?? '',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  };
}

/** Pieces of a few characters each, surrogate pairs kept whole. */
function piecesOf(text: string): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += 8) pieces.push(characters.slice(at, at + 8).join(''));
  return pieces;
}

function wantsUsage({ body }: ReceivedRequest): boolean {
  const options = body?.['stream_options'];
  return (
    typeof options === 'object' &&
    options !== null &&
    'include_usage' in options &&
    options.include_usage === true
  );
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'upstream-request' });
  response.flushHeaders();
}

function sendEvent(response: ServerResponse, event: object): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const onClose = (): void => resolve();
    response.once('close', onClose);
    const write = response.write(`data: ${JSON.stringify(event)}\n\n`);
    const done = (): void => {
      response.off('close', onClose);
      resolve();
    };
    if (write) setImmediate(done);
    else response.once('drain', done);
  });
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...headers,
  });
  response.end(body);
}
