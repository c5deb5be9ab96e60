// `capstan explain`: the page of a code, or all codes with what they stand for.

import { Command } from 'commander';
import type { DiagnosticCode } from '../../compiler/codes.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface ExplainOptions extends GlobalOptions {
  readonly json?: boolean;
}

export function explainCommand(host: CommandHost): Command {
  return new Command('explain')
    .summary('say what a code of the compiler means')
    .description(
      'Prints the page of a code: what it finds, why it matters, and examples. Without a code, all codes.',
    )
    .argument('[code]', 'the code in the brackets of a finding, such as template/unknown-property')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  capstan explain\n  capstan explain template/unknown-property\n  capstan explain --json\n',
    )
    .action(async (code: string | undefined, _options: unknown, command: Command) => {
      host.exitCode = await explain(host.terminal, code, command.optsWithGlobals<ExplainOptions>());
    });
}

async function explain(
  terminal: Terminal,
  code: string | undefined,
  options: ExplainOptions,
): Promise<ExitCode> {
  const { codes } = await import('../../compiler/codes.ts');
  const { readCodePage, summaryOfPage } = await import('../code-pages.ts');
  const asked = code === undefined ? undefined : await requireCode(code);
  const entries = (asked === undefined ? (Object.keys(codes) as DiagnosticCode[]) : [asked]).map((each) => {
    const page = readCodePage(each);
    return { code: each, severity: codes[each], summary: summaryOfPage(page), page };
  });
  if (options.json === true) {
    const shown = asked === undefined ? entries.map(({ page: _page, ...entry }) => entry) : entries[0];
    terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
  } else if (asked !== undefined) {
    terminal.print(drawPage(entries[0]?.page ?? '', terminal));
  } else {
    const { printTable } = await import('../print-table.ts');
    terminal.print(
      printTable(
        ['CODE', 'SEVERITY', 'WHAT IT FINDS'],
        entries.map((entry) => [entry.code, entry.severity, entry.summary]),
      ),
    );
  }
  return exitCode.ok;
}

async function requireCode(code: string): Promise<DiagnosticCode> {
  const { codes, isDiagnosticCode } = await import('../../compiler/codes.ts');
  if (isDiagnosticCode(code)) return code;
  const { suggest } = await import('../../diagnostics/suggest.ts');
  const names = Object.keys(codes);
  // The name alone is what people remember; it is enough when only one group has it.
  const inGroup = names.filter((name) => name.endsWith(`/${code}`));
  if (inGroup.length === 1 && isDiagnosticCode(inGroup[0] ?? '')) return inGroup[0] as DiagnosticCode;
  const group = names.filter((name) => name.startsWith(`${code}/`));
  if (group.length > 0) throw new UsageError(`"${code}" is a group of codes: ${group.join(', ')}.`);
  const near = inGroup.length > 1 ? inGroup : suggest(code, names);
  const help = near.length === 0 ? '`capstan explain` lists them all.' : `Did you mean ${near.join(' or ')}?`;
  throw new UsageError(`There is no code "${code}". ${help}`);
}

/** Headings stand out, fences of code go, and what they say of their block is said in words. */
function drawPage(page: string, terminal: Terminal): string {
  return page
    .split('\n')
    .filter((line) => !/^`{3}text$/.test(line))
    .map((line) => (line.startsWith('#') ? styled(terminal, 'bold', line.replace(/^#+ /, '')) : line))
    .map((line) => line.replace(/^`{3}.*$/, (fence) => blockWords(fence)))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

/** `yaml partials/tone.hbs fixed`: which file it is, and what became of it. */
function blockWords(fence: string): string {
  const [, file = '', end = ''] =
    /^`{3}\w+(?: (\S*[./]\S*))?.*?(?: (fixed|suggested|before))?$/.exec(fence) ?? [];
  const what = {
    fixed: 'after `capstan check --fix`',
    suggested: 'after the change that an editor offers',
    before: 'before',
  }[end];
  const words = [file, what].filter((word) => word !== undefined && word !== '').join(', ');
  return words === '' ? '' : `${words}:`;
}
