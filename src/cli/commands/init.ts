// `capstan init`: a project that runs at once, or one more capability in it. Nothing that exists is overwritten.

import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { projectFileName } from '../../workspace/source-path.ts';
import { writeFiles } from '../../workspace/write-files.ts';
import type { OutputFile } from '../../workspace/write-files.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { editorSettings, firstCapability, newCapability, projectFile } from '../init-files.ts';
import { installSource, isInstalled } from '../install-source.ts';
import { loadProject } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

export function initCommand(host: CommandHost): Command {
  const command = new Command('init')
    .summary('make a project, or a capability in it')
    .description(
      'Makes a project with one capability that runs at once on the simulator, without keys or network.',
    )
    .option('-y, --yes', 'ask nothing (nothing is asked anyway)')
    .addHelpText('after', '\nExamples:\n  capstan init\n  capstan init capability translate-ticket\n')
    .action((_options: unknown, self: Command) => {
      host.exitCode = initProject(host.terminal, self.optsWithGlobals<GlobalOptions>());
    });
  command
    .command('capability')
    .summary('make a capability')
    .description('Makes capabilities/NAME.cap.yaml, ready to be edited.')
    .argument('<name>', 'its name in kebab-case')
    .addHelpText('after', '\nExample:\n  capstan init capability translate-ticket\n')
    .action(async (name: string, _options: unknown, self: Command) => {
      host.exitCode = await initCapability(host.terminal, name, self.optsWithGlobals<GlobalOptions>());
    });
  return command;
}

function initProject(terminal: Terminal, options: GlobalOptions): ExitCode {
  const root = resolve(terminal.workingDirectory, options.project ?? '.');
  const name = projectName(root);
  write(terminal, root, [
    { path: projectFileName, text: projectFile(name, schemasFrom(root, root)) },
    {
      path: 'capabilities/summarize.cap.yaml',
      text: firstCapability(schemasFrom(root, join(root, 'capabilities'))),
    },
    ...workspaceSettings(root),
  ]);
  const steps = ['npx capstan dev     serve it; every save reloads', 'npx capstan test    run its tests'];
  terminal.print(nextSteps(terminal, root, steps));
  return exitCode.ok;
}

/** Settings that are there already are their owner's; the modelines in the files say the same. */
function workspaceSettings(root: string): OutputFile[] {
  const path = '.vscode/settings.json';
  return existsSync(join(root, path)) ? [] : [{ path, text: editorSettings(schemasFrom(root, root)) }];
}

async function initCapability(terminal: Terminal, name: string, options: GlobalOptions): Promise<ExitCode> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 63) {
    throw new UsageError(
      `"${name}" is no name of a capability; names are in kebab-case, like ${kebabCase(name)}.`,
    );
  }
  const project = await loadProject(terminal, options);
  const taken = project.sources.find(({ path }) => path.endsWith(`/${name}.cap.yaml`));
  if (taken !== undefined) throw new UsageError(`There is ${taken.path} already; nothing was written.`);
  const { root } = project;
  const text = newCapability(name, ownerIn(project), schemasFrom(root, join(root, 'capabilities')));
  write(terminal, root, [{ path: `capabilities/${name}.cap.yaml`, text }]);
  terminal.print(nextSteps(terminal, root, [`npx capstan run ${name}`]));
  return exitCode.ok;
}

/** What can be pasted as it stands: first the way to the project, and the package when it is not there yet. */
function nextSteps(
  { workingDirectory }: Pick<Terminal, 'workingDirectory'>,
  root: string,
  steps: readonly string[],
): string {
  const way = relative(root, workingDirectory);
  const isInside = way === '' || (!way.startsWith('..') && !isAbsolute(way));
  const all = [
    ...(isInside ? [] : [`cd ${pasted(relative(workingDirectory, root))}`]),
    ...(isInstalled(root) ? [] : [`npm install ${pasted(installSource())}`]),
    ...steps,
  ];
  return `\nNext:\n${all.map((step) => `  ${step}\n`).join('')}`;
}

function pasted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

/** A project may list its owners, so a made-up one would be a mistake in it. */
function ownerIn({ compilation }: Project): string {
  const [neighbour] = Object.values(compilation.snapshot?.capabilities ?? {});
  return neighbour?.owner ?? 'my-team';
}

/** The way from a folder of the project to the schemas of the DSL: its own, or those of the installed package. */
function schemasFrom(root: string, folder: string): string {
  const way = relative(folder, schemasFor(root)).split(sep).join('/');
  return way.startsWith('.') ? way : `./${way}`;
}

function schemasFor(root: string): string {
  if (existsSync(join(root, 'schemas/capability.schema.json'))) return join(root, 'schemas');
  for (let folder = root; ; folder = dirname(folder)) {
    const schemas = join(folder, 'node_modules/capstan/schemas');
    if (existsSync(schemas)) return schemas;
    if (folder === dirname(folder)) return join(root, 'node_modules/capstan/schemas');
  }
}

function write(terminal: Terminal, root: string, files: readonly OutputFile[]): void {
  const existing = files.filter((file) => existsSync(join(root, file.path))).map((file) => file.path);
  if (existing.length > 0)
    throw new UsageError(`In ${root} there is ${existing.join(' and ')} already; nothing was written.`);
  for (const path of writeFiles(root, files))
    terminal.print(`${styled(terminal, 'green', 'made')} ${path}\n`);
}

function projectName(root: string): string {
  return kebabCase(basename(root)).slice(0, 63).replace(/-$/, '');
}

function kebabCase(text: string): string {
  const name = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return name === '' ? 'my-project' : name;
}
