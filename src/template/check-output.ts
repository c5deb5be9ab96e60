// `{{value}}`: whether it prints what an author means, and whether it may stand in this message.

import { typeOfExpression } from './check-expression.ts';
import { nameInScope } from './check-path.ts';
import { declaredAt, isAbsent, report } from './check-state.ts';
import type { Check, Extent, Known, Scope } from './check-state.ts';
import { fence } from './helpers/fence.ts';
import { printSignature } from './helpers/helper.ts';
import { helperNamed } from './helpers/index.ts';
import type { Facts } from './narrow.ts';
import { listed, wordsOf } from './print-expression.ts';
import { jsonLengthMax, printedLengthMax } from './printed-length.ts';
import type { CallExpression, Expression, PathExpression } from './template.ts';
import { namesOf, propertyOf, trustOf } from './type-model.ts';
import type { Alternative, Type } from './type-model.ts';

export function checkOutput(check: Check, expression: Expression, scope: Scope, facts: Facts): Extent {
  if (expression.kind === 'path' && checkHidden(check, expression, scope)) return anything;
  const known = typeOfExpression(check, expression, scope, facts);
  const isFenced = expression.kind === 'call' && expression.helper === fence.name;
  const argumentOf: ArgumentOf = (isMeant) => argumentIn(check, expression, scope, facts, isMeant);
  if (checkPrintable(check, expression, known, argumentOf) && !isFenced)
    checkTrust(check, expression, known, argumentOf);
  const isShort = known.type.every((one) => one.kind !== 'object' && one.kind !== 'list');
  const lengthMax = isShort ? printedLengthMax(known.type) : jsonLengthMax(known.type);
  return { canBeSilent: false, lengthMax: isFenced ? lengthMax + tagsLength(check, expression) : lengthMax };
}

const anything: Extent = { canBeSilent: false, lengthMax: Infinity };

/** `<tag-suffix>` and `</tag-suffix>`. */
function tagsLength(check: Check, call: CallExpression): number {
  const tag = call.options.find(({ name }) => name === 'tag')?.value;
  const name = tag?.kind === 'literal' ? [...String(tag.value)].length : 0;
  return 2 * (name + 1 + check.fenceSuffixLength) + '<></>'.length;
}

/** A bare name that is a helper's: elsewhere that would call the helper. True when it is. */
function checkHidden(check: Check, path: PathExpression, scope: Scope): boolean {
  const [segment, ...more] = path.segments;
  if (segment === undefined || more.length > 0 || path.explicit || path.origin !== 'scope') return false;
  const helper = helperNamed(segment.name);
  if (helper === undefined || nameInScope(scope, segment.name) !== undefined) return false;
  const isProperty = scope.context.type.some(
    (one) => propertyOf(one, segment.name) !== 'missing' && !isAbsent(one),
  );
  if (!isProperty) {
    const count = helper.parameters.filter(({ optional, rest }) => !optional && !rest).length;
    report(
      check,
      path,
      'template/wrong-arguments',
      `\`${helper.name}\` is a helper that takes ${count} ${count === 1 ? 'argument' : 'arguments'}, 0 given.`,
      {
        help: `write {{${printSignature(helper)}}}`,
      },
    );
    return true;
  }
  report(
    check,
    path,
    'template/hidden-property',
    `\`${helper.name}\` is a helper, which hides the property.`,
    {
      help: `the property needs {{this.${helper.name}}}`,
      fix: {
        start: path.start,
        end: path.start,
        message: `write this.${helper.name}`,
        safety: 'safe',
        text: 'this.',
      },
    },
  );
  return true;
}

/** The input that a finding about an output is about: the output itself, or the argument of its call that answers. */
interface Argument {
  readonly words: string;
  readonly expression: Expression;
  readonly known: Known;
}

type ArgumentOf = (isMeant: (type: Type) => boolean) => Argument | undefined;

