// What secrets look like when somebody pastes them: the forms that issuers gave their keys so that they can be found.

import { concealSpans } from '../../../diagnostics/conceal-secrets.ts';

export interface FoundSecret {
  /** What it looks like, in words. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

interface SecretForm {
  readonly kind: string;
  /** Linear in the text; the group `secret` is what must not be shown, where it is not the whole. */
  readonly pattern: RegExp;
}

const forms: readonly SecretForm[] = [
  { kind: 'a private key', pattern: /-----BEGIN (?:[A-Z]{2,10} ){0,3}PRIVATE KEY-----/g },
  { kind: 'an API key', pattern: /(?<![\w-])sk-[A-Za-z0-9_-]{20,200}/g },
  { kind: 'an API key', pattern: /(?<![\w-])(?:sk|rk|pk)_live_[A-Za-z0-9]{16,200}/g },
  { kind: 'an API key', pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/g },
  { kind: 'an API key', pattern: /(?<![\w-])cap_[A-Za-z0-9_-]{43}(?![\w-])/g },
  { kind: 'an API key', pattern: /(?<![\w-])SG\.[\w-]{16,64}\.[\w-]{16,128}/g },
  { kind: 'an access key', pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Z0-9])/g },
  { kind: 'an access token', pattern: /(?<![\w-])(?:gh[opsur]_[A-Za-z0-9]{36,255}|github_pat_\w{40,255})/g },
  {
    kind: 'an access token',
    pattern: /(?<![\w-])(?:glpat-[\w-]{20,64}|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,64})/g,
  },
  { kind: 'an access token', pattern: /(?<![\w-])xox[abeoprs]-[A-Za-z0-9-]{16,200}/g },
  { kind: 'an access token', pattern: /(?<![\w-])[Bb]earer[ ]{1,4}(?<secret>[A-Za-z0-9._~+/-]{24,2000}=*)/g },
  { kind: 'a signed token', pattern: /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g },
  {
    kind: 'a password in an address',
    pattern: /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@{}<>"']{1,100}:(?<secret>[^\s/@{}<>"'$]{3,200})@/g,
  },
];

/** What every form begins with, or holds: most texts have none of it, and are looked at once. */
const trace =
  /sk-|_live_|AIza|cap_|SG\.|AKIA|ASIA|gh[opsur]_|github_pat_|glpat-|npm_|hf_|xox|earer |eyJ|:\/\/[^\s/@]*@|PRIVATE KEY/;

/** In the order of the text; where two forms see the same place, the first of the list names it. */
export function findSecrets(text: string): FoundSecret[] {
  if (!trace.test(text)) return [];
  const found: FoundSecret[] = [];
  for (const { kind, pattern } of forms) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.['secret'] ?? match[0];
      const start = match.index + match[0].indexOf(secret);
      const end = start + secret.length;
      const isKnown = found.some((other) => start < other.end && other.start < end);
      if (!isKnown && (kind === 'a private key' || isRandom(secret))) found.push({ kind, start, end });
    }
  }
  return found.sort((left, right) => left.start - right.start);
}

/** The text with dots in place of what looks like a secret. */
export function concealFound(text: string): string {
  return concealSpans(text, findSecrets(text));
}

/** Placeholders such as `sk-your-key-goes-here-please` and rows of x are no secrets. */
function isRandom(secret: string): boolean {
  const characters = new Set(secret);
  return characters.size >= Math.min(8, secret.length / 2) && /\d/.test(secret) && /[A-Za-z]/.test(secret);
}
