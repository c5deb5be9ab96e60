// What a long-running command has opened so far, so that it can be closed from wherever the command is.

export interface Opened {
  add(close: () => Promise<void>): void;
  /** Closes everything, the last opened first; what was added before is closed once. */
  readonly close: () => Promise<void>;
}

export function createOpened(): Opened {
  const closers: (() => Promise<void>)[] = [];
  return {
    add: (close) => void closers.push(close),
    async close() {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
    },
  };
}
