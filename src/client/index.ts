// The runtime of generated Capstan clients: one HTTP call per capability, by fetch alone, in Node, Deno, Bun and browsers.
// It imports nothing, because `client: embedded` copies this text into the generated file. It checks no schemas: the
// server has validated what it sends.

/** Where the server is and who calls it. */
export interface ClientOptions {
  /** Default `http://127.0.0.1:4700`. In browsers, and with a `fetch` of your own, it may be a path: `/ai`. */
  readonly baseUrl?: string | undefined;
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey?: string | undefined;
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The deadline of calls that name none. Default ten minutes; `Infinity` means none. */
  readonly timeoutMs?: number | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** What one call may ask for. */
export interface CallOptions<Tier extends string = string> {
  /** Default: the tier the capability names. */
  readonly tier?: Tier | undefined;
  /** Cancels the call, on the server too; it then fails with the code `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole call, streaming included; it then fails with the code `timeout`. */
  readonly timeoutMs?: number | undefined;
  /** Kept with the usage record. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Makes a repeated call have one effect. */
  readonly idempotencyKey?: string | undefined;
}

/** What a call took: every reply carries it. */
export interface Invocation {
  readonly id: string;
  readonly capability: string;
  readonly version: string;
  /** Of the capability as it was: which prompt produced this. */
  readonly revision: string;
  /** Revision of all that was served then. */
  readonly snapshot: string;
  readonly tier: string;
  /** `PROVIDER/MODEL` */
  readonly model: string;
  readonly provider: string;
  /** Of all attempts together, as the cost is. */
  readonly usage: TokenUsage;
  /** Absent when the model's price is unknown. */
  readonly costUsd?: number;
  readonly latencyMs: number;
  /** The calls to models that it took, in their order. */
  readonly attempts: readonly Attempt[];
  /** What was done, losing nothing, to make the model's text fit the output schema. */
  readonly repairs: readonly Repair[];
  /** Whether the answer was there before. */
  readonly cached: boolean;
  /** `bypass`: nothing is kept of such calls. */
  readonly cache: 'hit' | 'miss' | 'bypass';
  readonly [more: string]: unknown;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  readonly reasoningTokens?: number;
}

/** One step; `before` and `after` are shortened. */
export interface Repair {
  readonly step: string;
  /** JSON pointer into the answer; empty for the text as a whole. */
  readonly pointer: string;
  readonly before: string;
  readonly after: string;
}

/** One call to one model. */
export interface Attempt {
  readonly model: string;
  readonly provider: string;
  /** `ok`, `invalid` for an answer that broke the contract, or a class of failure. */
  readonly outcome: string;
  /** The provider's HTTP status. */
  readonly status?: number;
  readonly message?: string;
  readonly latencyMs: number;
  /** Until the head of the answer. */
  readonly firstByteMs?: number;
  readonly usage?: TokenUsage;
  /** The attempt was cut off, so its usage is a guess. */
  readonly estimated?: true;
  /** Started beside an attempt that was slow. */
  readonly hedge?: true;
  readonly costUsd?: number;
  readonly [more: string]: unknown;
}

export interface CapabilityResult<Output> {
  /** Validated by the server against the capability's output schema. */
  readonly output: Output;
  readonly invocation: Invocation;
}

/** A value on its way: any property may still be missing, any list may grow, any text (enums too) may be cut. */
export type DeepPartial<Value> = Value extends string
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly DeepPartial<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]?: DeepPartial<Value[Key]> }
      : Value;

/**
 * A running call. Iterating gives ever more of the output and, last, the validated output itself; it throws if the
 * call fails. Leaving the loop early cancels the call. Partials are never changed after they were given; when the
 * consumer is slower than the server, or a list very long, some are skipped.
 */
export interface CapabilityStream<Output> extends AsyncIterable<DeepPartial<Output>> {
  /** Settles whether or not anybody iterates. */
  readonly result: Promise<CapabilityResult<Output>>;
}

/** One capability: call it for its result, or call `.stream` to watch the output grow. */
export interface CapabilityMethod<Input, Output, Tier extends string = string> {
  (input: Input, options?: CallOptions<Tier>): Promise<CapabilityResult<Output>>;
  stream(input: Input, options?: CallOptions<Tier>): CapabilityStream<Output>;
}

