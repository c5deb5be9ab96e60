// `capstan replay`: why did that call go to that model? Plans a recorded call once more, from its record and the project.

import { Command } from 'commander';
import type { UsageRecord } from '../../usage/usage-record.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireProjectRoot, requireSnapshot } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { usageOption } from '../usage-option.ts';

interface ReplayOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly usage?: string;
}

export function replayCommand(host: CommandHost): Command {
  return new Command('replay')
    .summary('plan a recorded call once more, and say why it went where it went')
    .description(
      'Reads the decision from the usage record of an invocation and plans it again: who was a candidate, in which order, and why not the others. Nothing is called.',
    )
    .argument('<invocation>', 'the id of the invocation, as in the reply or in x-capstan-invocation')
    .option('--json', 'print JSON')
    .option(...usageOption)
    .addHelpText(
      'after',
      `
When the project has changed since, the plan is that of the project as it is now, and a line says so.

Exit codes: 0 the same candidates in the same order, 1 another plan, 2 no such record.

Examples:
  capstan replay 0199f0c2-7c1e-7cc3-98c4-dc0c0c07398f
  capstan replay 0199f0c2-7c1e-7cc3-98c4-dc0c0c07398f --json
`,
    )
    .action(async (invocation: string, _options: unknown, command: Command) => {
      host.exitCode = await replay(host.terminal, invocation, command.optsWithGlobals<ReplayOptions>());
    });
}

async function replay(terminal: Terminal, invocation: string, options: ReplayOptions): Promise<ExitCode> {
  const record = await findRecord(terminal, invocation, options);
  const { decision } = record;
  if (decision === undefined) throw new UsageError(undecided(record));
  const snapshot = requireSnapshot(await loadProject(terminal, options));
  const { replayDecision } = await import('../../runtime/replay-decision.ts');
  const replayed = replayDecision(snapshot, record, decision);
  if (replayed === undefined)
    throw new UsageError(`The project has no capability ${record.capability ?? ''} any more.`);
  const hasChanged = snapshot.revision !== record.snapshot;
  if (options.json === true)
    terminal.print(`${JSON.stringify({ record, hasChanged, ...replayed }, null, 2)}\n`);
  else {
    const { describeCall, drawRoute } = await import('../draw-route.ts');
    const { explained, isSame, recorded } = replayed;
    const when = new Date(record.at).toISOString();
    terminal.print(
      `${when}  ${describeCall(record.capability ?? 'a chat', explained)}\n` +
        `answered by ${record.model ?? 'nobody'} (${record.outcome}) after ${countOf(record.attempts.length, 'attempt')}\n\n` +
        `${drawRoute(terminal, explained)}\n` +
        (isSame
          ? `${styled(terminal, 'green', 'the same')}: ${recorded.join(', ') || 'no model'}\n`
          : `${styled(terminal, 'yellow', 'another plan')}: then ${recorded.join(', ') || 'no model'}; now ${replayed.replayed.join(', ') || 'no model'}\n`),
    );
    if (hasChanged) terminal.printError('note: the project has changed since that call\n');
  }
  return replayed.isSame ? exitCode.ok : exitCode.findings;
}

async function findRecord(
  terminal: Terminal,
  invocation: string,
  options: ReplayOptions,
): Promise<UsageRecord> {
  const root = requireProjectRoot(terminal, options);
  const { openKept } = await import('../usage-file.ts');
  const store = await openKept(terminal, root, options.usage);
  const record = await store?.find(invocation);
  await store?.close();
  if (record !== undefined) return record;
  const why =
    store === undefined ? 'No usage records are kept here yet' : `No record has the id "${invocation}"`;
  throw new UsageError(
    `${why}; \`capstan serve\`, \`dev\` and \`run\` keep them, and replies say their ids.`,
  );
}

function undecided({ cache, model, outcome }: UsageRecord): string {
  if (cache === 'hit')
    return 'That call was answered from the cache, or by an equal call on its way: nobody was chosen for it.';
  return model === undefined
    ? `That call ended before a model was chosen (${outcome}).`
    : 'That call named its model itself.';
}
