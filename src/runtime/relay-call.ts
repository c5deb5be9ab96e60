// One request to relay: its bytes, and where in them stand the few things that we touch. Read once, whatever becomes of it.

import { CapabilityError } from '../errors.ts';
import type { WireHeaders, WireRequest } from '../providers/adapter.ts';
import { isProviderPath } from '../providers/transport-path.ts';
import type { Requires } from '../registry/snapshot.ts';
import { joinBytes, lengthOf, readText, sliceBytes } from './byte-list.ts';
import type { ByteList } from './byte-list.ts';
import { boundaryOf, findFormFields } from './find-form-fields.ts';
import { findFields, placeAfterOpening, splice } from './splice-body.ts';
import type { Edit, FieldPlace, FieldPlaces } from './splice-body.ts';

/**
 * What kind of answer comes: a chat, one of the older completions, a response, or what is handed on unread but for its
 * usage.
 */
export type RelayKind = 'chat' | 'text' | 'response' | 'other';

/** What the HTTP surface knows of a request that may be relayed. */
export interface RelayRequest {
  readonly method: WireRequest['method'];
  /** Below `/v1`, with its query. */
  readonly path: string;
  readonly headers: WireHeaders;
  readonly body: ByteList;
  /** Arrays and objects inside one another that a body may have. */
  readonly depthMax: number;
}

export interface RelayCall {
  readonly kind: RelayKind;
  readonly method: WireRequest['method'];
  readonly path: string;
  readonly headers: WireHeaders;
  /** As it came in. */
  readonly body: ByteList;
  readonly bodyBytes: number;
  /** What the caller wrote as `model`; absent where a request has none. */
  readonly model?: NamedModel | undefined;
  /** The caller asked for events. */
  readonly stream: boolean;
  /** What makes the provider count tokens in a stream; absent when the caller asked for that already. */
  readonly askForUsage?: Edit | undefined;
  readonly maxOutputTokens?: number | undefined;
  /** Fields of a JSON body. */
  readonly places: FieldPlaces;
}

export interface NamedModel {
  readonly name: string;
  readonly place: FieldPlace;
  /** How a name is written in the body. */
  readonly write: (name: string) => string;
}

const kinds: ReadonlyMap<string, RelayKind> = new Map([
  ['/chat/completions', 'chat'],
  ['/completions', 'text'],
  ['/responses', 'response'],
]);

/** Reads a request; undefined when its body is JSON that only a parser can judge. Throws `request_invalid`. */
export function readRelayCall(request: RelayRequest): RelayCall | undefined {
  const { method, path, headers, body } = request;
  if (!isProviderPath(path)) {
    throw new CapabilityError('request_invalid', 'The path cannot be that of a provider.');
  }
  const kind = (method === 'POST' ? kinds.get(withoutQuery(path)) : undefined) ?? 'other';
  const bodyBytes = lengthOf(body);
  const callOf = ({ model, stream, askForUsage, maxOutputTokens, places }: Asked): RelayCall => {
    return {
      kind,
      method,
      path,
      headers,
      body,
      bodyBytes,
      model,
      stream,
      askForUsage,
      maxOutputTokens,
      places,
    };
  };
  if (bodyBytes === 0 && kind === 'other') return callOf(NOTHING_ASKED);
  const type = headers['content-type'] ?? '';
  if (type !== JSON_TYPE && type.toLowerCase().startsWith('multipart/')) return callOf(readForm(body, type));
  if (kind === 'other' && body[0]?.[0] !== OPEN_BRACE) return callOf(NOTHING_ASKED);
  const places = findFields(body, fieldNames, request.depthMax);
  return places && callOf(readJson(kind, body, places));
}

export const JSON_TYPE = 'application/json';

function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

const OPEN_BRACE = 0x7b;
const NOTHING_ASKED: Asked = { stream: false, places: new Map() };

type Asked = Omit<RelayCall, 'kind' | 'method' | 'path' | 'headers' | 'body' | 'bodyBytes'>;

const formFields: ReadonlySet<string> = new Set(['model', 'stream']);

function readForm(body: ByteList, contentType: string): Asked {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) {
    throw new CapabilityError('request_invalid', 'The content type of the form names no boundary.');
  }
  const places = findFormFields(joinBytes(body), boundary, formFields);
  const textOf = (name: string): string | undefined => {
    const place = places.get(name);
    return place && readText(body, place.start, place.end, 'utf8');
  };
  const place = places.get('model');
  const name = textOf('model');
  return {
    ...NOTHING_ASKED,
    stream: textOf('stream') === 'true',
    ...(place === undefined || name === undefined ? {} : { model: { name, place, write: onOneLine } }),
  };
}