/** The server's error catalogue, and two of the client's own: `connection_failed` and `reply_invalid`. */
export type ErrorCode =
  | 'input_invalid'
  | 'request_invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'gone'
  | 'budget_exhausted'
  | 'rate_limited'
  | 'no_route'
  | 'output_invalid'
  | 'provider_failed'
  | 'timeout'
  | 'cancelled'
  | 'overloaded'
  | 'store_unavailable'
  | 'internal'
  | 'connection_failed'
  | 'reply_invalid';

/** One violation of a schema: where (JSON pointer into the value) and what. */
export interface Violation {
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

interface ErrorFields {
  readonly status?: number | undefined;
  readonly param?: string | undefined;
  readonly details?: unknown;
  readonly invocation?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** Everything a call can fail with; each code has a class of its own below. */
export class CapstanError extends Error {
  /** A newer server may know more codes than this client. */
  readonly code: ErrorCode | (string & {});
  /** The HTTP status; absent when there was no reply, or when the failure came after a stream had begun. */
  readonly status: number | undefined;
  readonly param: string | undefined;
  readonly details: unknown;
  /** The invocation's id, for questions to the platform team. */
  readonly invocation: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode | (string & {}), message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'CapstanError';
    this.code = code;
    this.status = fields.status;
    this.param = fields.param;
    this.details = fields.details;
    this.invocation = fields.invocation;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }

