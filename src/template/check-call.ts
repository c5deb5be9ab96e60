// A helper's call against its signature: how many arguments, of which types, and which options.

import { isAbsent } from './check-state.ts';
import { printSignature } from './helpers/helper.ts';
import type { Accepted, Helper, HelperOption, HelperParameter } from './helpers/helper.ts';
import { nearName } from './near-name.ts';
import { kindWords } from './print-expression.ts';
import type { CallExpression, Option, Place, TemplateFix } from './template.ts';
import type { Alternative, Type } from './type-model.ts';

export interface CallProblem {
  readonly place: Place;
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly fix?: TemplateFix;
}

/** What is wrong with a call; `types` are those of its arguments. */
export function checkCall(helper: Helper, call: CallExpression, types: readonly Type[]): CallProblem[] {
  const counted = checkCount(helper, call);
  if (counted !== undefined) return [counted];
  return [
    ...call.parameters.flatMap((argument, at) => {
      const parameter = helper.parameters[at] ?? helper.parameters.at(-1);
      const type = types[at];
      if (parameter === undefined || type === undefined) return [];
      return checkArgument(helper, parameter, argument.kind === 'literal', type, argument, at === 0);
    }),
    ...checkOptions(helper, call),
  ];
}

function checkCount(helper: Helper, call: CallExpression): CallProblem | undefined {
  const needed = helper.parameters.filter(({ optional, rest }) => !optional && !rest).length;
  const most = helper.parameters.some(({ rest }) => rest) ? Infinity : helper.parameters.length;
  const given = call.parameters.length;
  if (given >= needed && given <= most) return undefined;
  const wanted =
    needed === most ? String(needed) : most === Infinity ? `${needed} or more` : `${needed} to ${most}`;
  const noun = wanted === '1' ? 'argument' : 'arguments';
  return {
    place: call.namePlace,
    code: 'template/wrong-arguments',
    message: `\`${helper.name}\` takes ${wanted} ${noun}, ${given} given.`,
    help: `write {{${printSignature(helper)}}}`,
  };
}

/**
 * The first argument may be absent although the helper takes none that is: the result is then absent too, and that is
 * reported where it is printed.
 */
function checkArgument(
  helper: Helper,
  parameter: HelperParameter,
  isLiteral: boolean,
  type: Type,
  place: Place,
  isFirst: boolean,
): CallProblem[] {
  const help = `write {{${printSignature(helper)}}}`;
  if (parameter.literal && !isLiteral) {
    const message = `\`${parameter.name}\` of \`${helper.name}\` has to be written out in the template.`;
    return [{ place, code: 'template/wrong-arguments', message, help }];
  }
  const wrong = type.find((one) => !(isFirst && isAbsent(one)) && !accepts(parameter.accepts, one));
  if (wrong === undefined) return [];
  const wanted = parameter.accepts.filter((each) => each !== 'absent').map((each) => acceptedWords[each]);
  const found = describeWrong(parameter, wrong);
  const message = `\`${helper.name}\` takes ${wanted.join(' or ')} as \`${parameter.name}\`; ${found}.`;
  return [{ place, code: 'template/wrong-arguments', message, help }];
}

function describeWrong({ accepts: accepted }: HelperParameter, wrong: Alternative): string {
  if (isAbsent(wrong)) return 'this may be absent';
  const isListOfOthers = wrong.kind === 'list' && accepted.includes('list of scalars');
  return isListOfOthers
    ? 'the items of this list can be something else'
    : `this can be ${kindWords[wrong.kind]}`;
}

function accepts(accepted: readonly Accepted[], one: Alternative): boolean {
  return accepted.some((each) => {
    if (one.kind === 'unknown') return accepted.length >= everything;
    if (each === 'absent') return isAbsent(one);
    if (each === 'list of scalars') {
      return one.kind === 'list' && one.items().every(({ kind }) => scalars.includes(kind));
    }
    return each === one.kind;
  });
}

/** A parameter that takes this many kinds takes a value of any kind. */
const everything = 6;

const scalars: readonly string[] = ['boolean', 'number', 'string'];

/** An option that is missing may be the one that is misspelt. */
function checkOptions(helper: Helper, call: CallExpression): CallProblem[] {
  const problems = call.options.flatMap((option) => checkOption(helper, option));
  const isMisspelt = problems.some(({ code }) => code === 'template/unknown-option');
  return isMisspelt ? problems : [...problems, ...missingOptions(helper, call)];
}

function checkOption(helper: Helper, option: Option): CallProblem[] {
  const known: HelperOption | undefined = Object.hasOwn(helper.options, option.name)
    ? helper.options[option.name]
    : undefined;
  if (known === undefined) {
    return [unknownOption(helper, option)];
  }
  const { value } = option;
  if (value.kind !== 'literal') {
    if (!known.literal) return [];
    const message = `\`${option.name}\` of \`${helper.name}\` has to be written out in the template.`;
    const code = known.literalCode ?? 'template/wrong-arguments';
    return [{ place: value, code, message, help: `write ${option.name}="…"` }];
  }
  const isRight = known.accepts.some((each) => each === typeof value.value);
  const fits = known.pattern === undefined || known.pattern.expression.test(String(value.value));
  if (isRight && fits) return [];
  const wanted = known.pattern?.words ?? known.accepts.map((each) => acceptedWords[each]).join(' or ');
  return [{ place: value, code: 'template/wrong-arguments', message: `\`${option.name}\` is ${wanted}.` }];
}

function unknownOption(helper: Helper, { name, namePlace }: Option): CallProblem {
  const names = Object.keys(helper.options);
  const help =
    names.length === 0 ? `write {{${printSignature(helper)}}}` : `the options are: ${names.join(', ')}`;
  const what = names.length === 0 ? `takes no options, \`${name}\` given` : `has no option \`${name}\``;
  return {
    place: namePlace,
    code: 'template/unknown-option',
    message: `\`${helper.name}\` ${what}.`,
    help,
    ...nearName(name, names, namePlace),
  };
}

function missingOptions(helper: Helper, call: CallExpression): CallProblem[] {
  return Object.entries(helper.options)
    .filter(([name, { required }]) => required && !call.options.some((option) => option.name === name))
    .map(([name]) => ({
      place: call.namePlace,
      code: 'template/wrong-arguments',
      message: `\`${helper.name}\` needs the option \`${name}\`.`,
      help: `write {{${printSignature(helper)}}}`,
    }));
}

const acceptedWords: { readonly [accepted in Accepted]: string } = {
  absent: 'nothing',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
  list: 'a list',
  'list of scalars': 'a list of texts, numbers or booleans',
  object: 'an object',
};
