// What a project is compared with: a revision of git, a folder, or a file that holds a Snapshot.

import { statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Baseline } from './compare-with-baseline.ts';
import { UsageError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

const revisionPrefix = 'git:';

/** Opens the baseline that `--against` names, or says in one sentence why that cannot be. */
export async function openBaseline(terminal: Terminal, root: string, against: string): Promise<Baseline> {
  if (against.startsWith(revisionPrefix)) return openRevision(root, against.slice(revisionPrefix.length));
  if (/^https?:\/\//.test(against)) {
    throw new UsageError(
      `${against} is an address; compare with a folder, a Snapshot file or a revision, git:REF.`,
    );
  }
  const place = resolve(terminal.workingDirectory, against);
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) throw await nothingThere(root, against);
  return stats.isDirectory() ? openFolder(terminal, place, against) : openFile(place, against);
}

// -- git

async function openRevision(root: string, revision: string): Promise<Baseline> {
  const { readGitSources } = await import('../workspace/read-git-sources.ts');
  const label = `${revisionPrefix}${revision}`;
  const reading = readGitSources(root, revision);
  switch (reading.kind) {
    case 'read':
      return compileBaseline(label, `${revision}:`, reading.sources, reading.diagnostics);
    case 'no-project':
      return { label, prefix: '', diagnostics: [] };
    case 'no-revision':
      throw new UsageError(noRevision(revision, reading.refs));
    case 'no-git':
      throw new UsageError(`git cannot be found, so there is no ${label}; compare with a folder instead.`);
    case 'no-repository':
      throw new UsageError(`${root} is not in a git repository, so there is no ${label}.`);
    case 'failed':
      throw new UsageError(`git could not read ${label}: ${reading.reason}`);
  }
}

function noRevision(revision: string, refs: readonly string[]): string {
  const near = [...refs.filter((ref) => ref.endsWith(`/${revision}`)), ...suggest(revision, refs)][0];
  const [remote, ...branch] = revision.split('/');
  const help =
    near !== undefined
      ? `Did you mean git:${near}?`
      : branch.length > 0
        ? `A fresh or shallow clone may not have it: \`git fetch --depth=1 ${remote} ${branch.join('/')}\` brings it.`
        : 'Name a branch, a tag or a commit.';
  return `There is no git revision "${revision}". ${help}`;
}

// -- folders and files

async function openFolder(terminal: Terminal, place: string, against: string): Promise<Baseline> {
  const { projectFileName } = await import('../workspace/source-path.ts');
  if (statSync(join(place, projectFileName), { throwIfNoEntry: false }) === undefined)
    throw new UsageError(`There is no ${projectFileName} in ${against}.`);
  const { createSourceReader } = await import('../workspace/read-sources.ts');
  const { sources, diagnostics } = createSourceReader(place).read();
  const shown = relative(terminal.workingDirectory, place).split(sep).join('/');
  return compileBaseline(against, `${shown === '' ? '.' : shown}/`, sources, diagnostics);
}

async function openFile(place: string, against: string): Promise<Baseline> {
  const { readText } = await import('../workspace/write-files.ts');
  const { readSnapshot } = await import('./read-snapshot.ts');
  const read = readSnapshot(readText(place) ?? '');
  if ('problem' in read) throw new UsageError(`${against} cannot be compared with. ${read.problem}`);
  return { label: against, snapshot: read.snapshot, prefix: '', diagnostics: [] };
}

async function compileBaseline(
  label: string,
  prefix: string,
  sources: readonly Source[],
  found: readonly Diagnostic[],
): Promise<Baseline> {
  const { compileSources } = await import('./compile-sources.ts');
  const { snapshot, shown, diagnostics } = compileSources(sources);
  if (snapshot === undefined)
    throw new UsageError(
      `The capstan.yaml of ${label} does not compile, so nothing can be compared with it.`,
    );
  return { label, snapshot, sources, shown, prefix, diagnostics: [...found, ...diagnostics] };
}

/** A branch name without `git:` is the likeliest slip. */
async function nothingThere(root: string, against: string): Promise<UsageError> {
  const { readGitSources } = await import('../workspace/read-git-sources.ts');
  const reading = readGitSources(root, against);
  const isRevision = reading.kind === 'read' || reading.kind === 'no-project';
  const help = isRevision ? ` Did you mean git:${against}?` : '';
  return new UsageError(`There is no file or folder ${against}.${help}`);
}
