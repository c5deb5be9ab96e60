// The only door to the network: one pool of connections per provider, keys from the environment, every wait limited.
// Destinations come from the project alone, never from a request. Nothing here retries.

import type { Dispatcher } from 'undici';
import { Pool, errors } from 'undici';
import { systemTimer, waitFor } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { assert } from '../errors.ts';
import type { Provider } from '../registry/snapshot.ts';
import type {
  Adapter,
  AnswerContext,
  CollectedResponse,
  WireHeaders,
  WireRequest,
  WireResponse,
} from './adapter.ts';
import { adapterNamed } from './index.ts';
import { ProviderFailure } from './provider-failure.ts';
import { isProviderPath } from './transport-path.ts';

export interface Transport {
  /** Whether a call can succeed at all. */
  available(provider: Provider): boolean;
  /** Why it cannot, as the end of a sentence; undefined when it can. */
  whyUnavailable(provider: Provider): string | undefined;
  /** Calls and gives the head at once; the body follows as it comes. */
  send(provider: Provider, request: WireRequest, call: CallOptions): Promise<WireResponse>;
  /** Calls and waits for the whole answer. */
  collect(provider: Provider, request: WireRequest, call: CallOptions): Promise<CollectedResponse>;
  /** Calls and hands the answer over byte for byte. Rejects with `ProviderFailure` when the call itself fails. */
  relay(provider: Provider, request: WireRequest, sink: WireSink, call: CallOptions): Promise<void>;
  /** The text without any key that this transport holds. */
  redact(text: string): string;
  /** Calls that are not over: how many connections are busy. */
  readonly inFlight: number;
  close(): Promise<void>;
}

export interface CallOptions {
  /** Ends the call; its reason is the error. */
  readonly signal: AbortSignal;
  /** Until the head of the answer; no longer than the transport's own limit. */
  readonly firstByteMs?: number;
  /** Between two pieces of the answer; no longer than the transport's own limit. */
  readonly idleMs?: number;
  /** The request goes out: from now on the provider may work, and charge, for it. */
  readonly onSent?: () => void;
  /** The head of the answer is here. */
  readonly onHead?: (headers: WireHeaders) => void;
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
  /** For the bytes that follow the end of an answer, so that its connection can be used again. */
  readonly drainMs: number;
  readonly drainBytes: number;
}

export const TRANSPORT_LIMITS: TransportLimits = {
  callsPerProvider: 1024,
  connectMs: 5_000,
  firstByteMs: 120_000,
  idleMs: 60_000,
  keepAliveMs: 60_000,
  responseBytes: 16 * 1024 * 1024,
  drainMs: 1_000,
  drainBytes: 64 * 1024,
};

export interface TransportOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<TransportLimits>;
  /** Pause between two pieces of a simulated stream. */
  readonly simulatorPaceMs?: number;
  /** Where it is now, for answers that do not say; without it their dates count for nothing. */
  readonly now?: () => number;
  readonly after?: Clock['after'];
}

/** What every exchange stands on. */
interface Ground {
  readonly limits: TransportLimits;
  readonly now: (() => number) | undefined;
  readonly after: Clock['after'];
}