  /** What does not fit the schema, for `input_invalid` and `output_invalid`; else empty. */
  get violations(): readonly Violation[] {
    const listed = isRecord(this.details) ? this.details['violations'] : this.details;
    return Array.isArray(listed) ? listed.filter(isViolation) : [];
  }
}

/** The input does not fit the schema; `violations` says where. */
export class InputInvalidError extends CapstanError {
  declare readonly code: 'input_invalid';
}

/** The request is malformed: a tier that is not offered, an input that is no JSON. */
export class RequestInvalidError extends CapstanError {
  declare readonly code: 'request_invalid';
}

/** No valid key was given. */
export class UnauthenticatedError extends CapstanError {
  declare readonly code: 'unauthenticated';
}

/** The key may not do this. */
export class ForbiddenError extends CapstanError {
  declare readonly code: 'forbidden';
}

/** The server has no such capability. */
export class NotFoundError extends CapstanError {
  declare readonly code: 'not_found';
}

/** The version was removed. */
export class GoneError extends CapstanError {
  declare readonly code: 'gone';
}

/** The budget is used up. */
export class BudgetExhaustedError extends CapstanError {
  declare readonly code: 'budget_exhausted';
}

/** Too many requests; `retryAfterSeconds` says when to come back, where it is known. */
export class RateLimitedError extends CapstanError {
  declare readonly code: 'rate_limited';
}

/** The constraints leave no model. */
export class NoRouteError extends CapstanError {
  declare readonly code: 'no_route';
}

/** The model gave no valid output; `violations` says what was wrong with it. */
export class OutputInvalidError extends CapstanError {
  declare readonly code: 'output_invalid';
}

/** Every model that could have answered failed. */
export class ProviderFailedError extends CapstanError {
  declare readonly code: 'provider_failed';
}

/** The deadline passed, here or on the server. */
export class TimeoutError extends CapstanError {
  declare readonly code: 'timeout';
}

/** The call was cancelled, or its stream left early. */
export class CancelledError extends CapstanError {
  declare readonly code: 'cancelled';
}

/** The server is at its limit; `retryAfterSeconds` says when to come back, where it is known. */
export class OverloadedError extends CapstanError {
  declare readonly code: 'overloaded';
}

/** The server cannot reach its store. */
export class StoreUnavailableError extends CapstanError {
  declare readonly code: 'store_unavailable';
}

/** A fault of the server. */
export class InternalError extends CapstanError {
  declare readonly code: 'internal';
}

/** The server could not be reached, or the connection broke. */
export class ConnectionFailedError extends CapstanError {
  declare readonly code: 'connection_failed';
}

/** The answer is not that of a Capstan server. */
export class ReplyInvalidError extends CapstanError {
  declare readonly code: 'reply_invalid';
}

/** The class of each code: one to catch, where one failure matters more than the others. */
const errorClasses: { readonly [Code in ErrorCode]: new (...fields: ErrorArguments) => CapstanError } = {
  input_invalid: InputInvalidError,
  request_invalid: RequestInvalidError,
  unauthenticated: UnauthenticatedError,
  forbidden: ForbiddenError,
  not_found: NotFoundError,
  gone: GoneError,
  budget_exhausted: BudgetExhaustedError,
  rate_limited: RateLimitedError,
  no_route: NoRouteError,
  output_invalid: OutputInvalidError,
  provider_failed: ProviderFailedError,
  timeout: TimeoutError,
  cancelled: CancelledError,
  overloaded: OverloadedError,
  store_unavailable: StoreUnavailableError,
  internal: InternalError,
  connection_failed: ConnectionFailedError,
  reply_invalid: ReplyInvalidError,
};

type ErrorArguments = ConstructorParameters<typeof CapstanError>;

function createError(...fields: ErrorArguments): CapstanError {
  const [code] = fields;
  const known = Object.hasOwn(errorClasses, code) ? errorClasses[code as ErrorCode] : CapstanError;
  return new known(...fields);
}

/** Makes the methods of one server's capabilities. */
export interface Connection {
  method<Input, Output, Tier extends string>(
    reference: string,
    outputKind: 'text' | 'json',
  ): CapabilityMethod<Input, Output, Tier>;
}

/**
 * What `createClient` of generated code stands on. Nothing is sent before the first call. Throws a TypeError when `baseUrl` is
 * no URL that can be called.
 */
export function connect(options: ClientOptions = {}): Connection {
  const baseUrl = baseUrlOf(options);
  return {
    method<Input, Output, Tier extends string>(reference: string, outputKind: 'text' | 'json') {
      const call = (input: Input, callOptions: CallOptions<Tier> = {}) =>
        callCapability<Output>({ options, baseUrl, callOptions, reference, input });
      const stream = (input: Input, callOptions: CallOptions<Tier> = {}) =>
        streamCapability<Output>({ options, baseUrl, callOptions, reference, input }, outputKind);
      return Object.assign(call, { stream });
    },
  };
}

/** Without slashes at its end. */
function baseUrlOf({ baseUrl = defaultBaseUrl, fetch: ownFetch }: ClientOptions): string {
  // Only a page, or the caller's own fetch, knows what a path is relative to.
  const mayBePath = ownFetch !== undefined || 'location' in globalThis;
  const isPath = baseUrl === '' || /^\/(?!\/)/.test(baseUrl);
  if (!(isPath && mayBePath) && !isHttpUrl(baseUrl))
    throw new TypeError(
      `baseUrl is ${JSON.stringify(baseUrl)}, which is no http or https URL; an example of one is ${defaultBaseUrl}`,
    );
  return baseUrl.replace(/\/+$/, '');
}

function isHttpUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

const defaultBaseUrl = 'http://127.0.0.1:4700';
const defaultTimeoutMs = 600_000;
/** The longest wait that `setTimeout` knows. */
const timerMsMax = 2_147_483_647;
/** How long the end of a stream is waited for after its result, so that the connection can be used again. */
const streamEndMs = 1_000;
/** The longest single server-sent event that is held. */
const eventCharactersMax = 64 * 1024 * 1024;
/** Partials are not followed into deeper nesting; the result is. */
const partialDepthMax = 512;
/** How many entries may be copied for partials per character received: this keeps the work linear. */
const copiesPerCharacter = 64;

interface Call {
  readonly options: ClientOptions;
  readonly baseUrl: string;
  readonly callOptions: CallOptions;
  readonly reference: string;
  readonly input: unknown;
}

async function callCapability<Output>(call: Call): Promise<CapabilityResult<Output>> {
  const cancellation = createCancellation(call);
  try {
    const response = await post(call, false, cancellation.signal);
    return await readResult<Output>(response);
  } catch (error) {
    throw toCapstanError(error, cancellation.signal);
  } finally {
    cancellation.end();
  }
}

function streamCapability<Output>(call: Call, outputKind: 'text' | 'json'): CapabilityStream<Output> {
  const cancellation = createCancellation(call);
  const growing = outputKind === 'text' ? createGrowingText() : createGrowingJson();
  let waiting: (() => void)[] = [];
  let version = 0;
  let settled = false;

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  }
  function onDelta(text: string): void {
    growing.feed(text);
    version += 1;
    wake();
  }

  const result = followStream<Output>(call, cancellation, onDelta).finally(() => {
    settled = true;
    wake();
  });
  // Who only iterates learns of a failure there; nobody has to handle it twice.
  result.catch(() => {});

