// `--rule CODE=LEVEL`: levels for one run, before those of capstan.yaml.

import { codes, isDiagnosticCode } from '../compiler/codes.ts';
import type { LintLevel } from '../compiler/declaration.gen.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { UsageError } from './exit-code.ts';

const levels: readonly LintLevel[] = ['error', 'deny', 'warning', 'info', 'off'];

/** The later of two levels for one rule holds. What is no rule, or no level, is a usage error. */
export function parseRuleLevels(rules: readonly string[]): { readonly [code: string]: LintLevel } {
  return Object.fromEntries(rules.map(parseRuleLevel));
}

function parseRuleLevel(rule: string): [string, LintLevel] {
  const at = rule.lastIndexOf('=');
  if (at <= 0) throw new UsageError(`--rule takes CODE=LEVEL, not "${rule}".`);
  const code = rule.slice(0, at);
  const written = rule.slice(at + 1);
  const level = levels.find((each) => each === written);
  if (!isDiagnosticCode(code)) throw new UsageError(`There is no rule "${code}".${nearHelp(code)}`);
  if (level === undefined) {
    throw new UsageError(`"${written}" is not a level; the levels are ${levels.join(', ')}.`);
  }
  if (codes[code] === 'error' && level !== 'error') {
    throw new UsageError(`${code} is an error of the language and stays one.`);
  }
  return [code, level];
}

function nearHelp(code: string): string {
  const names = Object.keys(codes);
  const inGroups = names.filter((name) => name.endsWith(`/${code}`));
  const near = inGroups.length > 0 ? inGroups : suggest(code, names);
  return near.length === 0 ? ' `capstan explain` lists them all.' : ` Did you mean ${near.join(' or ')}?`;
}
