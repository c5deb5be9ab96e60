// The only door to the network: one pool of connections per provider, keys from the environment, every wait limited.
// Destinations come from the project alone, never from a request. Nothing here retries.

import { Cancellation } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import { systemTimer, waitFor } from '../clock.ts';
import type { Clock, Timer } from '../clock.ts';
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
import { BadRequestHead, BrokenAnswer, ClosedEarly, isConnectTimeout } from './http1/faults.ts';
import { createLine } from './http1/line.ts';
import type { Exchange, Line, LineHandler } from './http1/line.ts';
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
  readonly signal: CancelSignal;
  /** Until the head of the answer; no longer than the transport's own limit. Infinity: `signal` sees to it. */
  readonly firstByteMs?: number | undefined;
  /** Between two pieces of the answer; no longer than the transport's own limit. */
  readonly idleMs?: number | undefined;
  /** The request goes out: from now on the provider may work, and charge, for it. */
  onSent?(): void;
  /** The head of the answer is here. */
  onHead?(headers: WireHeaders): void;
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
  const routes = createRoutes(limits);

  const relay = (
    provider: Provider,
    request: WireRequest,
    sink: WireSink,
    call: CallOptions,
  ): Promise<void> => {
    call.signal.throwIfAborted();
    const adapter = adapterNamed(provider.adapter);
    const route = (): Route => routes.to(adapter, provider);
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
          return openResponse(ground, call.signal, (inner, signal) =>
            callOut(ground, route(), wire, undefined, inner, {
              signal,
              firstByteMs: call.firstByteMs,
              idleMs: call.idleMs,
              onSent: () => call.onSent?.(),
            }),
          );
        },
      };
      return answerHere(adapter, request, sink, call, context);
    }
    return callOut(ground, route(), request, keyOf(provider, options), sink, call);
  };

  return {
    available: (provider) => whyUnavailable(provider, options) === undefined,
    whyUnavailable: (provider) => whyUnavailable(provider, options),
    relay,
    send: (provider, request, call) =>
      openResponse(ground, call.signal, (sink, signal) =>
        relay(provider, request, sink, {
          signal,
          firstByteMs: call.firstByteMs,
          idleMs: call.idleMs,
          onSent: () => call.onSent?.(),
          onHead: (headers) => call.onHead?.(headers),
        }),
      ),
    async collect(provider, request, call) {
      const response = new Collector(limits.responseBytes);
      await relay(provider, request, response, call);
      return response;
    },
    redact: (text) => redactKeys(text, options.environment),
    get inFlight() {
      return routes.values().reduce((sum, { inFlight }) => sum + inFlight, 0);
    },
    async close() {
      for (const { line } of routes.values()) line.destroy();
      routes.clear();
    },
  };
}

/** The way to one provider. Two providers with one base URL have two: limits and failures are their own. */
interface Route {
  readonly line: Line;
  readonly basePath: string;
  inFlight: number;
}

interface Routes {
  to(adapter: Adapter, provider: Provider): Route;
  values(): IteratorObject<Route>;
  clear(): void;
}

function createRoutes(limits: TransportLimits): Routes {
  const routes = new Map<string, Route>();
  /** The provider of a Snapshot is always the same object, so its name need not be made for every call. */
  let found = new WeakMap<Provider, Route>();
  const find = (adapter: Adapter, provider: Provider): Route => {
    const baseUrl = provider.baseUrl ?? adapter.defaultBaseUrl;
    assert(baseUrl !== undefined, `provider "${provider.id}" has no base URL`);
    const name = `${provider.id} ${baseUrl}`;
    const known = routes.get(name);
    if (known !== undefined) return known;
    const origin = new URL(baseUrl);
    const line = createLine({
      origin,
      connectMs: limits.connectMs,
      keepAliveMs: limits.keepAliveMs,
      connectionsMax: limits.callsPerProvider,
    });
    const made = { line, basePath: origin.pathname.replace(/\/+$/, ''), inFlight: 0 };
    routes.set(name, made);
    return made;
  };
  return {
    to(adapter, provider) {
      const known = found.get(provider) ?? find(adapter, provider);
      found.set(provider, known);
      return known;
    },
    values: () => routes.values(),
    clear() {
      routes.clear();
      found = new WeakMap();
    },
  };
}

