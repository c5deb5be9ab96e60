// Requests to a test server with nothing but `fetch`, and server-sent events as a test wants to read them.
import type { TestServer } from './start-server.ts';

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Posts a value as JSON, or a text or bytes as they are. */
export function post(
  { url }: Pick<TestServer, 'url'>,
  path: string,
  body: unknown,
  options: PostOptions = {},
): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Everything that a reply lets its reader see, in one text; a connection that is cut ends it. */
export async function everythingOf(response: Response): Promise<string> {
  const pieces = [`${response.status} ${JSON.stringify([...response.headers])}`];
  try {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) pieces.push(piece);
  } catch {
    pieces.push('(cut)');
  }
  return pieces.join('');
}

export interface ServerEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** The events of a reply, as they come; ends with the body, throws when the connection is cut. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    yield* events.map(parseEvent);
  }
  if (text !== '') throw new Error(`the stream ended inside an event: ${text}`);
}

/** The rest of the events, once all have come. */
export async function allOf(events: AsyncIterable<ServerEvent>): Promise<ServerEvent[]> {
  const all: ServerEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function parseEvent(text: string): ServerEvent {
  const fields = new Map(text.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  return {
    name: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? '') as ServerEvent['data'],
  };
}

export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly details?: unknown;
    readonly invocation?: string;
  };
}

export async function errorOf(response: Response): Promise<ErrorBody['error']> {
  const { error } = (await response.json()) as ErrorBody;
  return error;
}