  return {
    result,
    async *[Symbol.asyncIterator]() {
      let seen = 0;
      let left = true;
      try {
        while (seen < version || !settled) {
          if (seen === version) {
            await new Promise<void>((resume) => waiting.push(resume));
            continue;
          }
          seen = version;
          const value = growing.take();
          if (value !== undefined) yield value as DeepPartial<Output>;
        }
        left = false;
        yield (await result).output as DeepPartial<Output>;
      } finally {
        if (left) cancellation.cancel(createError('cancelled', 'The stream was left before its end.'));
      }
    },
  };
}

async function followStream<Output>(
  call: Call,
  cancellation: Cancellation,
  onDelta: (text: string) => void,
): Promise<CapabilityResult<Output>> {
  try {
    const response = await post(call, true, cancellation.signal);
    const contentType = response.headers.get('content-type') ?? '';
    if (!contentType.includes('text/event-stream') || response.body === null) {
      const result = await readResult<Output>(response);
      cancellation.end();
      return result;
    }
    const reader = response.body.getReader();
    const result = await readEvents<Output>(reader, onDelta);
    void awaitEnd(reader, cancellation);
    return result;
  } catch (error) {
    const failure = toCapstanError(error, cancellation.signal);
    cancellation.cancel(failure);
    throw failure;
  }
}

async function readEvents<Output>(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  onDelta: (text: string) => void,
): Promise<CapabilityResult<Output>> {
  const decoder = new TextDecoder();
  const events = createEventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw createError('connection_failed', 'The stream ended without a result.');
    for (const event of events.feed(decoder.decode(value, { stream: true }))) {
      if (event.name === 'delta') {
        const delta = parseJson(event.data);
        if (isRecord(delta) && typeof delta['text'] === 'string') onDelta(delta['text']);
      } else if (event.name === 'result') {
        return toResult<Output>(parseJson(event.data));
      } else if (event.name === 'error') {
        throw toFailure(parseJson(event.data), {});
      }
    }
  }
}

async function awaitEnd(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  cancellation: Cancellation,
): Promise<void> {
  const timer = setTimeout(() => cancellation.cancel(undefined), streamEndMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The result is in; how the connection ends changes nothing.
  } finally {
    clearTimeout(timer);
    cancellation.end();
  }
}

async function post(call: Call, stream: boolean, signal: AbortSignal): Promise<Response> {
  const { options, callOptions } = call;
  if (signal.aborted) throw signal.reason;
  const headers = new Headers(options.headers);
  headers.set('content-type', 'application/json');
  headers.set('accept', stream ? 'text/event-stream, application/json' : 'application/json');
  if (options.apiKey !== undefined && !headers.has('authorization')) {
    headers.set('authorization', `Bearer ${options.apiKey}`);
  }
  if (callOptions.idempotencyKey !== undefined) headers.set('idempotency-key', callOptions.idempotencyKey);
  const url = `${call.baseUrl}/v1/capabilities/${call.reference}`;
  const init: RequestInit = { method: 'POST', headers, body: requestBody(call, stream), signal };
  const response = await (options.fetch === undefined ? fetch(url, init) : options.fetch(url, init));
  if (!response.ok) throw await readFailure(response);
  return response;
}

function requestBody({ input, callOptions }: Call, stream: boolean): string {
  const { tier, metadata } = callOptions;
  try {
    return JSON.stringify({ input, tier, metadata, stream: stream || undefined });
  } catch (cause) {
    throw createError('request_invalid', 'The input cannot be written as JSON.', { cause });
  }
}

async function readResult<Output>(response: Response): Promise<CapabilityResult<Output>> {
  return toResult<Output>(parseJson(await response.text()));
}

function toResult<Output>(body: unknown): CapabilityResult<Output> {
  if (!isRecord(body) || !('output' in body) || !isRecord(body['invocation'])) {
    throw createError('reply_invalid', 'The reply is not a capability result; is this a Capstan server?');
  }
  return body as unknown as CapabilityResult<Output>;
}

async function readFailure(response: Response): Promise<CapstanError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return toFailure(parseJson(await response.text()), {
    status: response.status,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}

function toFailure(body: unknown, fields: ErrorFields): CapstanError {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : undefined;
  if (typeof error?.['code'] !== 'string') {
    const answer = fields.status === undefined ? 'an error' : `HTTP ${fields.status}`;
    return createError(codeOfStatus(fields.status), `The server answered ${answer}, unexplained.`, fields);
  }
  const { code, message, param, details, invocation } = error;
  return createError(code, typeof message === 'string' ? message : code, {
    ...fields,
    param: typeof param === 'string' ? param : undefined,
    details,
    invocation: typeof invocation === 'string' ? invocation : undefined,
  });
}

/** For answers that something between here and the server gave. */
function codeOfStatus(status: number | undefined): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'overloaded';
  if (status === 504) return 'timeout';
  return 'reply_invalid';
}

