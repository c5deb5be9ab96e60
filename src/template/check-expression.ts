// An expression → its type.

import { checkCall } from './check-call.ts';
import { typeOfPath } from './check-path.ts';
import type { Purpose } from './check-path.ts';
import { isAbsent, report } from './check-state.ts';
import type { Check, Known, Scope } from './check-state.ts';
import { helperNamed } from './helpers/index.ts';
import type { Helper, HelperArgument } from './helpers/helper.ts';
import type { Facts } from './narrow.ts';
import type { CallExpression, Expression } from './template.ts';
import { absent, join, literalType, nothing, unknown } from './type-model.ts';
import type { Type } from './type-model.ts';

export function typeOfExpression(
  check: Check,
  expression: Expression,
  scope: Scope,
  facts: Facts,
  purpose: Purpose = 'value',
): Known {
  switch (expression.kind) {
    case 'literal':
      return { type: literalType(expression.value) };
    case 'path':
      return typeOfPath(check, expression, scope, facts, purpose);
    case 'call':
      return { type: typeOfCall(check, expression, scope, facts, purpose) };
  }
}

/** Helpers that ask of their arguments what `{{#if}}` asks. */
const logical = ['and', 'or', 'not'];

function typeOfCall(check: Check, call: CallExpression, scope: Scope, facts: Facts, purpose: Purpose): Type {
  const helper = helperNamed(call.helper);
  const inner = logical.includes(call.helper) ? purpose : 'value';
  const types = call.parameters.map(
    (parameter) => typeOfExpression(check, parameter, scope, facts, inner).type,
  );
  for (const option of call.options) typeOfExpression(check, option.value, scope, facts);
  if (helper === undefined) return unknown;
  const problems = checkCall(helper, call, types);
  for (const { place, code, message, help, fix } of problems)
    report(check, place, code, message, { help, fix });
  // An argument of which an error was reported has an empty type; nothing more is said of the result.
  if (problems.length > 0 || types.some((type) => type.length === 0)) return nothing;
  const result = helper.result(presentTypes(helper, types), literalOptions(call));
  return canBeAbsent(helper, types) ? join(result, absent) : result;
}

/** A helper that takes no absent first argument gives nothing for one. */
function canBeAbsent(helper: Helper, [first]: readonly Type[]): boolean {
  const [parameter] = helper.parameters;
  return !(parameter?.accepts.includes('absent') ?? true) && (first?.some(isAbsent) ?? false);
}

function presentTypes(helper: Helper, types: readonly Type[]): Type[] {
  return types.map((type, at) => {
    const parameter = helper.parameters[at] ?? helper.parameters.at(-1);
    return parameter?.accepts.includes('absent') ? [...type] : type.filter((one) => !isAbsent(one));
  });
}

function literalOptions(call: CallExpression): { readonly [name: string]: HelperArgument } {
  return Object.fromEntries(
    call.options.flatMap(({ name, value }) =>
      value.kind === 'literal' ? [[name, value.value] as const] : [],
    ),
  );
}