/** A field of a form has no escapes: a line break could end it. */
function onOneLine(name: string): string {
  return name.replaceAll(/[\r\n]/g, '');
}

const fieldNames: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'tools',
  'functions',
  'response_format',
  'text',
]);

function readJson(kind: RelayKind, body: ByteList, places: FieldPlaces): Asked {
  const stream = isTrue(body, places.get('stream'));
  const place = places.get('model');
  const askForUsage =
    stream && (kind === 'chat' || kind === 'text')
      ? usageEdit(body, places.get('stream_options'))
      : undefined;
  const model = place && { name: readName(body, place), place, write: asJson };
  return { model, stream, askForUsage, maxOutputTokens: readLimit(body, places), places };
}

function asJson(name: string): string {
  return JSON.stringify(name);
}

const TRUE = 'true';

function isTrue(body: ByteList, place: FieldPlace | undefined): boolean {
  return place !== undefined && readText(body, place.start, place.end, 'latin1') === TRUE;
}

function readName(body: ByteList, { start, end }: FieldPlace): string {
  const text = readText(body, start, end, 'utf8');
  const isPlain = text.startsWith('"') && !text.includes('\\');
  const name: unknown = isPlain ? text.slice(1, -1) : parsed(text);
  if (typeof name === 'string' && name !== '') return name;
  throw new CapabilityError('request_invalid', '"model" must be the name of a model or of a capability.', {
    param: 'model',
  });
}

function readLimit(body: ByteList, places: FieldPlaces): number | undefined {
  const place =
    places.get('max_completion_tokens') ?? places.get('max_output_tokens') ?? places.get('max_tokens');
  if (place === undefined) return undefined;
  const limit = Number(readText(body, place.start, place.end, 'latin1'));
  return limit > 0 && Number.isFinite(limit) ? limit : undefined;
}

function usageEdit(body: ByteList, place: FieldPlace | undefined): Edit | undefined {
  if (place === undefined) {
    return { ...placeAfterOpening(body), text: '"stream_options":{"include_usage":true},' };
  }
  const options = parsed(readText(body, place.start, place.end, 'utf8'));
  if (typeof options !== 'object' || Array.isArray(options)) return undefined;
  if (options !== null && 'include_usage' in options && options.include_usage === true) return undefined;
  return { ...place, text: JSON.stringify({ ...options, include_usage: true }) };
}

/** What a model must be able to do to answer the request, where it is chosen for the caller. */
export function needsOf({ body, places }: RelayCall): Requires {
  return { features: featuresOf(body, places), modalities: modalitiesOf(body) };
}

function featuresOf(body: ByteList, places: FieldPlaces): string[] {
  const has = (name: string, word: string): boolean => {
    const place = places.get(name);
    return place !== undefined && joinBytes(sliceBytes(body, place.start, place.end)).includes(word);
  };
  const wantsTools = has('tools', '{') || has('functions', '{');
  const wantsSchema = has('response_format', 'json_schema') || has('text', 'json_schema');
  return [...(wantsTools ? ['tools'] : []), ...(wantsSchema ? ['structured-output'] : [])];
}

/** Parts other than text, by the words that stand in every one of them. */
const partTypes: readonly (readonly [modality: string, ...words: string[]])[] = [
  ['image', '"image_url"', '"input_image"'],
  ['audio', '"input_audio"'],
];

function modalitiesOf(body: ByteList): string[] {
  // A word may lie across a cut.
  const bytes = joinBytes(body);
  return partTypes
    .filter(([, ...words]) => words.some((word) => bytes.includes(word)))
    .map(([modality]) => modality);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: whoever parses the body will say so.
    return undefined;
  }
}

/** The request as a provider gets it: in other words than the caller's only where it has to be. */
export function wireRequest(call: RelayCall, modelName: string): WireRequest {
  const { method, path, headers, body, model, askForUsage } = call;
  const edits: Edit[] = [];
  if (askForUsage !== undefined) edits.push(askForUsage);
  if (model !== undefined && model.name !== modelName) {
    edits.push({ ...model.place, text: model.write(modelName) });
  }
  return { method, path, headers, body: edits.length === 0 ? body : splice(body, edits) };
}
