// `capstan route`: which models would serve a call, in which order, and why not the others. Nothing is called.

import { Command } from 'commander';
import { CapabilityError } from '../../errors.ts';
import { createRegistry } from '../../registry/registry.ts';
import type { RouteAnswer } from '../../runtime/route-of.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { inputOption, readInput } from '../input-argument.ts';
import { loadProject, requireCapability, requireSnapshot, requireTier } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface RouteOptions extends GlobalOptions {
  readonly input?: string;
  readonly tier?: string;
  readonly whatIf?: readonly string[];
  readonly json?: boolean;
}

export function routeCommand(host: CommandHost): Command {
  return new Command('route')
    .summary('show which models would serve a call, and why not the others')
    .description(
      'Plans one call without making it: candidates in order with cost, time and quality, and every reason against the other models. --what-if shows what would change.',
    )
    .argument('<name>', 'the capability: NAME or NAME@MAJOR')
    .option(...inputOption)
    .option('-t, --tier <tier>', 'the tier to plan for (default: the capability’s own)')
    .option(
      '--what-if <name=value>',
      'suppose that something is otherwise; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--json', 'print JSON')
    .addHelpText('after', helpText)
    .action(async (name: string, _options: unknown, command: Command) => {
      host.exitCode = await route(host.terminal, name, command.optsWithGlobals<RouteOptions>());
    });
}

const helpText = `
Without --input the first example is planned. Of speed and health only a server knows: POST /v1/capabilities/NAME/route asks it.

What can be supposed:
  region=us,eu   dataClass=internal   maxCostUsd=0.01   maxLatencyMs=2000   feature=tools   tier=premium
  tolerance=0.1   prefer=latency,cost   without=PROVIDER or MODEL
  model:ID.price=IN/OUT   model:ID.quality=0.9   model:ID.contextTokens=200000
  provider:ID.regions=eu,us   provider:ID.dataClass=confidential

Exit codes: 0 a model fits (with --what-if: would fit), 1 none does or the input is invalid, 2 usage.

Examples:
  capstan route summarize
  capstan route summarize --tier premium --input @book.txt
  capstan route summarize --what-if region=us --what-if model:PROVIDER/MODEL.price=1/4
`;

async function route(terminal: Terminal, name: string, options: RouteOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const capability = requireCapability(project, name);
  const tier = requireTier(capability, options.tier);
  const input = await readInput(terminal, capability, options.input);
  const snapshot = requireSnapshot(project);

  const { routeOf } = await import('../../runtime/route-of.ts');
  const { prepareSnapshot } = await import('../../runtime/prepare.ts');
  const { startRuntime } = await import('../start-runtime.ts');
  const registry = createRegistry(snapshot, prepareSnapshot);
  const { runtime, close } = startRuntime(registry, terminal.environment, { record: () => {} });
  try {
    const answer = routeOf(runtime, { snapshot, capability, input, tier, whatIf: options.whatIf ?? [] });
    terminal.print(
      options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : await drawAnswer(terminal, answer),
    );
    const { models } = answer.supposed ?? answer;
    return models.some(({ place }) => place !== undefined) ? exitCode.ok : exitCode.findings;
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    if (error.param === 'whatIf') throw new UsageError(error.message, { cause: error });
    await refuse(terminal, error, options.json === true);
    return exitCode.findings;
  } finally {
    await close();
  }
}

async function refuse(terminal: Terminal, error: CapabilityError, json: boolean): Promise<void> {
  const { printRefusal, refusalOf } = await import('../render-input.ts');
  const refused = refusalOf(error);
  if (json) terminal.print(`${JSON.stringify({ error: refused }, null, 2)}\n`);
  else terminal.printError(printRefusal(refused));
}

async function drawAnswer(terminal: Terminal, answer: RouteAnswer): Promise<string> {
  const { describeCall, drawRoute } = await import('../draw-route.ts');
  const { capability, raisedFrom, supposed, differences = [] } = answer;
  const raised =
    raisedFrom === undefined ? '' : `A rule over the input raises it from ${raisedFrom} to ${answer.tier}.\n`;
  const head = `${describeCall(capability, answer)}\n${raised}\n${drawRoute(terminal, answer)}`;
  if (supposed === undefined) return head;
  const changes =
    differences.length === 0 ? 'nothing changes\n' : differences.map((line) => `${line}\n`).join('');
  return `${head}\n${styled(terminal, 'bold', 'If it were so:')}\n${changes}\n${drawRoute(terminal, supposed)}`;
}
