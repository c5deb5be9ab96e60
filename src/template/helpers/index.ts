// The helpers of dialect handlebars/1, written out.

import { and } from './and.ts';
import { date } from './date.ts';
import { defaultTo } from './default.ts';
import { eq } from './eq.ts';
import { fence } from './fence.ts';
import { gt } from './gt.ts';
import type { Helper } from './helper.ts';
import { inc } from './inc.ts';
import { join } from './join.ts';
import { json } from './json.ts';
import { length } from './length.ts';
import { lower } from './lower.ts';
import { lt } from './lt.ts';
import { ne } from './ne.ts';
import { not } from './not.ts';
import { or } from './or.ts';
import { truncate } from './truncate.ts';
import { upper } from './upper.ts';

export const helpers: readonly Helper[] = [
  eq,
  ne,
  gt,
  lt,
  and,
  or,
  not,
  json,
  join,
  length,
  inc,
  fence,
  defaultTo,
  upper,
  lower,
  truncate,
  date,
];

export const helperNames: readonly string[] = helpers.map((helper) => helper.name);

const byName = new Map(helpers.map((helper) => [helper.name, helper]));

export function helperNamed(name: string): Helper | undefined {
  return byName.get(name);
}
