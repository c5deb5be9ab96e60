// Help, version, exit codes and complaints: what the command line does whatever the command.
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { emptyFolder, sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

const names = commands.map((create) => create({ terminal: undefined as never, exitCode: 0 }).name());

test('help lists every command with a summary', async () => {
  const { code, out, err } = await runCli(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} .* [a-z]`, 'm'));
});

test.each([...names.map((name) => [name]), ['init', 'capability']])(
  'help of %s %s shows examples',
  async (...words) => {
    const { code, out } = await runCli([...words, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: capstan /);
    expect(out).toMatch(/^Examples?:\n {2}capstan /m);
    // A default is a word, never what a program keeps for none.
    expect(out).not.toMatch(/\(default: (?:[[{]|true|false|null|undefined)/);
  },
);

test('help of a command is its help, by both ways', async () => {
  for (const words of [[], ['check'], ['init', 'capability']]) {
    const { code, out, err } = await runCli(['help', ...words]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe((await runCli([...words, '--help'])).out);
  }
});

test('the version is that of the package', async () => {
  expect(await runCli(['--version'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
});

test('without a command help goes to standard error, as a usage error', async () => {
  const { code, out, err } = await runCli([]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('Usage: capstan');
});

test.each([
  [['chekc'], 'Did you mean check?'],
  [['check', '--formt', 'json'], 'Did you mean --format?'],
  [['help', 'chekc'], 'error: No command is named "chekc". Did you mean "check"?\n'],
  [['help', 'nope'], 'error: No command is named "nope". `capstan --help` lists the commands.\n'],
  [['help', 'init', 'capabilty'], 'Did you mean "capability"?'],
  [['check', '--project='], 'error: --project is empty'],
  [['-p', 'capstan.yaml', 'check'], 'error: capstan.yaml is a file; --project names the folder'],
  [['check', '-p', 'capabilites'], 'error: There is no folder '],
  [['check', '--format', 'xml'], 'Allowed choices are text, compact, json, sarif, github'],
  [['render'], "missing required argument 'name'"],
  [['list', 'everything'], 'too many arguments'],
  [['dev', '--port', 'many'], '"many" is not a port'],
  [['serve', '--port', '70000'], '"70000" is not a port'],
])('%j is a usage error with a way out', async (args, words) => {
  const { code, out, err } = await runCli(args, { in: sampleProject().root });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(words);
});

test.each(['check', 'test', 'generate', 'list', 'render x', 'route x', 'run x', 'dev', 'serve'])(
  '%s outside a project says how to make one',
  async (line) => {
    const { code, err } = await runCli(line.split(' '), { in: emptyFolder().root });
    expect(code).toBe(2);
    expect(err).toMatch(/^error: There is no capstan\.yaml in .* `capstan init`/);
  },
);

test('the project may be named from elsewhere, before or after the command, and is found from a folder below', async () => {
  const { root, path } = sampleProject();
  const list = { code: 0, out: expect.stringContaining('greet@1') as string };
  expect(await runCli(['--project', root, 'list'])).toMatchObject(list);
  expect(await runCli(['list', '-p', root])).toMatchObject(list);
  expect(await runCli(['list'], { in: path('capabilities') })).toMatchObject(list);
});

test('what the operating system refuses is a sentence, not a trace', async () => {
  const project = sampleProject();
  project.write('generated', 'a file where a folder is to be');
  const { code, err } = await runCli(['generate'], { in: project.root });
  expect(code).toBe(2);
  expect(err).toMatch(/^error: .*generated.* cannot be used: .*\n$/);
});
