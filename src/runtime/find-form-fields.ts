// Finds small fields of a multipart form in its bytes, so that everything else of it (files, boundaries, the order and
// the headers of its parts) crosses as it was written.

import { CapabilityError } from '../errors.ts';
import type { FieldPlace, FieldPlaces } from './splice-body.ts';

/** The boundary in a `multipart/form-data` content type; undefined when it has none that is one. */
export function boundaryOf(contentType: string): string | undefined {
  const { quoted, plain } =
    /;\s*boundary=(?:"(?<quoted>[^"]*)"|(?<plain>[^\s;"]+))/i.exec(contentType)?.groups ?? {};
  const boundary = quoted ?? plain ?? '';
  return /^[\w'()+,./:=? -]{1,70}$/.test(boundary) ? boundary : undefined;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** Longer heads of parts are no heads. */
const HEAD_BYTES_MAX = 16 * 1024;
const PARTS_MAX = 1_000;

/**
 * The places of the named fields of a form; files are not looked at. Throws `request_invalid` when the form is not whole,
 * and when a named field occurs twice: servers differ in which one they take.
 */
export function findFormFields(body: Buffer, boundary: string, names: ReadonlySet<string>): FieldPlaces {
  const found = new Map<string, FieldPlace>();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const opening = delimiter.subarray(2);
  let at = body.subarray(0, opening.length).equals(opening)
    ? opening.length
    : body.indexOf(delimiter) + delimiter.length;
  if (at < delimiter.length && at !== opening.length) throw notWhole();
  for (let parts = 0; ; parts += 1) {
    if (isClosed(body, at)) return found;
    if (parts === PARTS_MAX) {
      throw new CapabilityError('request_invalid', `The form has more than ${PARTS_MAX} parts.`);
    }
    const lineEnd = body.indexOf('\r\n', at);
    // A part without headers has no name.
    const headEnd = body.indexOf(HEAD_END, lineEnd);
    if (lineEnd < 0 || headEnd < 0 || headEnd - lineEnd > HEAD_BYTES_MAX) throw notWhole();
    const start = headEnd + HEAD_END.length;
    // The delimiter's own line break may be the one that ends the head: the part is empty then.
    const end = body.indexOf(delimiter, headEnd + 2);
    if (end < 0) throw notWhole();
    const name = fieldName(body.toString('utf8', lineEnd, headEnd));
    if (name !== undefined && names.has(name)) {
      if (found.has(name)) {
        throw new CapabilityError('request_invalid', `The form names "${name}" twice.`, { param: name });
      }
      found.set(name, { start, end: Math.max(start, end) });
    }
    at = end + delimiter.length;
  }
}

function isClosed(body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d;
}

/** The name in the head of a part that is no file. */
function fieldName(head: string): string | undefined {
  const disposition = /\r\ncontent-disposition:(?<value>[^\r\n]*)/i.exec(head)?.groups?.['value'];
  if (disposition === undefined || /;\s*filename\*?=/i.test(disposition)) return undefined;
  const { quoted, plain } =
    /;\s*name=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s;"]+))/i.exec(disposition)?.groups ?? {};
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
}

function notWhole(): CapabilityError {
  return new CapabilityError('request_invalid', 'The body is not a whole multipart form.');
}