function callOut(
  ground: Ground,
  route: Route,
  request: WireRequest,
  key: string | undefined,
  sink: WireSink,
  call: CallOptions,
): Promise<void> {
  assert(isProviderPath(request.path), 'paths are checked where they come in');
  if (route.inFlight >= ground.limits.callsPerProvider) {
    throw new ProviderFailure('throttled', 'Too many calls to this provider are in flight here.', {
      saturated: true,
    });
  }
  route.inFlight += 1;
  const headers: string[] = [];
  for (const name in request.headers) headers.push(name, request.headers[name] ?? '');
  if (key !== undefined) headers.push('authorization', `Bearer ${key}`);
  return new Promise((resolve, reject) => {
    const { method, body } = request;
    const path = route.basePath + request.path;
    const handler = new CallOut(ground, route, sink, call, resolve, reject);
    handler.exchange = route.line.dispatch({ method, path, headers, body }, handler);
  });
}

/**
 * One call on its way. It settles at once when the call is ended or a limit passes, even while the connection is still being
 * made.
 */
class CallOut implements LineHandler {
  exchange: Exchange | undefined = undefined;
  private readonly ground: Ground;
  private readonly route: Route;
  private readonly sink: WireSink;
  private readonly call: CallOptions;
  private readonly resolve: () => void;
  private readonly reject: (error: Error) => void;
  private readonly onAbort = (): void => this.stop(abortError(this.call.signal));
  private readonly silence: Silence;
  private isOver = false;

  constructor(
    ground: Ground,
    route: Route,
    sink: WireSink,
    call: CallOptions,
    resolve: () => void,
    reject: (error: Error) => void,
  ) {
    this.ground = ground;
    this.route = route;
    this.sink = sink;
    this.call = call;
    this.resolve = resolve;
    this.reject = reject;
    this.silence = new Silence(ground, call, () => this.stop(tooSlow()));
    call.signal.addEventListener('abort', this.onAbort);
  }

  onSent(): void {
    this.call.onSent?.();
  }

  onHead(status: number, headers: Record<string, string>): void {
    this.silence.head();
    // A sink that throws ends the call, here and below: its reader is gone or does not want the rest.
    try {
      const dated = withDate(headers, this.ground.now);
      this.call.onHead?.(dated);
      this.sink.head(status, dated);
    } catch (error) {
      this.stop(asError(error));
    }
  }

  onData(bytes: Buffer): void {
    try {
      const waiting = this.sink.chunk(bytes);
      if (waiting !== undefined) this.holdBack(waiting);
    } catch (error) {
      this.stop(asError(error));
    }
  }

  onWaiting(): void {
    this.silence.begin();
  }

  onEnd(): void {
    if (this.isOver) return;
    try {
      this.sink.end();
      if (this.settle()) this.resolve();
    } catch (error) {
      this.stop(asError(error));
    }
  }

  onError(error: Error): void {
    if (this.settle()) this.reject(failureOf(error));
  }

  private settle(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.route.inFlight -= 1;
    this.silence.end();
    this.call.signal.removeEventListener('abort', this.onAbort);
    return true;
  }

  private stop(error: Error): void {
    if (!this.settle()) return;
    this.reject(error);
    this.exchange?.abort();
  }

  private holdBack(waiting: Promise<void>): void {
    this.exchange?.pause();
    this.silence.pause();
    waiting.then(
      () => {
        if (this.isOver) return;
        this.silence.resume();
        this.exchange?.resume();
      },
      (error: unknown) => this.stop(asError(error)),
    );
  }
}

/** Calls back when the head, or the next piece, takes too long. */
class Silence {
  private readonly after: Clock['after'];
  private readonly onSilent: () => void;
  private readonly idleMs: number;
  private timer: Timer | undefined;
  /** Whether the timer is the one for the pieces: an answer that comes at once needs none. */
  private isIdle = false;
  private paused = false;

  constructor({ limits, after }: Ground, call: CallOptions, onSilent: () => void) {
    this.after = after;
    this.onSilent = onSilent;
    this.idleMs = Math.min(call.idleMs ?? Infinity, limits.idleMs);
    const { firstByteMs = limits.firstByteMs } = call;
    this.timer =
      firstByteMs === Infinity ? undefined : after(Math.min(firstByteMs, limits.firstByteMs), onSilent);
  }

