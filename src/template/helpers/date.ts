// `{{date when format="D MMMM YYYY"}}`: an ISO 8601 text, shown in UTC. Text that is no date is printed as it is.

import { printedLengthMax } from '../printed-length.ts';
import { canBeEmpty, textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

const defaultFormat = 'YYYY-MM-DD';

export const date: Helper = {
  name: 'date',
  summary: 'A date or date-time in another format: YYYY, MMMM, MM, DD, D, HH, mm, ss; in UTC.',
  parameters: [{ name: 'when', accepts: ['string'] }],
  options: { format: { accepts: ['string'], literal: true } },
  result: ([when = []], { format = defaultFormat }) => {
    const longest = Math.max(printedLengthMax(when), formattedLengthMax(String(format)));
    return textType(trustOf(when), canBeEmpty(when) || format === '', longest);
  },
  run: ([when], { format = defaultFormat }) => show(String(when), String(format)),
};

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?$/;
const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

function show(text: string, format: string): string {
  if (!isoDate.test(text) || !isDayOfCalendar(text)) return text;
  const hasZone = text.length === 10 || /(?:[Zz]|[+-]\d{2}:\d{2})$/.test(text);
  const date = new Date(hasZone ? text : `${text}Z`);
  if (Number.isNaN(date.getTime())) return text;
  const parts: { readonly [token: string]: string } = {
    YYYY: String(date.getUTCFullYear()).padStart(4, '0'),
    MMMM: months[date.getUTCMonth()] ?? '',
    MM: two(date.getUTCMonth() + 1),
    DD: two(date.getUTCDate()),
    D: String(date.getUTCDate()),
    HH: two(date.getUTCHours()),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
  };
  return format.replace(tokens, (token) => parts[token] ?? token);
}

/** 30 February would silently become 2 March. */
function isDayOfCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

const tokens = /YYYY|MMMM|MM|DD|D|HH|mm|ss/g;

/** The tokens that may print more than they are written with; a day later, 9999 is 10000. */
const longestParts: { readonly [token: string]: string } = { YYYY: '10000', MMMM: 'September', D: '31' };

function formattedLengthMax(format: string): number {
  return [...format.replace(tokens, (token) => longestParts[token] ?? token)].length;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
