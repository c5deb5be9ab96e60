// The only door to the network: one pool of connections per provider, keys from the environment, every wait limited.
// Destinations come from the project alone, never from a request. Nothing here retries.

import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Pool, errors } from 'undici';
import { assert } from '../errors.ts';
import type { Provider } from '../registry/snapshot.ts';
import type { Adapter, CollectedResponse, WireHeaders, WireRequest, WireResponse } from './adapter.ts';
import { adapterNamed } from './index.ts';
import { ProviderFailure } from './provider-failure.ts';

export interface Transport {
  /** The provider's key is set, or it needs none. */
  available(provider: Provider): boolean;
  /** Calls and gives the head at once; the body follows as it comes. */
  send(provider: Provider, request: WireRequest, signal: AbortSignal): Promise<WireResponse>;
  /** Calls and waits for the whole answer. */
  collect(provider: Provider, request: WireRequest, signal: AbortSignal): Promise<CollectedResponse>;
  /** Calls and hands the answer over byte for byte. Rejects with `ProviderFailure` when the call itself fails. */
  relay(provider: Provider, request: WireRequest, sink: WireSink, signal: AbortSignal): Promise<void>;
  /** The text without any key that this transport holds. */
  redact(text: string): string;
  close(): Promise<void>;
}

export interface WireSink {
  head(status: number, headers: WireHeaders): void;
  /** A promise holds the upstream back until it settles. */
  chunk(bytes: Buffer): void | Promise<void>;
  end(): void;
}

export interface TransportLimits {
  /** Calls in flight to one provider; more fail at once as throttled. */
  readonly callsPerProvider: number;
  readonly connectMs: number;
  /** Until the head of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
  readonly keepAliveMs: number;
  /** Longest answer that is collected. */
  readonly responseBytes: number;
}

export const TRANSPORT_LIMITS: TransportLimits = {
  callsPerProvider: 1024,
  connectMs: 5_000,
  firstByteMs: 120_000,
  idleMs: 60_000,
  keepAliveMs: 60_000,
  responseBytes: 16 * 1024 * 1024,
};

export interface TransportOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<TransportLimits>;
  /** Pause between two pieces of a simulated stream. */
  readonly simulatorPaceMs?: number;
}

/** Makes the transport. It reads `environment` at every call, so a key may be set while serving. */
export function createTransport(options: TransportOptions): Transport {
  const limits = { ...TRANSPORT_LIMITS, ...options.limits };
  const paceMs = options.simulatorPaceMs ?? 0;
  const lines = new Map<string, Line>();

  const relay = async (
    provider: Provider,
    request: WireRequest,
    sink: WireSink,
    signal: AbortSignal,
  ): Promise<void> => {
    signal.throwIfAborted();
    const adapter = adapterNamed(provider.adapter);
    if (adapter.answer !== undefined) return answerHere(adapter, request, sink, signal, paceMs);
    const line = lineTo(lines, adapter, provider, limits);
    return callOut(line, request, keyOf(provider, options), sink, signal, limits);
  };

  return {
    available: (provider) => provider.apiKey === undefined || keyOf(provider, options) !== undefined,
    relay,
    send: (provider, request, signal) => openResponse((sink) => relay(provider, request, sink, signal)),
    async collect(provider, request, signal) {
      const response = createCollector(limits.responseBytes);
      await relay(provider, request, response.sink, signal);
      return response.collected();
    },
    redact: (text) => redactKeys(text, options.environment),
    async close() {
      await Promise.all([...lines.values()].map((line) => line.pool.destroy()));
      lines.clear();
    },
  };
}

/** One provider's connections. Two providers with one base URL have two lines: limits and failures are their own. */
interface Line {
  readonly pool: Pool;
  readonly basePath: string;
  inFlight: number;
}

