// The OpenAPI document of a Snapshot as the bytes that are sent, printed once.
import { hash } from 'node:crypto';
import { describeApi } from '../../codegen/openapi/describe-api.ts';
import type { Snapshot } from '../registry/snapshot.ts';

export interface PrintedApi {
  readonly bytes: Buffer;
  /** In quotes, as the header has it. */
  readonly etag: string;
}

/** An entry goes with its Snapshot. */
const printed = new WeakMap<Snapshot, PrintedApi>();

export function printApi(snapshot: Snapshot): PrintedApi {
  const known = printed.get(snapshot);
  if (known !== undefined) return known;
  const bytes = Buffer.from(JSON.stringify(describeApi(snapshot)));
  const api = { bytes, etag: `"${hash('sha256', bytes, 'base64url')}"` };
  printed.set(snapshot, api);
  return api;
}
