// The four ways a command ends. Scripts and CI rely on these numbers.

/** `findings` also stands for failed tests and stale files; `bug` is a fault of Capstan itself. */
export const exitCode = { ok: 0, findings: 1, usage: 2, bug: 3 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The command line or the surroundings are wrong (no project here, port taken): one clear sentence, exit code 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