function toCapstanError(error: unknown, signal: AbortSignal): CapstanError {
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (cause instanceof CapstanError) return cause;
  return createError('connection_failed', 'The server could not be reached, or the connection broke.', {
    cause,
  });
}

interface Cancellation {
  readonly signal: AbortSignal;
  cancel(reason: CapstanError | undefined): void;
  /** Frees the timer and the caller's signal. */
  end(): void;
}

/** Joins the caller's signal and the deadline. (`AbortSignal.any` and `.timeout` would hold on to both.) */
function createCancellation({ options, callOptions }: Call): Cancellation {
  const controller = new AbortController();
  const { signal: outer } = callOptions;
  const timeoutMs = callOptions.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onAbort);
  }
  function cancel(reason: CapstanError | undefined): void {
    end();
    controller.abort(reason);
  }
  function onAbort(): void {
    cancel(createError('cancelled', 'The call was cancelled.', { cause: outer?.reason }));
  }

  if (timeoutMs !== Infinity) {
    const expire = () => cancel(createError('timeout', `No result came within ${timeoutMs} ms.`));
    timer = setTimeout(expire, Math.min(timeoutMs, timerMsMax));
  }
  outer?.addEventListener('abort', onAbort, { once: true });
  if (outer?.aborted === true) onAbort();
  return { signal: controller.signal, cancel, end };
}

interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** Reads server-sent events from text cut anywhere: CR, LF or CRLF, comments, several data lines. */
function createEventParser(): { feed(text: string): ServerEvent[] } {
  let line = '';
  let name = '';
  let data: string[] = [];
  let held = 0;
  let afterReturn = false;

  function endLine(): ServerEvent | undefined {
    const text = line;
    line = '';
    if (text === '') {
      const event = data.length === 0 ? undefined : { name, data: data.join('\n') };
      name = '';
      data = [];
      held = 0;
      return event;
    }
    const colon = text.indexOf(':');
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
    return undefined;
  }

  return {
    feed(text) {
      const events: ServerEvent[] = [];
      let start = afterReturn && text.startsWith('\n') ? 1 : 0;
      if (text !== '') afterReturn = text.endsWith('\r');
      const breaks = /\r\n|\r|\n/g;
      breaks.lastIndex = start;
      for (let found = breaks.exec(text); found !== null; found = breaks.exec(text)) {
        line += text.slice(start, found.index);
        start = breaks.lastIndex;
        const event = endLine();
        if (event !== undefined) events.push(event);
      }
      line += text.slice(start);
      held += text.length;
      if (events.length > 0) held = line.length;
      if (held > eventCharactersMax) throw createError('reply_invalid', 'A streamed event is too large.');
      return events;
    },
  };
}

/** What is known of an output so far. `take` answers `undefined` when there is nothing worth showing. */
interface GrowingOutput {
  feed(text: string): void;
  take(): unknown;
}

function createGrowingText(): GrowingOutput {
  const text = createTextBuffer();
  return { feed: (piece) => text.append(piece), take: () => text.shown() };
}

/** Joins text and holds a surrogate back whose other half has not come. It never looks at the whole, which would copy it. */
function createTextBuffer(): { append(piece: string): void; shown(): string; whole(): string } {
  let known = '';
  let half = '';
  return {
    append(piece) {
      const last = piece.charCodeAt(piece.length - 1);
      const cut = last >= 0xd800 && last <= 0xdbff ? piece.length - 1 : piece.length;
      if (piece === '') return;
      known += half + piece.slice(0, cut);
      half = piece.slice(cut);
    },
    shown: () => known,
    whole: () => known + half,
  };
}

/** An object or list that is still open; in an object, `key` is that of the value to come. */
interface Frame {
  readonly container: Record<string, unknown> | unknown[];
  key: string | undefined;
  entries: number;
}

/**
 * Reads the JSON of an output, which the server sends in pieces cut anywhere, each character once. Numbers and words show
 * when they are whole, strings as they grow. Closed values are shared between partials, open ones are copied.
 */