/** The first path in an expression whose type answers. */
function argumentIn(
  check: Check,
  expression: Expression,
  scope: Scope,
  facts: Facts,
  isMeant: (type: Type) => boolean,
): Argument | undefined {
  if (expression.kind === 'literal') return undefined;
  if (expression.kind === 'path') {
    const known = typeOfExpression({ ...check, findings: [] }, expression, scope, facts);
    return isMeant(known.type) ? { words: wordsOf(expression), expression, known } : undefined;
  }
  for (const each of expression.parameters) {
    const found = argumentIn(check, each, scope, facts, isMeant);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reports the first thing that is wrong; true when only trust is left to look at. */
function checkPrintable(check: Check, expression: Expression, known: Known, argumentOf: ArgumentOf): boolean {
  const { type } = known;
  const words = wordsOf(expression);
  const objects = type.filter(({ kind }) => kind === 'object');
  if (objects.length > 0) {
    reportObject(check, expression, known, objects);
    return false;
  }
  if (type.some(({ kind }) => kind === 'list')) {
    report(check, expression, 'template/list-printed', `\`${words}\` is a list.`, {
      labels: [declaredAt(known, 'a list')],
      help: `write {{#each ${words}}}, or {{join ${words} ", "}}`,
    });
    return false;
  }
  if (type.some(({ kind }) => kind === 'unknown')) {
    report(check, expression, 'template/untyped-value', `\`${words}\` can be anything, also an object.`, {
      severity: 'info',
      labels: [declaredAt(known, 'this says nothing of what it is')],
      help: `say in the schema what it is, or write {{json ${words}}}`,
    });
  } else if (type.some(isAbsent)) reportAbsent(check, expression, known, argumentOf);
  return true;
}

function reportObject(check: Check, expression: Expression, known: Known, objects: Type): void {
  const words = wordsOf(expression);
  const names = namesOf(objects);
  const properties = names.length > 0 ? `, or one of its properties: ${listed(names)}` : '';
  report(check, expression, 'template/object-printed', `\`${words}\` is an object.`, {
    labels: [declaredAt(known, 'an object')],
    help: `write {{json ${words}}}${properties}`,
  });
}

function reportAbsent(check: Check, expression: Expression, known: Known, argumentOf: ArgumentOf): void {
  const words = wordsOf(expression);
  const isNever = known.type.every(isAbsent);
  const absent = argumentOf((type) => type.some(isAbsent));
  report(
    check,
    expression,
    'template/maybe-absent',
    isNever ? `\`${words}\` is never there.` : `\`${words}\` may be absent.`,
    {
      severity: 'warning',
      label: isNever ? 'this prints nothing' : 'this can print nothing',
      labels: [absent && declaredAt(absent.known, absenceWords(absent.expression, absent.known.type))],
      help:
        absent && `wrap it in {{#if ${absent.words}}}, or write {{default ${asArgument(expression)} "…"}}`,
    },
  );
}

function asArgument(expression: Expression): string {
  return expression.kind === 'call' ? `(${wordsOf(expression)})` : wordsOf(expression);
}

function absenceWords(expression: Expression, type: Type): string {
  const last = expression.kind === 'path' ? expression.segments.at(-1)?.name : undefined;
  if (last !== undefined && /^\d+$/.test(last)) return 'the list can be shorter';

  const isNull = type.some(({ kind }) => kind === 'null');
  const isUndefined = type.some(({ kind }) => kind === 'undefined');
  if (isNull) return isUndefined ? 'optional, and may be null' : 'may be null';
  return 'optional';
}

function checkTrust(check: Check, expression: Expression, known: Known, argumentOf: ArgumentOf): void {
  if (!check.isPrivileged || !isUntrusted(known.type)) return;
  const source = argumentOf(isUntrusted);
  report(
    check,
    expression,
    'trust/untrusted-in-system',
    `\`${wordsOf(expression)}\` is text of the caller inside a system message.`,
    {
      severity: 'deny',
      labels: [source && declaredAt(source.known, 'free text')],
      help: `write {{fence ${asArgument(expression)} tag="${tagFor(source?.expression ?? expression)}"}}, declare an enum, or say x-trust: trusted`,
    },
  );
}

function isUntrusted(type: Type): boolean {
  return trustOf(type.filter((one: Alternative) => !isAbsent(one))) === 'untrusted';
}

function tagFor(expression: Expression): string {
  const name = expression.kind === 'path' ? (expression.segments.at(-1)?.name ?? 'data') : 'data';
  const tag = name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-');
  return /^[a-z]/.test(tag) ? tag : 'data';
}