  head(): void {
    this.timer?.cancel();
  }

  /** From now on the next piece is waited for. */
  begin(): void {
    if (this.isIdle) this.timer?.restart();
    else this.timer = this.after(this.idleMs, () => (this.paused ? this.timer?.restart() : this.onSilent()));
    this.isIdle = true;
  }

  /** While the reader holds the provider back, nothing can come. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {
    this.timer?.cancel();
  }
}

function tooSlow(cause?: Error): ProviderFailure {
  return new ProviderFailure('server', 'The provider did not answer in time.', {
    timedOut: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

function failureOf(error: Error): Error {
  if (isConnectTimeout(error)) {
    return new ProviderFailure('server', 'The provider could not be reached in time.', {
      timedOut: true,
      cause: error,
    });
  }
  // Only a key can be so.
  if (error instanceof BadRequestHead)
    return new ProviderFailure('credential', error.message, { cause: error });
  const code = codeOf(error);
  const isBroken = error instanceof BrokenAnswer || error instanceof ClosedEarly;
  if (!isBroken && code === undefined) return error;
  const reason = code === undefined ? '' : ` (${code})`;
  const words = isBroken ? ` ${error.message}` : '';
  return new ProviderFailure('server', `The connection to the provider failed${reason}.${words}`, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function abortError(signal: CancelSignal): Error {
  return asError(signal.reason);
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error('The call was ended.', { cause: value });
}

async function waitUnless({ after }: Ground, milliseconds: number, signal: CancelSignal): Promise<void> {
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
  const response = await adapter.answer({ ...request, body: joined(request.body) }, context);
  signal.throwIfAborted();
  call.onHead?.(response.headers);
  sink.head(response.status, response.headers);
  for await (const bytes of response.body) {
    signal.throwIfAborted();
    await sink.chunk(Buffer.from(bytes));
  }
  sink.end();
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

/** A missing `date` is filled in where another date of the answer is counted from it. */
function withDate(headers: Record<string, string>, now: (() => number) | undefined): WireHeaders {
  if (headers['retry-after'] !== undefined && now !== undefined)
    headers['date'] ??= new Date(now()).toUTCString();
  return headers;
}

/** Collects an answer up to a limit. */
class Collector implements WireSink, CollectedResponse {
  status = 0;
  headers: WireHeaders = {};
  body: Buffer = NOTHING;
  private readonly bytesMax: number;
  private chunks: Buffer[] | undefined = undefined;
  private length = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  head(status: number, headers: WireHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  chunk(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length > this.bytesMax)
      throw new ProviderFailure('server', 'The provider’s answer is too long.');
    if (this.length === bytes.length) this.body = bytes;
    else (this.chunks ??= [this.body]).push(bytes);
  }

  end(): void {
    if (this.chunks !== undefined) this.body = Buffer.concat(this.chunks, this.length);
  }
}

const NOTHING = Buffer.alloc(0);

/**
 * Turns a push exchange into a head and a body to iterate. The body holds at most one chunk; it pauses the upstream. A
 * reader who has what it wants may leave before the last byte: what little follows is read and forgotten.
 */
function openResponse(
  { limits, after }: Ground,
  signal: CancelSignal,
  run: (sink: WireSink, signal: CancelSignal) => Promise<void>,
): Promise<WireResponse> {
  const cancellation = new Cancellation();
  const onAbort = (): void => cancellation.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return new Promise((resolve, reject) => {
    const pipe = createPipe(limits.drainBytes, () => {
      const timer = after(limits.drainMs, () => cancellation.abort(readerLeft()));
      cancellation.addEventListener('abort', () => timer.cancel());
      void over.then(() => timer.cancel());
    });
    const sink: WireSink = {
      head: (status, headers) => resolve({ status, headers, body: pipe.read() }),
      chunk: (bytes) => pipe.write(bytes),
      end: () => pipe.end(),
    };
    const over = run(sink, cancellation)
      .catch((error: unknown) => {
        pipe.fail(asError(error));
        reject(asError(error));
      })
      .finally(() => signal.removeEventListener('abort', onAbort));
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