function createGrowingJson(): GrowingOutput {
  const open: Frame[] = [];
  let state: 'between' | 'word' | 'string' | 'escape' | 'end' = 'between';
  let text = createTextBuffer();
  let escape = '';
  let root: unknown;
  let changed = false;
  let openEntries = 0;
  let copiesAllowed = copiesPerCharacter;

  function openContainer(container: Frame['container']): void {
    open.push({ container, key: undefined, entries: 0 });
    changed = true;
    if (open.length > partialDepthMax) state = 'end';
  }
  function closeContainer(): void {
    const frame = open.pop();
    openEntries -= frame?.entries ?? 0;
    addValue(frame?.container);
  }
  function addValue(value: unknown): void {
    const frame = open.at(-1);
    changed = true;
    state = frame === undefined ? 'end' : 'between';
    if (frame === undefined) {
      root = value;
      return;
    }
    setEntry(frame, value);
    frame.key = undefined;
    frame.entries += 1;
    openEntries += 1;
  }
  function endString(): void {
    const frame = open.at(-1);
    state = 'between';
    if (awaitsKey(frame)) frame.key = text.whole();
    else addValue(text.whole());
  }
  function readBetween(character: string): void {
    if (character === '{') openContainer({});
    else if (character === '[') openContainer([]);
    else if (character === '}' || character === ']') closeContainer();
    else if (!separator.test(character)) {
      state = character === '"' ? 'string' : 'word';
      text = createTextBuffer();
      changed ||= state === 'string' && !awaitsKey(open.at(-1));
    }
  }
  function readEscape(character: string): void {
    escape += character;
    if (escape.startsWith('u') && escape.length < 5) return;
    text.append(unescapeCharacter(escape));
    state = 'string';
  }
  /** Reads up to what ends the string or the word, and answers where that is. */
  function readText(end: RegExp, piece: string, from: number): number {
    end.lastIndex = from;
    const index = end.exec(piece)?.index ?? piece.length;
    text.append(piece.slice(from, index));
    return index;
  }

  /** Reads on at `index` and answers where to go on. */
  function step(piece: string, index: number): number {
    if (state === 'end') return piece.length;
    if (state === 'between') readBetween(piece.charAt(index));
    else if (state === 'escape') readEscape(piece.charAt(index));
    if (state === 'word') {
      const end = readText(wordEnd, piece, index);
      if (end < piece.length) addValue(parseJson(text.whole()));
      return end;
    }
    return index + 1;
  }
  function readString(piece: string, index: number): number {
    changed ||= !awaitsKey(open.at(-1));
    const end = readText(stringEnd, piece, index);
    if (piece.charAt(end) === '"') endString();
    else if (end < piece.length) {
      state = 'escape';
      escape = '';
    }
    return end + 1;
  }

  return {
    feed(piece) {
      copiesAllowed += copiesPerCharacter * piece.length;
      for (let index = 0; index < piece.length;) {
        index = state === 'string' ? readString(piece, index) : step(piece, index);
      }
    },
    take() {
      const copies = openEntries + open.length;
      if (!changed || copies > copiesAllowed) return undefined;
      copiesAllowed -= copies;
      changed = false;
      const isString = state === 'string' || state === 'escape';
      let value = isString && !awaitsKey(open.at(-1)) ? text.shown() : root;
      for (const { container, key } of [...open].reverse()) {
        const copy = Array.isArray(container) ? [...container] : { ...container };
        if (value !== undefined) setEntry({ container: copy, key }, value);
        value = copy;
      }
      return value;
    },
  };
}

const separator = /[\s,:]/;
const wordEnd = /[\s,}\]]/g;
const stringEnd = /["\\]/g;

function awaitsKey(frame: Frame | undefined): frame is Frame {
  return frame !== undefined && frame.key === undefined && !Array.isArray(frame.container);
}

function setEntry({ container, key }: Pick<Frame, 'container' | 'key'>, value: unknown): void {
  if (Array.isArray(container)) container.push(value);
  // Plain assignment to `__proto__` would change the prototype.
  else if (key !== undefined) {
    Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
  }
}

/** `escape` is what follows the backslash: one character, or `u` and four. */
function unescapeCharacter(escape: string): string {
  if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[escape] ?? escape;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isViolation(value: unknown): value is Violation {
  return isRecord(value) && typeof value['pointer'] === 'string' && typeof value['message'] === 'string';
}
