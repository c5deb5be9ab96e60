// `capstan route`: which models would serve a call, in which order, and why not the others. Nothing is called.

import { Command } from 'commander';
import type { Capability, Snapshot } from '../../registry/snapshot.ts';
import type { Rejection } from '../../routing/plan-route.ts';
import type { RenderedPrompt } from '../../runtime/render-prompt.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { inputOption, readInput } from '../input-argument.ts';
import { loadProject, requireCapability, requireSnapshot, requireTier } from '../project.ts';
import { printTable } from '../print-table.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface RouteOptions extends GlobalOptions {
  readonly input?: string;
  readonly tier?: string;
  readonly json?: boolean;
}

export function routeCommand(host: CommandHost): Command {
  return new Command('route')
    .summary('show which models would serve a call, and why not the others')
    .description(
      'Plans one call without making it: candidates in order, and every reason against the other models.',
    )
    .argument('<name>', 'the capability: NAME or NAME@MAJOR')
    .option(...inputOption)
    .option('-t, --tier <tier>', 'the tier to plan for (default: the capability’s own)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWithout --input the first example gives the size of the prompt.\n\nExamples:\n  capstan route summarize\n  capstan route summarize --tier premium --input @book.txt\n',
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      host.exitCode = await route(host.terminal, name, command.optsWithGlobals<RouteOptions>());
    });
}

async function route(terminal: Terminal, name: string, options: RouteOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const capability = requireCapability(project, name);
  const tier = requireTier(capability, options.tier);
  const input = await readInput(terminal, capability, options.input);

  const { printRefusal, renderInput } = await import('../render-input.ts');
  const rendered = renderInput(capability, input);
  if ('violations' in rendered) {
    if (options.json === true) terminal.print(`${JSON.stringify({ error: rendered }, null, 2)}\n`);
    else terminal.printError(printRefusal(rendered));
    return exitCode.findings;
  }
  const plan = await planCall(terminal, requireSnapshot(project), capability, tier, rendered);
  terminal.print(
    options.json === true ? `${JSON.stringify(plan, null, 2)}\n` : await drawPlan(terminal, plan),
  );
  return plan.candidates.length === 0 ? exitCode.findings : exitCode.ok;
}

/** What `--json` prints. */
interface Plan {
  /** Its key. */
  readonly capability: string;
  readonly tier: string;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** Best first. */
  readonly candidates: readonly {
    readonly model: string;
    readonly quality: number;
    readonly expectedCostUsd?: number;
  }[];
  readonly rejections: readonly Rejection[];
}

/** Plans as the runtime would, with the keys of this environment. */
async function planCall(
  terminal: Terminal,
  snapshot: Snapshot,
  capability: Capability,
  tier: string,
  { messages }: RenderedPrompt,
): Promise<Plan> {
  const { planRoute } = await import('../../routing/plan-route.ts');
  const { outputLimit, requirementsOf } = await import('../../routing/requirements.ts');
  const { estimateTokens } = await import('../../runtime/estimate-tokens.ts');
  const { createTransport } = await import('../../providers/transport.ts');

  const outputTokens = outputLimit(capability, tier);
  const exact = capability.routing.constraints.maxCostUsd !== undefined;
  const inputTokens = estimateTokens(messages, { snapshot, outputTokens, exact });
  const requirements = requirementsOf(snapshot, capability, tier, { inputTokens });
  const transport = createTransport({ environment: terminal.environment });
  const { candidates, rejections } = planRoute(snapshot, requirements, {
    available(id) {
      const provider = snapshot.providers[id];
      return provider !== undefined && transport.available(provider);
    },
  });
  await transport.close();
  return {
    capability: capability.key,
    tier,
    inputTokens,
    maxOutputTokens: requirements.maxOutputTokens,
    candidates: candidates.map(({ model, expectedCostUsd }) => ({
      model: model.id,
      quality: model.quality,
      ...(expectedCostUsd === undefined ? {} : { expectedCostUsd }),
    })),
    rejections,
  };
}

async function drawPlan(terminal: Terminal, plan: Plan): Promise<string> {
  const { printRejection } = await import('../../routing/plan-route.ts');
  const head = `${plan.capability} on ${plan.tier}: ${plan.inputTokens} tokens in, at most ${plan.maxOutputTokens} out\n\n`;
  const admitted = plan.candidates.map(({ model, quality, expectedCostUsd }, index) => [
    String(index + 1),
    model,
    String(quality),
    expectedCostUsd === undefined ? 'unknown' : `$${expectedCostUsd.toFixed(6)}`,
  ]);
  const candidates =
    admitted.length === 0
      ? `${styled(terminal, 'red', 'no model fits')}\n`
      : printTable(['', 'MODEL', 'QUALITY', 'COST AT MOST'], admitted);
  const dropped = plan.rejections.map((rejection) => [rejection.model, printRejection(rejection)]);
  return `${head}${candidates}${dropped.length === 0 ? '' : `\n${printTable(['NOT', 'BECAUSE'], dropped)}`}`;
}