/** Makes the transport. It reads `environment` at every call, so a key may be set while serving. */
export function createTransport(options: TransportOptions): Transport {
  const limits = { ...TRANSPORT_LIMITS, ...options.limits };
  const ground: Ground = { limits, now: options.now, after: options.after ?? systemTimer };
  const paceMs = options.simulatorPaceMs ?? 0;
  const lines = new Map<string, Line>();

  const relay = (
    provider: Provider,
    request: WireRequest,
    sink: WireSink,
    call: CallOptions,
  ): Promise<void> => {
    call.signal.throwIfAborted();
    const adapter = adapterNamed(provider.adapter);
    const line = (): Line => lineTo(lines, adapter, provider, limits);
    if (adapter.answer !== undefined) {
      const context: AnswerContext = {
        signal: call.signal,
        paceMs,
        nowSeconds: Math.floor((options.now?.() ?? 0) / 1000),
        provider,
        key: keyOf(provider, options),
        baseUrl: provider.baseUrl ?? adapter.defaultBaseUrl ?? '',
        wait: (milliseconds) => waitUnless(ground, milliseconds, call.signal),
        send: (wire) => {
          const { onHead: _head, ...waits } = call;
          return openResponse(ground, waits, (inner, signal) =>
            callOut(ground, line(), wire, undefined, inner, { ...waits, signal }),
          );
        },
      };
      return answerHere(adapter, request, sink, call, context);
    }
    return callOut(ground, line(), request, keyOf(provider, options), sink, call);
  };

  return {
    available: (provider) => whyUnavailable(provider, options) === undefined,
    whyUnavailable: (provider) => whyUnavailable(provider, options),
    relay,
    send: (provider, request, call) =>
      openResponse(ground, call, (sink, signal) => relay(provider, request, sink, { ...call, signal })),
    async collect(provider, request, call) {
      const response = createCollector(limits.responseBytes);
      await relay(provider, request, response.sink, call);
      return response.collected();
    },
    redact: (text) => redactKeys(text, options.environment),
    get inFlight() {
      return lines.values().reduce((sum, { inFlight }) => sum + inFlight, 0);
    },
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

function callOut(
  ground: Ground,
  line: Line,
  request: WireRequest,
  key: string | undefined,
  sink: WireSink,
  call: CallOptions,
): Promise<void> {
  assert(isProviderPath(request.path), 'paths are checked where they come in');
  if (line.inFlight >= ground.limits.callsPerProvider) {
    throw new ProviderFailure('throttled', 'Too many calls to this provider are in flight here.', {
      saturated: true,
    });
  }
  line.inFlight += 1;
  return exchange(ground, line, request, key, sink, call);
}

/** Settles at once when the call is ended or a limit passes, even while the connection is still being made. */
function exchange(
  ground: Ground,
  line: Line,
  request: WireRequest,
  key: string | undefined,
  sink: WireSink,
  call: CallOptions,
): Promise<void> {
  const { signal } = call;
  const headers: string[] = [];
  for (const name in request.headers) headers.push(name, request.headers[name] ?? '');
  if (key !== undefined) headers.push('authorization', `Bearer ${key}`);
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let over = false;
    const settle = (done: () => void): void => {
      if (over) return;
      over = true;
      line.inFlight -= 1;
      silence.end();
      signal.removeEventListener('abort', onAbort);
      done();
    };
    const stop = (error: Error): void => {
      settle(() => reject(error));
      controller?.abort(error);
    };
    const onAbort = (): void => stop(abortError(signal));
    const silence = limitSilence(ground, call, () => stop(tooSlow()));
    signal.addEventListener('abort', onAbort, { once: true });
    /** A sink that throws ends the call: its reader is gone or does not want the rest. */
    const guard = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        stop(asError(error));
      }
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(given) {
        controller = given;
        if (over) given.abort(new Error('The call was ended before it began.'));
        else call.onSent?.();
      },
      onResponseStart(_controller, status, responseHeaders) {
        if (status < 200 || over) return;
        silence.head();
        guard(() => {
          const flat = flatHeaders(responseHeaders, ground.now);
          call.onHead?.(flat);
          sink.head(status, flat);
        });
      },
      onResponseData(flow, bytes) {
        // The parser says "no bytes" each time it is resumed inside a body; pausing on that would turn for ever.
        if (bytes.length === 0 || over) return;
        silence.piece();
        guard(() => {
          const waiting = sink.chunk(bytes);
          if (waiting === undefined) return;
          flow.pause();
          silence.pause();
          waiting.then(
            () => {
              if (over) return;
              silence.resume();
              flow.resume();
            },
            (error: unknown) => stop(asError(error)),
          );
        });
      },
      onResponseEnd: () =>
        guard(() => {
          if (over) return;
          sink.end();
          settle(resolve);
        }),
      onResponseError: (_controller, error) => settle(() => reject(failureOf(error))),
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

interface Silence {
  head(): void;
  piece(): void;
  /** While the reader holds the provider back, nothing can come. */
  pause(): void;
  resume(): void;
  end(): void;
}

/** Calls back when the head, or the next piece, takes too long. undici's own timers are coarse: they are only a net. */
function limitSilence({ limits, after }: Ground, call: CallOptions, onSilent: () => void): Silence {
  const firstByteMs = Math.min(call.firstByteMs ?? Infinity, limits.firstByteMs);
  const idleMs = Math.min(call.idleMs ?? Infinity, limits.idleMs);
  let paused = false;
  let timer = after(firstByteMs, onSilent);
  const onIdle = (): void => {
    if (paused) timer.restart();
    else onSilent();
  };
  return {
    head() {
      timer.cancel();
      timer = after(idleMs, onIdle);
    },
    piece: () => timer.restart(),
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      timer.restart();
    },
    end: () => timer.cancel(),
  };
}

function tooSlow(cause?: Error): ProviderFailure {
  return new ProviderFailure('server', 'The provider did not answer in time.', {
    timedOut: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

function failureOf(error: Error): Error {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return tooSlow(error);
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

async function waitUnless({ after }: Ground, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await waitFor({ after }, milliseconds, signal);
  signal.throwIfAborted();
}

async function answerHere(
  adapter: Adapter,
  request: WireRequest,
  sink: WireSink,
  call: CallOptions,
  context: AnswerContext,
): Promise<void> {
  assert(adapter.answer !== undefined, 'only some adapters answer themselves');
  const { signal } = call;
  // Those that call out say so when they do.
  if (adapter.defaultBaseUrl === undefined && context.baseUrl === '') call.onSent?.();
  const response = await adapter.answer(request, context);
  signal.throwIfAborted();
  call.onHead?.(response.headers);
  sink.head(response.status, response.headers);
  for await (const bytes of response.body) {
    signal.throwIfAborted();
    await sink.chunk(Buffer.from(bytes));
  }
  sink.end();
}

/** One value a name. A missing `date` is filled in where another date of the answer is counted from it. */
function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: (() => number) | undefined,
): WireHeaders {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  if (flat['retry-after'] !== undefined && now !== undefined) flat['date'] ??= new Date(now()).toUTCString();
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

/**
 * Turns a push exchange into a head and a body to iterate. The body holds at most one chunk; it pauses the upstream. A
 * reader who has what it wants may leave before the last byte: what little follows is read and forgotten.
 */
function openResponse(
  { limits, after }: Ground,
  call: CallOptions,
  run: (sink: WireSink, signal: AbortSignal) => Promise<void>,
): Promise<WireResponse> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(call.signal.reason);
  if (call.signal.aborted) onAbort();
  else call.signal.addEventListener('abort', onAbort, { once: true });
  return new Promise((resolve, reject) => {
    const pipe = createPipe(limits.drainBytes, () => {
      const timer = after(limits.drainMs, () => controller.abort(readerLeft()));
      controller.signal.addEventListener('abort', () => timer.cancel(), { once: true });
      void over.then(() => timer.cancel());
    });
    const sink: WireSink = {
      head: (status, headers) => resolve({ status, headers, body: pipe.read() }),
      chunk: (bytes) => pipe.write(bytes),
      end: () => pipe.end(),
    };
    const over = run(sink, controller.signal)
      .catch((error: unknown) => {
        pipe.fail(asError(error));
        reject(asError(error));
      })
      .finally(() => call.signal.removeEventListener('abort', onAbort));
  });
}

function readerLeft(): Error {
  return new Error('The reader left.');
}

interface Pipe {
  write(bytes: Buffer): void | Promise<void>;
  end(): void;
  fail(error: Error): void;
  read(): AsyncIterable<Uint8Array>;
}

function createPipe(drainBytes: number, onLeave: () => void): Pipe {
  let pending: Buffer | undefined;
  let state: 'open' | 'ended' | 'left' | Error = 'open';
  let readable = Promise.withResolvers<void>();
  let writable = Promise.withResolvers<void>();
  let drained = 0;

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
      if (state === 'open') {
        state = 'left';
        onLeave();
      }
      writable.resolve();
    }
  }

  return {
    write(bytes) {
      if (state !== 'open') {
        drained += bytes.length;
        if (drained > drainBytes) throw readerLeft();
        return undefined;
      }
      pending = bytes;
      writable = Promise.withResolvers<void>();
      readable.resolve();
      return writable.promise;
    },
    end() {
      if (state === 'open') state = 'ended';
      readable.resolve();
    },
    fail(error) {
      if (state === 'open') state = error;
      readable.resolve();
      writable.resolve();
    },
    read,
  };
}

function whyUnavailable(provider: Provider, options: TransportOptions): string | undefined {
  const adapter = adapterNamed(provider.adapter);
  const missing = adapter.missing?.(provider);
  if (missing !== undefined) return missing;
  if (provider.apiKey === undefined || keyOf(provider, options) !== undefined) return undefined;
  return `the variable ${provider.apiKey.environment} is not set`;
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
