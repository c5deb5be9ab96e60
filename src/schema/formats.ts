// The formats of the subset: a fixed list, asserted by the validator, each with an example for messages.

import { fullFormats } from 'ajv-formats/dist/formats.js';
import { ownProperty } from './json-schema.ts';

export interface Format {
  readonly example: string;
  readonly fits: (text: string) => boolean;
  /** No text of the format is shorter or longer, in characters. */
  readonly lengthMin: number;
  readonly lengthMax: number;
}

/** No text of any format is longer; patterns are not tried on one that is. */
const formatLengthMax = 8192;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Every format by name. What is missing here is refused by `checkSchemaSubset`. */
export const formats: { readonly [name: string]: Format } = {
  date: format('2026-01-31', fullFormats.date, 10, 10),
  time: format('09:30:00Z', fullFormats.time, 9),
  'date-time': format('2026-01-31T09:30:00Z', fullFormats['date-time'], 20),
  duration: format('P3DT12H', fullFormats.duration, 3),
  email: format('name@example.org', fullFormats.email, 5),
  hostname: format('www.example.org', fullFormats.hostname, 1, 254),
  ipv4: format('192.0.2.1', fullFormats.ipv4, 7, 15),
  ipv6: format('2001:db8::1', fullFormats.ipv6, 2, 45),
  uri: format('https://example.org/page', fullFormats.uri, 3),
  uuid: format('123e4567-e89b-12d3-a456-426614174000', uuid, 36, 36),
};

export function formatNamed(name: unknown): Format | undefined {
  return typeof name === 'string' ? (ownProperty(formats, name) as Format | undefined) : undefined;
}

function format(
  example: string,
  definition: unknown,
  lengthMin: number,
  lengthMax = formatLengthMax,
): Format {
  const check = checkOf(definition);
  return { example, fits: (text) => text.length <= formatLengthMax && check(text), lengthMin, lengthMax };
}

/** The library writes its formats in three ways: a pattern, a function, or an object around one of them. */
function checkOf(definition: unknown): (text: string) => boolean {
  if (definition instanceof RegExp) return (text) => definition.test(text);
  if (typeof definition === 'function')
    return (text) => Boolean((definition as (text: string) => unknown)(text));
  return checkOf((definition as { validate: unknown }).validate);
}
