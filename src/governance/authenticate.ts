// Finds the caller behind an `Authorization` header. Only SHA-256 digests are kept, and only the digest of what was sent is
// looked up: how long that takes may tell of digests, which say nothing of keys and cannot be chosen. The search costs the
// same with one key and with ten thousand.
import { hash } from 'node:crypto';
import { CapabilityError } from '../errors.ts';
import type { AccessKey, Snapshot } from '../registry/snapshot.ts';
import type { Caller } from './caller.ts';

/** Longer keys are refused unread. */
const KEY_CHARACTERS_MAX = 512;

/** Returns the caller whose key the header holds; throws `unauthenticated`, with the same words for every wrong key. */
export function authenticate(access: Snapshot['access'], authorization: string | undefined): Caller {
  const key = bearerKey(authorization);
  const found = knownKeys(access).get(hash('sha256', key, 'hex'));
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

/** Callers by the digests of their keys, for the Snapshots in use; an entry goes with its Snapshot. */
const prepared = new WeakMap<Snapshot['access'], ReadonlyMap<string, Caller>>();

function knownKeys(access: Snapshot['access']): ReadonlyMap<string, Caller> {
  const ready = prepared.get(access);
  if (ready !== undefined) return ready;
  const keys = new Map(access.keys.filter(hasWholeDigest).map(byDigest));
  prepared.set(access, keys);
  return keys;
}

/** A digest that is not one can never match; the compiler reports it, here it only must not break the others. */
function hasWholeDigest(key: AccessKey): boolean {
  return /^[0-9a-f]{64}$/i.test(key.sha256);
}

function byDigest({ name, team, sha256 }: AccessKey): [digest: string, caller: Caller] {
  return [sha256.toLowerCase(), Object.freeze(team === undefined ? { name } : { name, team })];
}
