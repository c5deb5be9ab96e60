// Names that generated code has a use for itself. They are reserved whether the client's runtime is embedded or imported,
// so that a type is called the same in both.

const clientNames: readonly string[] = [
  ...['Attempt', 'CallOptions', 'CapabilityMethod', 'CapabilityResult', 'CapabilityStream', 'CapstanError'],
  ...[
    'Client',
    'ClientOptions',
    'Connection',
    'DeepPartial',
    'ErrorCode',
    'Invocation',
    'Repair',
    'TokenUsage',
    'Violation',
  ],
  ...['BudgetExhaustedError', 'CancelledError', 'ConnectionFailedError', 'ForbiddenError', 'GoneError'],
  ...['InputInvalidError', 'InternalError', 'NoRouteError', 'NotFoundError', 'OutputInvalidError'],
  ...['OverloadedError', 'ProviderFailedError', 'RateLimitedError', 'ReplyInvalidError'],
  ...['RequestInvalidError', 'StoreUnavailableError', 'TimeoutError', 'UnauthenticatedError'],
];

/** Not exported, but in the same file when the runtime is embedded. */
const runtimeNames: readonly string[] = [
  ...['Call', 'Cancellation', 'ErrorArguments', 'ErrorFields', 'Frame', 'GrowingOutput', 'ServerEvent'],
];

const languageNames: readonly string[] = [
  ...['AbortController', 'AbortSignal', 'Array', 'AsyncIterable', 'Boolean', 'ConstructorParameters', 'Date'],
  ...['Error', 'Event', 'Exclude', 'Extract', 'Function', 'Headers', 'Infinity', 'Iterable', 'JSON', 'Map'],
  ...['Math', 'NaN', 'Number', 'Object', 'Omit', 'Partial', 'Pick', 'Promise', 'Readonly', 'ReadableStream'],
  ...['ReadableStreamDefaultReader', 'Record', 'RegExp', 'Request', 'RequestInit', 'Required', 'Response'],
  ...['ReturnType', 'Set', 'String', 'Symbol', 'TextDecoder', 'TypeError', 'Uint8Array', 'URL', 'WeakMap'],
];

/** No type of a capability is called so. */
export const reservedTypeNames: readonly string[] = [...clientNames, ...runtimeNames, ...languageNames];

/** A client with such a method would be taken for a promise, or would not print. */
export const reservedMethodNames: readonly string[] = [
  'then',
  'constructor',
  'toString',
  'valueOf',
  'toJSON',
];
