// Finds values in the caller's text by what they look like or by the label they stand behind.

import type { CallerText } from './caller-text.ts';

/** The words of a property's name: `invoiceNumber`, `invoice_number` → `invoice`, `number`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Words that say the same on forms, in the languages of the project's samples. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['number', 'no', 'nr', 'id', 'num', 'numer', 'nummer', 'reference', 'ref', 'numéro', '#'],
  ['vendor', 'supplier', 'seller', 'issuer', 'merchant', 'from', 'sprzedawca', 'verkäufer', 'lieferant'],
  ['customer', 'buyer', 'client', 'recipient', 'bill', 'billed', 'to', 'nabywca', 'kunde', 'käufer'],
  ['total', 'gross', 'amount', 'due', 'sum', 'ogółem', 'razem', 'gesamt', 'gesamtbetrag', 'betrag', 'grand'],
  ['net', 'subtotal', 'netto', 'nettobetrag'],
  ['tax', 'vat', 'nip', 'mwst', 'ust', 'tva', 'gst'],
  ['date', 'issued', 'day', 'data', 'datum', 'wystawienia', 'on'],
  ['due', 'deadline', 'payable', 'fällig', 'by'],
  ['address', 'adres', 'adresse', 'anschrift', 'street'],
  ['phone', 'tel', 'telephone', 'mobile', 'telefon'],
  ['email', 'mail', 'e'],
  ['name', 'contact', 'person'],
  ['owner', 'assignee', 'responsible', 'who'],
  ['currency', 'waluta', 'währung'],
  ['company', 'organization', 'organisation', 'employer'],
  ['title', 'subject', 're', 'betreff', 'topic'],
];

function meansSame(word: string, other: string): boolean {
  if (word === other) return true;
  return SYNONYMS.some((group) => group.includes(word) && group.includes(other));
}

/** The value behind the label that says most of what the property's name says; undefined when no label fits. */
export function findLabelled(
  text: CallerText,
  name: string,
  fits: (value: string) => string | undefined = (value) => value,
): string | undefined {
  const words = wordsOf(name);
  let best: { score: number; value: string } | undefined;
  for (const { label, value } of text.labels) {
    const score = labelScore(words, wordsOf(label));
    if (score <= (best?.score ?? LABEL_SCORE_MIN)) continue;
    const fitting = fits(value);
    if (fitting !== undefined) best = { score, value: fitting };
  }
  return best?.value;
}

/** At least half of the name's words have to be in the label. */
const LABEL_SCORE_MIN = 0.49;
const EXACT_BONUS = 0.2;

