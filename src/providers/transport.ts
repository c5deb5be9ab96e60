// The only door to the network: one pool of connections per provider, keys from the environment, every wait limited.
// Destinations come from the project alone, never from a request. Nothing here retries.

import type { CancelSignal } from '../cancellation.ts';
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
import { callOut } from './call-out.ts';
import type { Ground } from './call-out.ts';
import { adapterNamed } from './index.ts';
import { openResponse } from './open-response.ts';
import { ProviderFailure } from './provider-failure.ts';
import { createRoutes } from './routes.ts';
import type { Route } from './routes.ts';

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
        send: (wire) =>
          openResponse(ground, call.signal, (inner, signal) =>
            callOut(ground, route(), wire, undefined, inner, {
              signal,
              firstByteMs: call.firstByteMs,
              idleMs: call.idleMs,
              onSent: () => call.onSent?.(),
            }),
          ),
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
