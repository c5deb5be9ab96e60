// One call over the network: sent on a line of its provider, heard by a sink, ended by its signal or by silence. What goes wrong
// on the way becomes a `ProviderFailure`.

import type { Clock, Timer } from '../clock.ts';
import { assert } from '../errors.ts';
import type { WireHeaders, WireRequest } from './adapter.ts';
import { BadRequestHead, BrokenAnswer, ClosedEarly, isConnectTimeout } from './http1/faults.ts';
import type { Exchange, LineHandler } from './http1/line.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { Route } from './routes.ts';
import { isProviderPath } from './transport-path.ts';
import type { CallOptions, TransportLimits, WireSink } from './transport.ts';

/** What every call stands on. */
export interface Ground {
  readonly limits: TransportLimits;
  readonly now: (() => number) | undefined;
  readonly after: Clock['after'];
}

/** Sends, and hands the answer to the sink. Rejects with `ProviderFailure`, or with the reason of the signal. */
export function callOut(
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
  private readonly onAbort = (): void => this.stop(asError(this.call.signal.reason));
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

function tooSlow(): ProviderFailure {
  return new ProviderFailure('server', 'The provider did not answer in time.', { timedOut: true });
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

/** A missing `date` is filled in where another date of the answer is counted from it. */
function withDate(headers: Record<string, string>, now: (() => number) | undefined): WireHeaders {
  if (headers['retry-after'] !== undefined && now !== undefined)
    headers['date'] ??= new Date(now()).toUTCString();
  return headers;
}

/** Whatever ended a call: signals and promises may give any reason. */
export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error('The call was ended.', { cause: value });
}