function lineTo(
  lines: Map<string, Line>,
  adapter: Adapter,
  provider: Provider,
  limits: TransportLimits,
): Line {
  const baseUrl = provider.baseUrl ?? adapter.defaultBaseUrl;
  assert(baseUrl !== undefined, `provider "${provider.id}" has no base URL`);
  const name = `${provider.id} ${baseUrl}`;
  const known = lines.get(name);
  if (known !== undefined) return known;
  const url = new URL(baseUrl);
  const pool = new Pool(url.origin, {
    allowH2: false,
    pipelining: 1,
    connections: limits.callsPerProvider,
    connectTimeout: limits.connectMs,
    headersTimeout: limits.firstByteMs,
    bodyTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  const line = { pool, basePath: url.pathname.replace(/\/+$/, ''), inFlight: 0 };
  lines.set(name, line);
  return line;
}

const PATH = /^(?:\/[a-z0-9_-]+)+$/;

async function callOut(
  line: Line,
  request: WireRequest,
  key: string | undefined,
  sink: WireSink,
  signal: AbortSignal,
  limits: TransportLimits,
): Promise<void> {
  assert(PATH.test(request.path), `"${request.path}" is not a path of ours`);
  if (line.inFlight >= limits.callsPerProvider) {
    throw new ProviderFailure('throttled', 'Too many calls to this provider are in flight.');
  }
  line.inFlight += 1;
  try {
    await exchange(line, request, key, sink, signal);
  } finally {
    line.inFlight -= 1;
  }
}

function exchange(
  line: Line,
  request: WireRequest,
  key: string | undefined,
  sink: WireSink,
  signal: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = { ...request.headers };
  if (key !== undefined) headers['authorization'] = `Bearer ${key}`;
  return new Promise((resolve, reject) => {
    let abort = (): void => {};
    const settle = (done: () => void): void => {
      signal.removeEventListener('abort', abort);
      done();
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        abort = () => controller.abort(abortError(signal));
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      },
      onResponseStart(controller, status, responseHeaders) {
        if (status < 200) return;
        guard(controller, () => sink.head(status, flatHeaders(responseHeaders)));
      },
      onResponseData(controller, bytes) {
        // The parser says "no bytes" each time it is resumed inside a body; pausing on that would turn for ever.
        if (bytes.length === 0) return;
        guard(controller, () => {
          const waiting = sink.chunk(bytes);
          if (waiting === undefined) return;
          controller.pause();
          waiting.then(
            () => controller.resume(),
            (error: unknown) => controller.abort(asError(error)),
          );
        });
      },
      onResponseEnd: () =>
        settle(() => {
          sink.end();
          resolve();
        }),
      onResponseError: (_controller, error) => settle(() => reject(failureOf(error, signal))),
    };
    line.pool.dispatch(
      {
        method: request.method,
        path: line.basePath + request.path,
        headers,
        body: request.body,
      },
      handler,
    );
  });
}

/** A sink that throws ends the call: its reader is gone or does not want the rest. */
function guard(controller: Dispatcher.DispatchController, step: () => void): void {
  try {
    step();
  } catch (error) {
    controller.abort(asError(error));
  }
}

function failureOf(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return abortError(signal);
  if (error instanceof ProviderFailure) return error;
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new ProviderFailure('server', 'The provider did not answer in time.', {
      timedOut: true,
      cause: error,
    });
  }
  if (error instanceof errors.ConnectTimeoutError) {
    return new ProviderFailure('server', 'The provider could not be reached in time.', {
      timedOut: true,
      cause: error,
    });
  }
  if (!(error instanceof errors.UndiciError) && codeOf(error) === undefined) return asError(error);
  const code = codeOf(error);
  const reason = code === undefined ? '' : ` (${code})`;
  return new ProviderFailure('server', `The connection to the provider failed${reason}.`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function abortError(signal: AbortSignal): Error {
  return asError(signal.reason);
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error('The call was ended.', { cause: value });
}

async function answerHere(
  adapter: Adapter,
  request: WireRequest,
  sink: WireSink,
  signal: AbortSignal,
  paceMs: number,
): Promise<void> {
  assert(adapter.answer !== undefined, 'only adapters without a network answer here');
  const wait = async (milliseconds: number): Promise<void> => {
    if (milliseconds > 0) await delay(milliseconds, undefined, { signal });
    signal.throwIfAborted();
  };
  const response = await adapter.answer(request, { signal, paceMs, wait });
  signal.throwIfAborted();
  sink.head(response.status, response.headers);
  for await (const bytes of response.body) {
    signal.throwIfAborted();
    await sink.chunk(Buffer.from(bytes));
  }
  sink.end();
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): WireHeaders {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

/** Collects an answer up to a limit. */
function createCollector(bytesMax: number): { sink: WireSink; collected(): CollectedResponse } {
  const chunks: Buffer[] = [];
  let length = 0;
  let status = 0;
  let headers: WireHeaders = {};
  return {
    sink: {
      head(answered, answeredHeaders) {
        status = answered;
        headers = answeredHeaders;
      },
      chunk(bytes) {
        length += bytes.length;
        if (length > bytesMax) throw new ProviderFailure('server', 'The provider’s answer is too long.');
        chunks.push(bytes);
      },
      end() {},
    },
    collected: () => ({
      status,
      headers,
      body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length),
    }),
  };
}

/** Turns a push exchange into a head and a body to iterate. The body holds at most one chunk; it pauses the upstream. */
function openResponse(run: (sink: WireSink) => Promise<void>): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const pipe = createPipe();
    const sink: WireSink = {
      head: (status, headers) => resolve({ status, headers, body: pipe.read() }),
      chunk: (bytes) => pipe.write(bytes),
      end: () => pipe.end(),
    };
    run(sink).catch((error: unknown) => {
      pipe.fail(asError(error));
      reject(asError(error));
    });
  });
}

