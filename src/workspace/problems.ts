// What a disk, or a revision in git, can be wrong about: files that are not read, and why. What is in them is the
// compiler's business.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { projectFileName } from './source-path.ts';

/** A source larger than this is refused: it is data that does not belong into a prompt. */
export const sourceBytesMax = 1024 * 1024;
/** More sources than this are not read. */
export const sourcesMax = 20_000;
/** Folders nested deeper than this are not entered. */
export const folderDepthMax = 32;

export function tooLarge(path: string, bytes: bigint | number): Diagnostic {
  return problem(
    'workspace/too-large',
    path,
    `The file has ${grouped(bytes)} bytes; a source has at most ${grouped(sourceBytesMax)}.`,
    'a capability is a page or two: what is as long belongs into the input',
  );
}

export function tooDeep(path: string): Diagnostic {
  return problem(
    'workspace/too-deep',
    path,
    `The folder lies more than ${folderDepthMax} folders deep, and is not read.`,
    'move it up',
  );
}

export function tooMany(count: number): Diagnostic {
  return problem(
    'workspace/too-many-sources',
    projectFileName,
    `The project has ${grouped(count)} sources; only the first ${grouped(sourcesMax)} are read.`,
    'split it: each folder with a capstan.yaml is a project of its own',
  );
}

/** `ending` is the one that names of sources have there. */
export function notRead(path: string, ending: string): Diagnostic {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(?:\.cap|\.schema)?\.ya?ml$/, '');
  return {
    ...problem(
      'workspace/not-read',
      path,
      `The file is not read: the names of sources end in \`${ending}\` here.`,
      `call it ${name}${ending}, or move it elsewhere`,
    ),
    severity: 'warning',
  };
}

export function brokenLink(path: string): Diagnostic {
  return problem(
    'workspace/unreadable',
    path,
    'The symbolic link leads nowhere.',
    'delete it, or put the file there that it names',
  );
}

export function unreadable(path: string, reason: string): Diagnostic {
  return problem(
    'workspace/unreadable',
    path,
    `The file cannot be read (${reason}).`,
    'see who owns it, and who may read it',
  );
}

export function outsideRoot(path: string): Diagnostic {
  return problem(
    'workspace/outside-root',
    path,
    'The symbolic link leads out of the project.',
    'copy the file into the project',
  );
}

function problem(code: string, path: string, message: string, help: string): Diagnostic {
  return { code, severity: 'error', message, span: { path, start: 0, end: 0 }, help: [help] };
}

/** 1,048,576 */
function grouped(count: bigint | number): string {
  return count.toLocaleString('en-US');
}
