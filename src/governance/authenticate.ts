// Finds the caller behind an `Authorization` header. Only SHA-256 digests are kept and compared, every one of them on
// every call, so that time says nothing about which keys exist.
import { hash, timingSafeEqual } from 'node:crypto';
import { CapabilityError } from '../errors.ts';
import type { AccessKey, Snapshot } from '../registry/snapshot.ts';
import type { Caller } from './caller.ts';

/** Longer keys are refused unread. */
const KEY_CHARACTERS_MAX = 512;

/** Returns the caller whose key the header holds; throws `unauthenticated`, with the same words for every wrong key. */
export function authenticate(access: Snapshot['access'], authorization: string | undefined): Caller {
  const key = bearerKey(authorization);
  const digest = hash('sha256', key, 'buffer');
  let found: Caller | undefined;
  for (const known of knownKeys(access)) {
    if (timingSafeEqual(known.digest, digest)) found = known.caller;
  }
  if (found === undefined) throw new CapabilityError('unauthenticated', 'The key is not known here.');
  return found;
}

function bearerKey(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new CapabilityError(
      'unauthenticated',
      'A key is required: send it as the header "Authorization: Bearer KEY".',
    );
  }
  const key = /^Bearer +(?<key>\S+) *$/i.exec(authorization)?.groups?.['key'];
  if (key === undefined || key.length > KEY_CHARACTERS_MAX) {
    throw new CapabilityError('unauthenticated', 'The Authorization header is not of the form "Bearer KEY".');
  }
  return key;
}

interface KnownKey {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/** Digests of the Snapshots in use; an entry goes with its Snapshot. */
const prepared = new WeakMap<Snapshot['access'], readonly KnownKey[]>();

function knownKeys(access: Snapshot['access']): readonly KnownKey[] {
  const ready = prepared.get(access);
  if (ready !== undefined) return ready;
  const keys = access.keys.filter(hasWholeDigest).map(toKnownKey);
  prepared.set(access, keys);
  return keys;
}

/** A digest that is not one can never match; the compiler reports it, here it only must not break the others. */
function hasWholeDigest(key: AccessKey): boolean {
  return /^[0-9a-f]{64}$/i.test(key.sha256);
}

function toKnownKey(key: AccessKey): KnownKey {
  return {
    digest: Buffer.from(key.sha256, 'hex'),
    caller: Object.freeze(key.team === undefined ? { name: key.name } : { name: key.name, team: key.team }),
  };
}
