// What goes wrong between us and a provider, sorted by what can be done about it. Never holds a key or a prompt.

/**
 * - `caller`: the request itself is refused (400, 413, 422); trying again cannot help.
 * - `credential`: our key, our quota or our model name is refused; this provider is out for the invocation.
 * - `throttled`: too many calls; later, or elsewhere.
 * - `server`: the provider's own fault, or the network's; again, then elsewhere.
 * - `content`: this model cannot answer this prompt; elsewhere.
 */
export type FailureClass = 'caller' | 'credential' | 'throttled' | 'server' | 'content';

export interface FailureDetails {
  /** The HTTP status, when there was one. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** The provider's own words, secrets removed. */
  readonly providerMessage?: string;
  readonly providerCode?: string;
  /** A limit of ours passed while waiting. */
  readonly timedOut?: boolean;
  /** A limit of ours refused the call: the provider was not asked, and nothing is said of its health. */
  readonly saturated?: boolean;
  readonly cause?: unknown;
}

export class ProviderFailure extends Error {
  readonly class: FailureClass;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly providerMessage: string | undefined;
  readonly providerCode: string | undefined;
  readonly timedOut: boolean;
  readonly saturated: boolean;

  constructor(failureClass: FailureClass, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ProviderFailure';
    this.class = failureClass;
    this.status = details.status;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.providerMessage =
      details.providerMessage === undefined ? undefined : cleanProviderText(details.providerMessage);
    this.providerCode = details.providerCode;
    this.timedOut = details.timedOut ?? false;
    this.saturated = details.saturated ?? false;
  }
}

/** Longest piece of a provider's words that we repeat. */
export const PROVIDER_MESSAGE_MAX = 300;

/** What looks like a key or a token, whoever's it is; keys that we know are removed by the transport as well. */
const SECRETS =
  /\b(?:sk|pk|rk|key|xai|gsk|hf|ghp|AIza)[-_][\w*.-]{6,}|\bBearer\s+\S+|\b[A-Za-z0-9_-]{40,}\b/gi;

/** A provider's words on one line, without what looks like a secret, cut to a readable length. */
export function cleanProviderText(text: string): string {
  const line = text
    .slice(0, PROVIDER_MESSAGE_MAX * 4)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .replace(SECRETS, '[removed]')
    .trim();
  return line.length <= PROVIDER_MESSAGE_MAX ? line : `${line.slice(0, PROVIDER_MESSAGE_MAX - 1)}…`;
}
