// `capstan key`: makes an API key. The key is shown once; the project keeps only its SHA-256.

import { Command } from 'commander';
import { hash, randomBytes } from 'node:crypto';
import type { CommandHost } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** 256 bits: no key is ever guessed, so a fast hash is enough to keep it. */
const keyBytes = 32;

interface KeyOptions {
  readonly team?: string;
  readonly json?: boolean;
}

export function keyCommand(host: CommandHost): Command {
  return new Command('key')
    .summary('make an API key and the line that admits it')
    .description(
      'Makes an API key, prints it once, and prints the lines of capstan.yaml that admit its holder.',
    )
    .argument('<name>', 'who will hold the key, for example ci or mobile-app')
    .option('--team <team>', 'the team that its calls are counted for')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  capstan key ci\n  capstan key mobile-app --team apps\n')
    .action((name: string, options: KeyOptions) => {
      host.exitCode = makeKey(host.terminal, name, options);
    });
}

function makeKey(terminal: Terminal, name: string, options: KeyOptions): ExitCode {
  for (const word of [name, options.team ?? name]) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(word))
      throw new UsageError(`"${word}" is not in kebab-case, like mobile-app.`);
  }
  const key = `cap_${randomBytes(keyBytes).toString('base64url')}`;
  const sha256 = hash('sha256', key, 'hex');
  if (options.json === true) {
    terminal.print(`${JSON.stringify({ name, ...teamOf(options), key, sha256 }, null, 2)}\n`);
    return exitCode.ok;
  }
  const team = options.team === undefined ? '' : `, team: ${options.team}`;
  terminal.print(`${key}

This key is not stored anywhere and not shown again. To admit its holder, write into capstan.yaml:

access:
  keys:
    - { name: ${name}${team}, sha256: ${sha256} }
`);
  return exitCode.ok;
}

function teamOf(options: KeyOptions): { readonly team?: string } {
  return options.team === undefined ? {} : { team: options.team };
}
