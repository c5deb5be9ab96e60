// The caller's own labels for one call: short strings, few of them (the limits are those of the OpenAI format).
import { CapabilityError } from '../errors.ts';

const METADATA_ENTRIES_MAX = 16;
const METADATA_NAME_CHARACTERS_MAX = 64;
const METADATA_TEXT_CHARACTERS_MAX = 512;

export function readMetadata(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw refuse('must be an object of strings');
  const entries = Object.entries(value);
  if (entries.length > METADATA_ENTRIES_MAX) throw refuse(`has more than ${METADATA_ENTRIES_MAX} entries`);
  for (const [name, text] of entries) {
    if (typeof text !== 'string') throw refuse('holds something that is not a string');
    if (name.length > METADATA_NAME_CHARACTERS_MAX) {
      throw refuse(`has a name longer than ${METADATA_NAME_CHARACTERS_MAX} characters`);
    }
    if (text.length > METADATA_TEXT_CHARACTERS_MAX) {
      throw refuse(`has a text longer than ${METADATA_TEXT_CHARACTERS_MAX} characters`);
    }
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

function refuse(what: string): CapabilityError {
  return new CapabilityError('request_invalid', `"metadata" ${what}.`, { param: 'metadata' });
}
