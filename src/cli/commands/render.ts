// `capstan render`: the messages that an input becomes, and where each piece of them comes from. Nothing is called.

import { Command } from 'commander';
import { countOf } from '../count-of.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { inputOption, readInput } from '../input-argument.ts';
import { loadProject, requireCapability, requireSnapshot } from '../project.ts';
import type { RenderedPrompt } from '../../runtime/render-prompt.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface RenderOptions extends GlobalOptions {
  readonly input?: string;
  readonly json?: boolean;
}

export function renderCommand(host: CommandHost): Command {
  return new Command('render')
    .summary('show the messages that an input becomes')
    .description(
      'Prints the messages that an input becomes. In a terminal, text of callers is yellow, other values are cyan; ' +
        '--json shows every piece with its source and trust.',
    )
    .argument('<name>', 'the capability: NAME or NAME@MAJOR')
    .option(...inputOption)
    .option('--json', 'print messages and their pieces as JSON')
    .addHelpText(
      'after',
      '\nWithout --input the first example is rendered.\n\nExamples:\n  capstan render summarize\n  capstan render summarize --input @contract.txt --json\n',
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      host.exitCode = await render(host.terminal, name, command.optsWithGlobals<RenderOptions>());
    });
}

async function render(terminal: Terminal, name: string, options: RenderOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const capability = requireCapability(project, name);
  const input = await readInput(terminal, capability, options.input);
  const { printRefusal, renderInput } = await import('../render-input.ts');
  const { estimateTokens } = await import('../../runtime/estimate-tokens.ts');
  const rendered = renderInput(capability, input);
  if ('violations' in rendered) {
    if (options.json === true) terminal.print(`${JSON.stringify({ error: rendered }, null, 2)}\n`);
    else terminal.printError(printRefusal(rendered));
    return exitCode.findings;
  }
  const { messages, segments } = rendered;
  const snapshot = requireSnapshot(project);
  const inputTokens = estimateTokens(messages, { snapshot, outputTokens: 0, exact: true });
  if (options.json === true) {
    const described = messages.map((message, index) => ({ ...message, segments: segments[index] ?? [] }));
    terminal.print(
      `${JSON.stringify({ capability: capability.key, inputTokens, messages: described }, null, 2)}\n`,
    );
    return exitCode.ok;
  }
  terminal.print(drawMessages(terminal, rendered));
  terminal.printError(
    styled(terminal, 'dim', `${countOf(messages.length, 'message')}, about ${inputTokens} tokens\n`),
  );
  return exitCode.ok;
}

function drawMessages(terminal: Terminal, { messages, segments }: RenderedPrompt): string {
  return messages
    .map(({ role, content }, index) => {
      const pieces = segments[index];
      const text =
        pieces === undefined ? content : pieces.map((piece) => drawPiece(terminal, piece)).join('');
      return `${styled(terminal, 'bold', `── ${role} ──`)}\n${text.replace(/\n?$/, '\n')}\n`;
    })
    .join('');
}

function drawPiece(terminal: Terminal, piece: RenderedPrompt['segments'][number][number]): string {
  if (piece.kind === 'literal') return piece.text;
  return styled(terminal, piece.trust === 'untrusted' ? 'yellow' : 'cyan', piece.text);
}
