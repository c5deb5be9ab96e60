// Models of the simulator that misbehave, so that every way of failing can be shown without a provider.

export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message: string;
      readonly type: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'slow'; readonly waitMs: number }
  | { readonly kind: 'invalid-output'; readonly text: string }
  | { readonly kind: 'malformed' | 'html' | 'cut-stream' };

/** Long enough to pass every sensible deadline. */
const SLOW_MS = 120_000;

const faults: Readonly<Record<string, Fault>> = {
  'fail-500': {
    kind: 'status',
    status: 500,
    message: 'Simulated: the server had an error.',
    type: 'server_error',
  },
  'fail-429': {
    kind: 'status',
    status: 429,
    message: 'Simulated: too many requests.',
    type: 'rate_limit_error',
    headers: { 'retry-after': '1' },
  },
  'fail-401': {
    kind: 'status',
    status: 401,
    message: 'Simulated: the key is not valid.',
    type: 'authentication_error',
  },
  slow: { kind: 'slow', waitMs: SLOW_MS },
  malformed: { kind: 'malformed' },
  html: { kind: 'html' },
  'cut-stream': { kind: 'cut-stream' },
  'invalid-output': { kind: 'invalid-output', text: 'Simulated: this is not what was asked for.' },
};

/** The fault that a model of this name has; undefined for models that work. */
export function faultNamed(model: string): Fault | undefined {
  return Object.hasOwn(faults, model) ? faults[model] : undefined;
}
