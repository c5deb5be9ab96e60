// Finds, reads and compiles the project that a command is about.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import type { Compilation } from '../compiler/compile.ts';
import type { LintLevel } from '../compiler/declaration.gen.ts';
import { orderDiagnostics } from '../diagnostics/order-diagnostics.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { findProjectRoot } from '../workspace/find-project-root.ts';
import type { GlobalOptions } from './command-host.ts';
import { UsageError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

export interface Project {
  readonly root: string;
  readonly sources: readonly Source[];
  /** From disk and compiler together, in the order in which they are shown. */
  readonly diagnostics: readonly Diagnostic[];
  readonly compilation: Compilation;
}

/** The root of the project that the command is about, or a sentence that says how to make one. */
export function requireProjectRoot(terminal: Terminal, options: GlobalOptions): string {
  const from = resolve(terminal.workingDirectory, options.project ?? '.');
  if (!existsSync(from)) throw new UsageError(`There is no folder ${from}.`);
  const root = findProjectRoot(from);
  if (root !== undefined) return root;
  throw new UsageError(
    `There is no capstan.yaml in ${from} or above it. Make a project with \`capstan init\`, or name one with --project.`,
  );
}

export interface ProjectOptions {
  /** Levels of rules that go before those of capstan.yaml. */
  readonly lint?: { readonly [code: string]: LintLevel };
}

export async function loadProject(
  terminal: Terminal,
  options: GlobalOptions,
  projectOptions: ProjectOptions = {},
): Promise<Project> {
  const open = await openProject(terminal, options, projectOptions);
  return open.read();
}

/** A project that is looked at again and again: only what changed is read and compiled anew. */
export interface OpenProject {
  readonly root: string;
  /** `changed` are paths that are read again even when they look as before. */
  read(changed?: ReadonlySet<string>): Project;
}

export async function openProject(
  terminal: Terminal,
  options: GlobalOptions,
  { lint }: ProjectOptions = {},
): Promise<OpenProject> {
  const root = requireProjectRoot(terminal, options);
  const { createSourceReader } = await import('../workspace/read-sources.ts');
  const { createCompileCache } = await import('../compiler/compile.ts');
  const { compileSources } = await import('./compile-sources.ts');
  const reader = createSourceReader(root);
  const cache = createCompileCache();
  return {
    root,
    read(changed) {
      const read = reader.read(changed);
      const compilation = compileSources(read.sources, { cache, ...(lint && { lint }) });
      return {
        root,
        sources: read.sources,
        diagnostics: orderDiagnostics([...read.diagnostics, ...compilation.diagnostics]),
        compilation,
      };
    },
  };
}

/** The Snapshot of a project, for commands that can work while some capabilities are broken. */
export function requireSnapshot(project: Project): Snapshot {
  const { snapshot } = project.compilation;
  if (snapshot !== undefined) return snapshot;
  throw new UsageError('The project does not compile; `capstan check` says why.');
}

/** The capability that `reference` (`NAME` or `NAME@MAJOR`) names; a near name is suggested when there is none. */
export function requireCapability(project: Project, reference: string): Capability {
  const snapshot = requireSnapshot(project);
  const capability = findCapability(snapshot, reference);
  if (capability !== undefined) return capability;
  const broken = project.diagnostics.find(
    (diagnostic) =>
      diagnostic.severity === 'error' && diagnostic.capability?.split('@')[0] === reference.split('@')[0],
  );
  if (broken !== undefined) {
    throw new UsageError(`The capability "${reference}" does not compile; \`capstan check\` says why.`);
  }
  const names = [...Object.keys(snapshot.latest), ...Object.keys(snapshot.capabilities)];
  const [near] = suggest(reference, names);
  const help = near === undefined ? '`capstan list` shows those that exist.' : `Did you mean "${near}"?`;
  throw new UsageError(`No capability is named "${reference}". ${help}`);
}

function findCapability(snapshot: Snapshot, reference: string): Capability | undefined {
  const key = Object.hasOwn(snapshot.latest, reference)
    ? (snapshot.latest[reference] ?? reference)
    : reference;
  return Object.hasOwn(snapshot.capabilities, key) ? snapshot.capabilities[key] : undefined;
}

/** The tier that was asked for, or the capability's default; a tier that is not offered is a usage error. */
export function requireTier(capability: Capability, asked: string | undefined): string {
  if (asked === undefined) return capability.tiers.default;
  const offered = Object.keys(capability.tiers.offer);
  if (offered.includes(asked)) return asked;
  throw new UsageError(`"${capability.key}" offers no tier "${asked}"; it offers ${offered.join(', ')}.`);
}
