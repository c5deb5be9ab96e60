// A request of the OpenAI surface as what is relayed: its bytes, and the few headers of the caller's that may cross.
import type { FastifyRequest } from 'fastify';
import { CapabilityError } from '../errors.ts';
import { JSON_TYPE, readRelayCall } from '../runtime/relay-call.ts';
import type { RelayCall } from '../runtime/relay-call.ts';
import { relayTarget } from '../runtime/target.ts';
import type { Target } from '../runtime/target.ts';
import { admissionOf } from './admit.ts';
import { headerText } from './invocation-headers.ts';
import { isUtf8 } from './is-utf8.ts';
import { chunksOf, jsonBytes, readJsonObject } from './read-json.ts';
import type { Endpoint, Service } from './service.ts';

const PREFIX = '/v1';

/** Reads the request; throws `request_invalid` with the place of what is wrong. */
export function readRelay(
  { limits }: Service,
  request: FastifyRequest,
  method: Endpoint['method'],
): RelayCall {
  const type = request.headers['content-type'] ?? JSON_TYPE;
  const isJson = type === JSON_TYPE || !type.toLowerCase().startsWith('multipart/');
  const received = chunksOf(request);
  const body = isJson ? jsonBytes(received) : received;
  if (isJson && !isUtf8(body)) readJsonObject(body, limits.jsonDepth);
  const call = readRelayCall({
    method,
    path: request.url.slice(PREFIX.length),
    headers: crossingHeaders(request, received.length === 0 ? undefined : isJson ? JSON_TYPE : type),
    body,
    depthMax: limits.jsonDepth,
  });
  if (call !== undefined) return call;
  readJsonObject(body, limits.jsonDepth);
  throw new CapabilityError('request_invalid', 'The body must be one JSON object.');
}

/** What a caller's client may say to a provider beside the body: which form of answer it wants, and of which version. */
function crossingHeaders({ headers }: FastifyRequest, type: string | undefined): Record<string, string> {
  const crossing: Record<string, string> = { accept: headerText(headers.accept ?? '*/*') };
  if (type !== undefined) crossing['content-type'] = headerText(type);
  const beta = headers['openai-beta'];
  if (typeof beta === 'string') crossing['openai-beta'] = headerText(beta);
  return crossing;
}

/** The provider that a request asks for; only one of the project can be meant. */
const PROVIDER_HEADER = 'x-capstan-provider';

/** Whom the request is for; undefined when nothing says it. Throws `not_found` for a model that nobody has. */
export function relayTargetOf(request: FastifyRequest, call: RelayCall): Target | undefined {
  const asked = request.headers[PROVIDER_HEADER];
  const provider = Array.isArray(asked) ? asked.join(',') : asked;
  return relayTarget(admissionOf(request).snapshot, { model: call.model?.name, provider });
}

/** The same where a model has to be named. */
export function modelTargetOf(request: FastifyRequest, call: RelayCall): Target {
  const target = call.model === undefined ? undefined : relayTargetOf(request, call);
  if (target !== undefined) return target;
  const message = 'The body has no "model". GET /v1/models lists what it may name.';
  throw new CapabilityError('request_invalid', message, { param: 'model' });
}
