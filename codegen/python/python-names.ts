// Names of the DSL as Python has them.

import { pascalCase, takeName } from '../identifier.ts';

const keywords: ReadonlySet<string> = new Set([
  ...['False', 'None', 'True', 'and', 'as', 'assert', 'async', 'await', 'break', 'case', 'class', 'continue'],
  ...['def', 'del', 'elif', 'else', 'except', 'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is'],
  ...[
    'lambda',
    'match',
    'nonlocal',
    'not',
    'or',
    'pass',
    'raise',
    'return',
    'try',
    'type',
    'while',
    'with',
    'yield',
  ],
]);

/** Of the runtime, what users of a client have a use for. */
export const runtimeNames: readonly string[] = [
  ...[
    'Attempt',
    'CapabilityMethod',
    'CapabilityStream',
    'CapstanError',
    'Connection',
    'Invocation',
    'Repair',
  ],
  ...['Result', 'TokenUsage', 'Violation', 'BudgetExhaustedError', 'CancelledError', 'ConnectionFailedError'],
  ...['ForbiddenError', 'GoneError', 'InputInvalidError', 'InternalError', 'NoRouteError', 'NotFoundError'],
  ...[
    'OutputInvalidError',
    'OverloadedError',
    'ProviderFailedError',
    'RateLimitedError',
    'ReplyInvalidError',
  ],
  ...['RequestInvalidError', 'StoreUnavailableError', 'TimeoutError', 'UnauthenticatedError'],
  ...['DEFAULT_BASE_URL', 'DEFAULT_TIMEOUT'],
];

export const typingNames: readonly string[] = [
  ...['Dict', 'List', 'Literal', 'Mapping', 'NotRequired', 'Optional', 'TypeAlias', 'TypedDict', 'Union'],
];

/** No type of a capability is called so. */
export const reservedTypeNames: readonly string[] = [
  ...[...runtimeNames, ...typingNames, 'Client', 'None', 'True', 'False', 'SSLContext'],
];

/** `supportReplyV2` → `support_reply_v2`; a keyword gets an underscore. */
export function snakeCase(name: string): string {
  const snake = name.replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, '_').toLowerCase();
  return keywords.has(snake) ? `${snake}_` : snake;
}

/** A name for a type; Python reads identifiers in their compatibility form, and knows no `$`. */
export function typeName(name: string): string {
  return pascalCase(name.normalize('NFKC')).replaceAll('$', '_');
}

/** The names themselves where Python can have them, else others that are free. */
export function pythonNames(names: readonly string[], taken: Set<string>): ReadonlyMap<string, string> {
  const changed = names.filter((name) => typeName(name) !== name);
  return new Map(changed.map((name) => [name, takeName(typeName(name), taken)]));
}

/** Whether a key of an object can be written as a field of a class. Others would be read as another name. */
export function isFieldName(name: string): boolean {
  return /^[a-z_]\w*$/i.test(name) && !name.startsWith('__') && !keywords.has(name);
}
