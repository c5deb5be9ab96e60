// What the operating system refuses is neither our bug nor a riddle: one sentence says what could not be done.

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'it is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EISDIR: 'a folder is in the way',
  ENOTDIR: 'a file is in the way',
  EEXIST: 'something is in the way',
};

/** A sentence for a refusal of the operating system; nothing for every other error. */
export function systemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const reason = Object.hasOwn(reasons, error.code) ? reasons[error.code] : undefined;
  if (reason === undefined) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : 'A file';
  const wanted = 'syscall' in error && typeof error.syscall === 'string' ? ` (${error.syscall})` : '';
  return `${path} cannot be used: ${reason}${wanted}.`;
}
