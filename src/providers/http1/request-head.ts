// The head of a request as text of one byte a character. Nothing in a name, a value or a path can end a line or begin
// another request.

import { BadRequestHead } from './faults.ts';

/** Set by the connection alone: a second one would change where the request ends, or who it is for. */
const OURS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const PATH = /^\/[\x21-\x7e]*$/;
// eslint-disable-next-line no-control-regex
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Names that were checked. They come from our code, so there are few; the limit is a net. */
const checkedNames = new Set<string>();
const CHECKED_NAMES_MAX = 256;

export interface RequestHead {
  readonly method: string;
  readonly path: string;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
}

/** The part of every head that only depends on where it goes. */
export function encodeConstantHead(origin: URL): string {
  return ` HTTP/1.1\r\nhost: ${origin.host}\r\nconnection: keep-alive\r\n`;
}

/** Throws `BadRequestHead` for what cannot be sent. The message names the header and never holds its value. */
export function encodeHead(request: RequestHead, constantHead: string, bodyBytes: number): string {
  const { method, path, headers } = request;
  checkName(method);
  if (!PATH.test(path)) throw new BadRequestHead('The path of a request holds a character that it may not.');
  let head = `${method} ${path}${constantHead}`;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    checkName(name);
    if (NO_VALUE.test(value)) {
      throw new BadRequestHead(`The request header "${name}" holds a character that it may not.`);
    }
    head += `${name}: ${value}\r\n`;
  }
  // RFC 9110, 8.6: a length of nothing is only said where a body is usual.
  if (bodyBytes > 0 || method === 'POST' || method === 'PUT' || method === 'PATCH') {
    return `${head}content-length: ${bodyBytes}\r\n\r\n`;
  }
  return `${head}\r\n`;
}

function checkName(name: string): void {
  if (checkedNames.has(name)) return;
  if (!TOKEN.test(name)) throw new BadRequestHead('A name in the head of a request is none.');
  if (OURS.has(name.toLowerCase())) {
    throw new BadRequestHead(`The request header "${name}" is for the connection to set.`);
  }
  if (checkedNames.size < CHECKED_NAMES_MAX) checkedNames.add(name);
}
