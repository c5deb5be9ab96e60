// `capstan lsp`: the language server, over standard input and output.

import { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { exitCode } from '../exit-code.ts';

export function lspCommand(host: CommandHost): Command {
  return new Command('lsp')
    .summary('serve an editor: findings, completion, hover, definitions, fixes')
    .description(
      'Speaks the Language Server Protocol over standard input and output. Editors start it; it ends with them.',
    )
    .option('--stdio', 'the only way it speaks; accepted because editors say it')
    .addHelpText('after', '\nExamples:\n  capstan lsp --stdio\n')
    .action(async () => {
      const { startLanguageServer } = await import('../../language-server/start-language-server.ts');
      const { createCompileCache } = await import('../../compiler/compile.ts');
      const { compileSources } = await import('../compile-sources.ts');
      const { readVersion } = await import('../version.ts');
      const isShutDown = await startLanguageServer({
        input: process.stdin,
        output: process.stdout,
        version: readVersion(),
        createCompiler: () => {
          const cache = createCompileCache();
          return (sources, found) => compileSources(sources, { cache, found });
        },
      });
      // The protocol asks for it: leaving without `shutdown` is a failure.
      host.exitCode = isShutDown ? exitCode.ok : exitCode.findings;
    });
}
