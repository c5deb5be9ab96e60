// `capstan run`: one call of one capability, without a server.

import { Command } from 'commander';
import { CapabilityError } from '../../errors.ts';
import { openCaller } from '../../governance/caller.ts';
import { createRegistry } from '../../registry/registry.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { inputOption, readInput } from '../input-argument.ts';
import { loadProject, requireCapability, requireSnapshot, requireTier } from '../project.ts';
import { usageOption } from '../usage-option.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface RunOptions extends GlobalOptions {
  readonly input?: string;
  readonly tier?: string;
  readonly stream?: boolean;
  readonly json?: boolean;
  readonly usage?: string;
}

export function runCommand(host: CommandHost): Command {
  return new Command('run')
    .summary('call one capability')
    .description(
      'Calls one capability once and prints its output; facts about the call go to standard error.',
    )
    .argument('<name>', 'the capability: NAME or NAME@MAJOR')
    .option(...inputOption)
    .option('-t, --tier <tier>', 'the tier to run on (default: the capability’s own)')
    .option('-s, --stream', 'print the output as it comes')
    .option(...usageOption)
    .option('--json', 'print output and facts as one JSON object')
    .addHelpText(
      'after',
      `
Without --input the capability's first example is used.

Examples:
  capstan run summarize --input '{"document":"Rents rose 4%. Wages rose 2%."}'
  capstan run summarize --input @contract.txt --stream
  cat input.json | capstan run extract --input - --json
`,
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      host.exitCode = await run(host.terminal, name, command.optsWithGlobals<RunOptions>());
    });
}

async function run(terminal: Terminal, name: string, options: RunOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const capability = requireCapability(project, name);
  const tier = requireTier(capability, options.tier);
  const input = await readInput(terminal, capability, options.input);

  const { prepareSnapshot } = await import('../../runtime/prepare.ts');
  const { openInvocation } = await import('../../runtime/invocation.ts');
  const { runCapability } = await import('../../runtime/run-capability.ts');
  const { startRuntime, unavailableProviders } = await import('../start-runtime.ts');
  const { openLedgerIfPossible } = await import('../usage-file.ts');
  const snapshot = requireSnapshot(project);
  const { runtime, transport, close } = startRuntime(
    createRegistry(snapshot, prepareSnapshot),
    terminal.environment,
    await openLedgerIfPossible(terminal, project.root, options.usage),
  );
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new CapabilityError('cancelled', 'Interrupted.'));
  process.once('SIGINT', onSignal);
  try {
    const invocation = openInvocation(runtime, {
      snapshot,
      caller: openCaller,
      target: { kind: 'capability', capability },
      tier,
      signal: interrupt.signal,
    });
    const streams = options.stream === true && options.json !== true;
    const sink = { start: () => {}, delta: (text: string) => terminal.print(text) };
    const result = await runCapability(runtime, invocation, input, streams ? sink : undefined);
    if (options.json === true) terminal.print(`${JSON.stringify(result, null, 2)}\n`);
    else {
      terminal.print(streams ? '\n' : printOutput(result.output));
      terminal.printError(`${styled(terminal, 'dim', factsOf(result.invocation))}\n`);
    }
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    explain(terminal, error, options.json === true);
    if (error.code === 'no_route' || error.code === 'provider_failed') {
      for (const line of unavailableProviders(snapshot, transport)) terminal.printError(`note: ${line}\n`);
    }
    return exitCode.findings;
  } finally {
    process.removeListener('SIGINT', onSignal);
    await close();
  }
}

function printOutput(output: unknown): string {
  return typeof output === 'string' ? `${output}\n` : `${JSON.stringify(output, null, 2)}\n`;
}

interface Facts {
  readonly model: string;
  readonly tier: string;
  readonly latencyMs: number;
  readonly costUsd?: number | undefined;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
}

/** "simulator/large · standard · 812 + 96 tokens · $0.0004 · 12 ms" */
function factsOf({ model, tier, usage, costUsd, latencyMs }: Facts): string {
  const tokens = `${usage.inputTokens} + ${usage.outputTokens} tokens`;
  const cost = costUsd === undefined ? 'cost unknown' : `$${costUsd.toFixed(6).replace(/\.?0+$/, '')}`;
  return [model, tier, tokens, cost, `${Math.round(latencyMs)} ms`].join(' · ');
}

function explain(terminal: Terminal, error: CapabilityError, json: boolean): void {
  if (json) {
    const { code, message, details } = error;
    terminal.print(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`);
    return;
  }
  terminal.printError(`${styled(terminal, 'red', error.code)}: ${error.message}\n`);
  if (error.details !== undefined) terminal.printError(`${JSON.stringify(error.details, null, 2)}\n`);
}
