// Reads a project as git has it at some revision: the same files as from the disk, without touching the work tree.

import { spawnSync } from 'node:child_process';
import { posix } from 'node:path';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import { isSourcePath, projectFileName, sourceFolderNames } from './source-path.ts';
import { brokenLink, sourceBytesMax, tooLarge } from './problems.ts';

/** All sources of a project together are smaller than this. */
const outputBytesMax = 256 * 1024 * 1024;
/** Git that takes longer waits for something that will not come. */
const gitTimeoutMs = 60_000;
/** So many names are enough to find a near one. */
const refsMax = 2_000;

export type GitReading =
  | {
      readonly kind: 'read';
      readonly commit: string;
      readonly sources: readonly Source[];
      readonly diagnostics: readonly Diagnostic[];
    }
  /** The revision has no capstan.yaml in the folder. */
  | { readonly kind: 'no-project'; readonly commit: string }
  /** `refs` are the names that there are. */
  | { readonly kind: 'no-revision'; readonly refs: readonly string[] }
  | { readonly kind: 'no-git' }
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads the project at `root`, which may be any folder of a repository, as it was at `revision`. */
export function readGitSources(root: string, revision: string): GitReading {
  const git = createGit(root);
  const inside = git('rev-parse', '--show-prefix');
  if (inside.kind === 'failed') return explainRepository(inside);
  const found = /^-|\s/.test(revision)
    ? undefined
    : git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
  if (found?.kind !== 'ok') return { kind: 'no-revision', refs: refsOf(git) };
  const commit = found.output.toString('utf8').trim();
  const listed = git('ls-tree', '-r', '-z', commit, '--', projectFileName, ...sourceFolderNames);
  if (listed.kind === 'failed') return { kind: 'failed', reason: listed.reason };
  const entries = readListing(listed.output);
  if (!entries.some(({ path }) => path === projectFileName)) return { kind: 'no-project', commit };
  return readEntries(git, commit, entries);
}

// -- running git

type Run =
  | { readonly kind: 'ok'; readonly output: Buffer }
  | { readonly kind: 'failed'; readonly reason: string; readonly isMissing: boolean };

interface Git {
  (...args: readonly string[]): Run;
  withInput(input: string, ...args: readonly string[]): Run;
}

function createGit(root: string): Git {
  // Inside a hook git points to its own repository and index; here the folder says which repository is meant.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...environment } = process.env;
  const run = (args: readonly string[], input?: string): Run => {
    const { status, stdout, stderr, error } = spawnSync('git', ['-C', root, ...args], {
      env: { ...environment, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
      maxBuffer: outputBytesMax,
      timeout: gitTimeoutMs,
      windowsHide: true,
      ...(input === undefined ? {} : { input }),
    });
    if (status === 0) return { kind: 'ok', output: stdout };
    const isMissing = error !== undefined && 'code' in error && error.code === 'ENOENT';
    return { kind: 'failed', reason: error?.message ?? stderr.toString('utf8').trim(), isMissing };
  };
  return Object.assign((...args: readonly string[]) => run(args), {
    withInput: (input: string, ...args: readonly string[]) => run(args, input),
  });
}

function explainRepository({ reason, isMissing }: Extract<Run, { kind: 'failed' }>): GitReading {
  if (isMissing) return { kind: 'no-git' };
  return /not a git repository/i.test(reason) ? { kind: 'no-repository' } : { kind: 'failed', reason };
}

function refsOf(git: Git): readonly string[] {
  const format = '--format=%(refname:short)';
  const listed = git('for-each-ref', format, `--count=${refsMax}`, 'refs/heads', 'refs/remotes', 'refs/tags');
  return listed.kind === 'ok' ? listed.output.toString('utf8').split('\n').filter(Boolean) : [];
}

// -- what is there

interface Entry {
  readonly path: string;
  readonly object: string;
  readonly isLink: boolean;
}

/** Paths are relative to the folder of the project. */
function readListing(output: Buffer): readonly Entry[] {
  return output
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const { mode, object, path } =
        /^(?<mode>\d+) blob (?<object>[0-9a-f]+)\t(?<path>.+)$/s.exec(line)?.groups ?? {};
      return mode === undefined || object === undefined || path === undefined
        ? []
        : [{ path, object, isLink: mode === '120000' }];
    });
}

function readEntries(git: Git, commit: string, entries: readonly Entry[]): GitReading {
  const wanted = entries.filter(({ path }) => isSourcePath(path));
  const links = readObjects(
    git,
    wanted.filter(({ isLink }) => isLink).map(({ object }) => object),
  );
  if ('reason' in links) return { kind: 'failed', reason: links.reason };
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const diagnostics: Diagnostic[] = [];
  const files = wanted.flatMap((entry): readonly { path: string; object: string }[] => {
    const target = entry.isLink ? followLink(entry, links.contents, byPath) : entry;
    if (target === undefined) diagnostics.push(brokenLink(entry.path));
    return target === undefined ? [] : [{ path: entry.path, object: target.object }];
  });
  const texts = readObjects(
    git,
    files.map(({ object }) => object),
  );
  if ('reason' in texts) return { kind: 'failed', reason: texts.reason };
  const sources: Source[] = [];
  for (const { path, object } of files) {
    const content = texts.contents.get(object) ?? Buffer.alloc(0);
    if (content.length > sourceBytesMax) diagnostics.push(tooLarge(path, content.length));
    else sources.push({ path, text: content.toString('utf8') });
  }
  return { kind: 'read', commit, sources: sources.sort(byCodeUnit), diagnostics };
}

/** A link to another file of the project; every other link leads nowhere. */
function followLink(
  { path, object }: Entry,
  contents: ReadonlyMap<string, Buffer>,
  byPath: ReadonlyMap<string, Entry>,
): Entry | undefined {
  const target = contents.get(object)?.toString('utf8') ?? '';
  const found = byPath.get(posix.normalize(posix.join(posix.dirname(path), target)));
  return found?.isLink === false ? found : undefined;
}

/** The contents of objects: for each `NAME blob SIZE`, a line end, the bytes, a line end. */
function readObjects(
  git: Git,
  objects: readonly string[],
): { readonly contents: ReadonlyMap<string, Buffer> } | { readonly reason: string } {
  const contents = new Map<string, Buffer>();
  if (objects.length === 0) return { contents };
  const run = git.withInput(objects.map((object) => `${object}\n`).join(''), 'cat-file', '--batch');
  if (run.kind === 'failed') return { reason: run.reason };
  let at = 0;
  while (at < run.output.length) {
    const end = run.output.indexOf('\n', at);
    const [object = '', type, size = ''] = run.output.toString('latin1', at, end).split(' ');
    if (end < 0 || type !== 'blob') return { reason: `git has no object ${object}` };
    const start = end + 1;
    contents.set(object, run.output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return { contents };
}

function byCodeUnit(left: Source, right: Source): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