function createPipe(): {
  write(bytes: Buffer): Promise<void>;
  end(): void;
  fail(error: Error): void;
  read(): AsyncIterable<Uint8Array>;
} {
  let pending: Buffer | undefined;
  let state: 'open' | 'ended' | 'left' | Error = 'open';
  let readable = Promise.withResolvers<void>();
  let writable = Promise.withResolvers<void>();
  const wake = (): void => readable.resolve();

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (pending !== undefined) {
          const bytes = pending;
          pending = undefined;
          yield bytes;
          writable.resolve();
        } else if (state === 'open') {
          await readable.promise;
          readable = Promise.withResolvers<void>();
        } else if (state instanceof Error) {
          throw state;
        } else {
          return;
        }
      }
    } finally {
      if (state === 'open') state = 'left';
      writable.reject(new Error('The reader left.'));
    }
  }

  // A reader that leaves early is seen by the next write; without one there is nobody to tell.
  const quiet = (promise: Promise<void>): Promise<void> => {
    promise.catch(() => {});
    return promise;
  };
  void quiet(writable.promise);
  return {
    write(bytes) {
      if (state !== 'open') return Promise.reject(new Error('The reader left.'));
      pending = bytes;
      writable = Promise.withResolvers<void>();
      wake();
      return quiet(writable.promise);
    },
    end() {
      if (state === 'open') state = 'ended';
      wake();
    },
    fail(error) {
      if (state === 'open') state = error;
      wake();
    },
    read,
  };
}

function keyOf(provider: Provider, options: TransportOptions): string | undefined {
  const name = provider.apiKey?.environment;
  const key = name === undefined ? undefined : options.environment[name]?.trim();
  return key === '' ? undefined : key;
}

/** Shorter values are words, not keys; removing them would garble the message. */
const KEY_LENGTH_MIN = 8;
const KEY_NAME = /key|token|secret|password/i;

function redactKeys(text: string, environment: TransportOptions['environment']): string {
  let clean = text;
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value.length < KEY_LENGTH_MIN || !KEY_NAME.test(name)) continue;
    clean = clean.replaceAll(value, '[removed]');
  }
  return clean;
}
