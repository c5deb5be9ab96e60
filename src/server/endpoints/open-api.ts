// GET /openapi.json: every capability as an operation of OpenAPI 3.1.
import { admissionOf } from '../admit.ts';
import { printApi } from '../print-api.ts';
import { endReply, openReply } from '../reply.ts';
import type { Endpoint } from '../service.ts';

export const openApi: Endpoint = {
  method: 'GET',
  path: '/openapi.json',
  answer(_service, request, reply) {
    const { snapshot } = admissionOf(request);
    const { bytes, etag } = printApi(snapshot);
    const headers = { etag, 'cache-control': 'no-cache', 'x-capstan-revision': snapshot.revision };
    if (hasCurrent(request.headers['if-none-match'], etag)) {
      openReply(request, reply, 304, headers);
      endReply(reply);
      return;
    }
    openReply(request, reply, 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(bytes.length),
      ...headers,
    });
    endReply(reply, bytes);
  },
};

/** `If-None-Match` is a list of tags, weak ones as good as strong ones here, or `*` (RFC 9110, 13.1.2). */
function hasCurrent(known: string | undefined, etag: string): boolean {
  if (known === undefined) return false;
  if (known.trim() === '*') return true;
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