function labelScore(words: readonly string[], label: readonly string[]): number {
  if (words.length === 0 || label.length === 0 || label.length > 6) return 0;
  const same = words.filter((word) => label.some((other) => meansSame(word, other)));
  const exact = words.filter((word) => label.includes(word)).length;
  const extra = label.filter((other) => !words.some((word) => meansSame(word, other))).length;
  return same.length / words.length + (EXACT_BONUS * exact) / words.length - extra * 0.1;
}

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/u;
const URL_IN_TEXT = /https?:\/\/[^\s<>"'`)\]]{1,300}/;
const PHONE = /(?<![\p{L}\p{N}])\+?\d[\d ()./-]{6,18}\d(?![\p{L}\p{N}])/u;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
const IPV4 = /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/;
const TIME = /\b(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b/;
const IDENTIFIER = /(?=[\p{L}\p{N}/_.-]*\d)[\p{Lu}\p{N}][\p{L}\p{N}/_.-]{2,31}/u;
const CURRENCY_CODE =
  /\b(?:EUR|USD|GBP|PLN|CHF|JPY|CNY|SEK|NOK|DKK|CZK|HUF|CAD|AUD|INR|BRL|MXN|SAR|AED|EGP|TRY|ZAR|KRW|SGD|HKD|NZD)\b/;
const CURRENCY_SIGNS: readonly (readonly [string, string])[] = [
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['$', 'USD'],
  ['zł', 'PLN'],
  ['¥', 'JPY'],
  ['₹', 'INR'],
];

export function findEmail(text: string): string | undefined {
  return EMAIL.exec(text)?.[0];
}

export function findUrl(text: string): string | undefined {
  return URL_IN_TEXT.exec(text)?.[0].replace(/[.,;:!?]+$/, '');
}

export function findPhone(text: string): string | undefined {
  for (const [candidate] of text.matchAll(new RegExp(PHONE, 'gu'))) {
    const digits = candidate.replace(/\D/g, '').length;
    if (digits >= 7 && digits <= 15 && findDate(candidate) === undefined) return candidate.trim();
  }
  return undefined;
}

export function findIban(text: string): string | undefined {
  return IBAN.exec(text)?.[0];
}

export function findUuid(text: string): string | undefined {
  return UUID.exec(text)?.[0];
}

export function findIpv4(text: string): string | undefined {
  return IPV4.exec(text)?.[0];
}

export function findTime(text: string): string | undefined {
  const found = TIME.exec(text)?.[0];
  return found === undefined || found.length === 8 ? found : `${found}:00`;
}

/** A currency as its ISO code. */
export function findCurrency(text: string): string | undefined {
  const code = CURRENCY_CODE.exec(text)?.[0];
  return code ?? CURRENCY_SIGNS.find(([sign]) => text.includes(sign))?.[1];
}

/** Something like a document's number: letters and digits, at least one digit. Dates and amounts are none. */
export function findIdentifier(text: string): string | undefined {
  const candidate = IDENTIFIER.exec(text)?.[0].replace(/[.,/-]+$/, '');
  if (candidate === undefined || /^\d+[.,]\d\d$/.test(candidate)) return undefined;
  return /^\d{4}-\d\d-\d\d$/.test(candidate) ? undefined : candidate;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
const DATES: readonly RegExp[] = [
  /(?<![\d.])(?<year>(?:19|20)\d\d)[-/.](?<month>0?[1-9]|1[0-2])[-/.](?<day>0?[1-9]|[12]\d|3[01])(?!\d)/,
  /(?<year>(?:19|20)\d\d)\s*年\s*(?<month>1[0-2]|0?[1-9])\s*月\s*(?<day>3[01]|[12]\d|0?[1-9])\s*日/,
  /(?<![\d.])(?<day>0?[1-9]|[12]\d|3[01])[-/.](?<month>0?[1-9]|1[0-2])[-/.](?<year>(?:19|20)\d\d)(?!\d)/,
  new RegExp(
    `\\b(?<day>\\d{1,2})(?:st|nd|rd|th)?\\.? (?:of )?${MONTH}\\.?,? (?<year>(?:19|20)\\d\\d)\\b`,
    'i',
  ),
  new RegExp(`\\b${MONTH}\\.? (?<day>\\d{1,2})(?:st|nd|rd|th)?,? (?<year>(?:19|20)\\d\\d)\\b`, 'i'),
];

/** The first date in the text, as `YYYY-MM-DD`. */
export function findDate(text: string): string | undefined {
  const found = DATES.map((date) => date.exec(text)).filter((match) => match !== null);
  found.sort((left, right) => left.index - right.index);
  for (const { groups } of found) {
    const date = printDate(groups?.['year'] ?? '', groups?.['month'] ?? '', groups?.['day'] ?? '');
    if (date !== undefined) return date;
  }
  return undefined;
}

function printDate(year: string, month: string, day: string): string | undefined {
  const named = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  const monthNumber = named === -1 ? Number(month) : named + 1;
  const date = `${year}-${String(monthNumber).padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date ? undefined : date;
}

const NUMBER =
  /(?<![\p{L}\p{N}.,])-?\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,3})?(?![\p{N}])|(?<![\p{L}\p{N}.,])-?\d+(?:[.,]\d+)?(?![\p{N}])/gu;
const AMOUNT = /^-?[\d .,'’\u00a0\u202f]+[.,]\d\d$/;

/** The first number in the text, whichever way its thousands and decimals are marked. */
export function findNumber(text: string): number | undefined {
  for (const [written] of text.matchAll(NUMBER)) {
    const value = readNumber(written);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The greatest number with two decimals: on a bill, that is the total. */
export function findGreatestAmount(text: string): number | undefined {
  let greatest: number | undefined;
  for (const [written] of text.matchAll(NUMBER)) {
    const value = AMOUNT.test(written) ? readNumber(written) : undefined;
    if (value !== undefined && value > (greatest ?? -Infinity)) greatest = value;
  }
  return greatest;
}

function readNumber(written: string): number | undefined {
  const compact = written.replace(/[ '’\u00a0\u202f]/g, '');
  const lastComma = compact.lastIndexOf(',');
  const lastDot = compact.lastIndexOf('.');
  const decimalAt = Math.max(lastComma, lastDot);
  const grouped = decimalAt >= 0 && /^-?\d{1,3}([.,]\d{3})+$/.test(compact) && !/^-?0/.test(compact);
  const plain =
    decimalAt === -1 || (grouped && (lastComma === -1 || lastDot === -1))
      ? compact.replace(/[.,]/g, '')
      : `${compact.slice(0, decimalAt).replace(/[.,]/g, '')}.${compact.slice(decimalAt + 1)}`;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
