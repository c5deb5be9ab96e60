// What a template helper is: its function and its signature in one value, so that the checker and the evaluator
// cannot disagree. Helpers are pure: no time, no randomness, no locale of the machine.

import type { Json } from '../json.ts';
import type { Type } from '../type-model.ts';

/** What an argument may be. `absent` stands for null and for a value that is not there. */
export type Accepted = 'absent' | 'boolean' | 'number' | 'string' | 'list' | 'list of scalars' | 'object';

export interface HelperParameter {
  readonly name: string;
  readonly accepts: readonly Accepted[];
  readonly optional?: boolean;
  /** The argument has to be written out in the template. */
  readonly literal?: boolean;
  /** Takes all further arguments as well. */
  readonly rest?: boolean;
}

export interface HelperOption {
  readonly accepts: readonly Accepted[];
  readonly required?: boolean;
  readonly literal?: boolean;
  /** The code of the finding when it is not written out, where that is more than a wrong argument. */
  readonly literalCode?: string;
  /** For literals: what the text has to look like, and in words. */
  readonly pattern?: { readonly expression: RegExp; readonly words: string };
}

export type HelperArgument = Json | undefined;

export interface HelperOptions {
  readonly [name: string]: HelperArgument;
}

/**
 * `run` is called with arguments that its parameters accept, and with nothing else. When the first parameter does not
 * accept `absent` and the value is not there, the result is not there either, and `run` is not called.
 */
export interface Helper {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly HelperParameter[];
  readonly options: { readonly [name: string]: HelperOption };
  /**
   * The type of the result for arguments of these types, none of which is absent where `absent` is not accepted. Only
   * options that are written out in the template are there.
   */
  readonly result: (types: readonly Type[], options: HelperOptions) => Type;
  readonly run: (values: readonly HelperArgument[], options: HelperOptions) => HelperArgument;
}

export const scalar: readonly Accepted[] = ['boolean', 'number', 'string'];
export const anything: readonly Accepted[] = ['absent', 'boolean', 'number', 'string', 'list', 'object'];

/** `fence value tag`, as messages and documentation show a helper. */
export function printSignature(helper: Helper): string {
  const parameters = helper.parameters.map((parameter) => {
    const name = parameter.rest ? `${parameter.name}…` : parameter.name;
    return parameter.optional ? `[${name}]` : name;
  });
  const options = Object.entries(helper.options).map(([name, option]) =>
    option.required ? `${name}=…` : `[${name}=…]`,
  );
  return [helper.name, ...parameters, ...options].join(' ');
}
