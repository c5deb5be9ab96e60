// How work is told to end. A platform's AbortSignal would do, but making and wiring one is a good part of what a short call
// costs, and every call needs three: for its caller, its deadline and its attempt. Every AbortSignal is a CancelSignal.

/** What of an AbortSignal is needed to be cancelled. Listeners hear of it once. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** Why; read it only when it is aborted. */
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A signal and the way to give it. */
export class Cancellation implements CancelSignal {
  aborted = false;
  reason: unknown = undefined;
  /** Nearly always there is one, or none. */
  private first: (() => void) | undefined = undefined;
  private others: (() => void)[] | undefined = undefined;

  /** Tells everybody who listens, in the order in which they came; a second time says nothing. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const first = this.first;
    const others = this.others;
    this.first = undefined;
    this.others = undefined;
    first?.();
    for (const listener of others ?? []) listener();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.aborted) return;
    if (this.first === undefined && this.others === undefined) this.first = listener;
    else (this.others ??= []).push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.first === listener) this.first = undefined;
    else if (this.others !== undefined) this.others = this.others.filter((each) => each !== listener);
  }
}

/** The platform's own signal, for libraries that want one. */
export function toAbortSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', () => controller.abort(signal.reason));
  return controller.signal;
}
