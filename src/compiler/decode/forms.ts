// What the patterns and formats of our schemas ask for, in words, and what an author probably meant.

import { suggest } from '../../diagnostics/suggest.ts';
import type { DiagnosticCode } from '../codes.ts';
import { codes } from '../codes.ts';
import { lastKey } from '../json-pointer.ts';
import { didYouMean } from '../../diagnostics/words.ts';
import { quoteValue } from '../words.ts';

export interface Form {
  readonly code: DiagnosticCode;
  readonly message: (written: string) => string;
  readonly help: (written: string) => string;
  /** The same in the right form, where no other can have been meant. */
  readonly mend?: (written: string) => string | undefined;
  /** Whether the text must not be shown anywhere. */
  readonly isSecret?: boolean;
}

const nameForm: Form = {
  code: 'declaration/bad-name',
  message: (written) => `The name ${quoteValue(written)} is not kebab-case.`,
  help(written) {
    const name = toKebabCase(written);
    return name === '' || name === written
      ? 'names begin with a small letter and hold small letters and digits, with single dashes between them'
      : `write ${name}`;
  },
};

const dateForm: Form = {
  code: 'declaration/bad-date',
  message: (written) => `${quoteValue(written)} is not a date.`,
  help: (written) =>
    /^\d{4}-\d{2}-\d{2}$/.test(written) ? 'there is no such day' : 'a date is written YYYY-MM-DD',
};

const durationForm: Form = {
  code: 'declaration/bad-duration',
  message: (written) => `${quoteValue(written)} is not a duration.`,
  help(written) {
    const number = /^\s*(?<count>\d+(?:\.\d+)?)\s*(?<unit>[a-z]*)\s*$/i.exec(written)?.groups;
    const unit = unitOf(number?.['unit'] ?? '');
    return number === undefined || unit === undefined
      ? 'a duration is a number with a unit: 500ms, 30s, 5m, 24h or 7d'
      : `write ${number['count']}${unit}`;
  },
};

/** By the definition, or the property, that holds the pattern. */
const forms: Readonly<Record<string, Form>> = {
  Duration: durationForm,
  after: {
    ...durationForm,
    help: (written) =>
      /^p\d/i.test(written)
        ? 'write p95, the time that nineteen of twenty answers keep to, or a duration'
        : durationForm.help(written),
  },
  Name: nameForm,
  TierName: nameForm,
  name: { ...nameForm, mend: (written) => toKebabCase(written) || undefined },
  ModelId: {
    code: 'declaration/bad-model-id',
    message: (written) => `${quoteValue(written)} is not the id of a model.`,
    help: () => 'a model id is PROVIDER/MODEL, with the name of a provider of this project',
  },
  version: {
    code: 'declaration/bad-version',
    message: (written) => `${quoteValue(written)} is not a semantic version.`,
    help(written) {
      const version = completeVersion(written);
      return version === undefined
        ? 'a version is three numbers, MAJOR.MINOR.PATCH'
        : `a version is three numbers: ${version}`;
    },
    mend: completeVersion,
  },
  replacement: {
    code: 'declaration/bad-reference',
    message: (written) => `${quoteValue(written)} is not a reference to a capability.`,
    help: (written) => {
      const short = withoutMinor(written);
      return short === undefined ? 'write NAME or NAME@MAJOR' : `only the major version is named: ${short}`;
    },
    mend: withoutMinor,
  },
  apiKey: {
    code: 'declaration/literal-key',
    message: () => 'A key is written where only the name of an environment variable may stand.',
    help: () => 'write "${NAME}" with the name of the variable; if this was a real key, withdraw it',
    isSecret: true,
  },
  baseUrl: {
    code: 'declaration/bad-url',
    message: (written) => `${quoteValue(written)} is not an address.`,
    help: (written) =>
      /^[\w.-]+(?::\d+)?(?:\/\S*)?$/.test(written)
        ? `write http://${written} or https://${written}`
        : 'an address begins with http:// or https:// and holds no spaces',
  },
  sha256: {
    code: 'declaration/bad-hash',
    message: () => 'This is not the SHA-256 of a key.',
    help: () => 'a hash has 64 digits and letters a to f; `capstan key` makes a key and prints its hash',
    isSecret: true,
  },
  JsonPointer: {
    code: 'declaration/bad-pointer',
    message: (written) => `${quoteValue(written)} is not a JSON pointer.`,
    help: (written) =>
      written.startsWith('/')
        ? 'in a pointer "~" is written ~0, and "/" inside a name ~1'
        : `write /${written.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`,
  },
  fingerprint: {
    code: 'declaration/bad-hash',
    message: (written) => `${quoteValue(written)} is not a fingerprint.`,
    help: () =>
      'a fingerprint has 12 digits and letters a to f; `capstan breaking` prints it with the change',
  },
  expires: dateForm,
  since: dateForm,
  sunset: dateForm,
  lint: {
    code: 'declaration/bad-name',
    message: (written) => `${quoteValue(written)} is not the code of a rule.`,
    help(written) {
      const names = Object.keys(codes);
      const inGroup = names.filter((name) => name.endsWith(`/${written}`));
      return (
        didYouMean(inGroup.length > 0 ? inGroup : suggest(written, names)) ?? 'a code is written GROUP/NAME'
      );
    },
  },
};

/** The form for a verdict on a pattern or format. Every pattern of schemas/ has one: a test holds the two together. */
export function formOf(schemaPath: string, pointer: string): Form {
  const definition = /#\/\$defs\/(\w+)\/(?:pattern|type|minLength|maxLength|format)$/.exec(schemaPath)?.[1];
  const property = /\/properties\/(\w+)\/(?:propertyNames\/)?\w+$/.exec(schemaPath)?.[1];
  return formNamed(definition ?? '') ?? formNamed(property ?? '') ?? formNamed(lastKey(pointer)) ?? nameForm;
}

export function formNamed(name: string): Form | undefined {
  return Object.hasOwn(forms, name) ? forms[name] : undefined;
}

const units: readonly (readonly [pattern: RegExp, unit: string])[] = [
  [/^(?:|s|secs?|seconds?)$/i, 's'],
  [/^(?:ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(?:m|mins?|minutes?)$/i, 'm'],
  [/^(?:h|hrs?|hours?)$/i, 'h'],
  [/^(?:d|days?)$/i, 'd'],
];

function unitOf(word: string): string | undefined {
  return units.find(([pattern]) => pattern.test(word))?.[1];
}

/** `1.10` → `1.10.0`, `v2` → `2.0.0`; undefined for what is no version at all. */
export function completeVersion(written: string): string | undefined {
  const match = /^v?(?<numbers>\d{1,9}(?:\.\d{1,9}){0,2})(?<rest>[-+][0-9A-Za-z.-]+)?$/i.exec(written.trim());
  if (match === null) return undefined;
  const numbers = (match.groups?.['numbers'] ?? '').split('.');
  const version = [0, 1, 2].map((index) => String(Number(numbers[index] ?? '0'))).join('.');
  return version + (match.groups?.['rest'] ?? '');
}

/** `summarize@2.1.0` → `summarize@2` */
function withoutMinor(written: string): string | undefined {
  return /^[a-z][a-z0-9-]*@\d+(?=\.\d)/.exec(written)?.[0];
}

function toKebabCase(written: string): string {
  return written
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
}
