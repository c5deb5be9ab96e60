// The README is a promise: every command and every sample in it is run here, and every sentence of output is compared.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const main = join(root, 'src/cli/main.ts');

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({ language, text }),
);

function block(language: string, holds: string): string {
  const found = blocks.find((each) => each.language === language && each.text.includes(holds));
  if (found === undefined) throw new Error(`the README has no ${language} block with ${holds}`);
  return found.text;
}

let folder: string;
let development: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-readme-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  symlinkSync(join(root, 'examples/typed-client/generated'), join(folder, 'generated'), 'junction');
  // What `npm start` runs, on a free port.
  const [node, ...words] = manifest.scripts.start.split(' ');
  expect(node).toBe('node');
  development = spawn(process.execPath, [...words, '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  url = await firstUrl(development);
});

afterAll(async () => {
  const ended = new Promise((done) => development.once('exit', done));
  development.kill('SIGINT');
  expect(await ended).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((found, reject) => {
    let said = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (match !== undefined && said.includes('Ctrl-C')) found(match);
    });
    child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${said}`)));
  });
}

const served = (text: string): string => text.replaceAll('http://127.0.0.1:4700', url);

test('every shell command is one that this test knows and runs', () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) =>
      text
        .replaceAll(/\\\n\s*/g, '')
        .trim()
        .split('\n'),
    )
    .map((line) => line.split(' ').slice(0, 5).join(' '));
  expect(commands).toEqual([
    // CI runs `npm ci`; the rest of the line is the server of this test.
    'npm ci && npm start',
    // test/examples/run-examples.test.ts
    'npm run demo',
    "curl -s http://127.0.0.1:4700/v1/capabilities/summarize -H 'content-type:",
    // Started with a key in the next test.
    'OPENAI_API_KEY=sk-… npm start',
    'npm ci && npm test',
  ]);
  for (const script of ['start', 'demo', 'test']) expect(manifest.scripts).toHaveProperty(script);
});

test('what is to be installed elsewhere is what npm pack makes', () => {
  expect(readme).toContain(`\`npm install ../capstan/${manifest.name}-${manifest.version}.tgz\``);
});

test('a provider whose key is set is not left out', async () => {
  const json = async (environment: Record<string, string>): Promise<string> => {
    const { stdout } = await run(process.execPath, [main, 'route', 'summarize', '--json'], {
      cwd: root,
      env: { ...process.env, ...environment },
    });
    return (JSON.parse(stdout) as { models: { model: string }[] }).models[0]?.model ?? '';
  };
  expect(await json({ OPENAI_API_KEY: '' })).toMatch(/^simulator\//);
  expect(await json({ OPENAI_API_KEY: 'sk-none' })).toMatch(/^openai\//);
});

test('curl answers', async () => {
  const { stdout } = await run('bash', ['-c', served(block('sh', 'curl -s'))]);
  expect(JSON.parse(stdout)).toMatchObject({
    output: { summary: expect.any(String) as string },
    invocation: { provider: 'simulator', capability: 'summarize@1' },
  });
});

test.each(['createClient', 'new OpenAI'])('the sample with %s runs', async (holds) => {
  const file = join(folder, `sample-${holds.length}.ts`);
  writeFileSync(file, served(block('ts', holds)));
  const { stdout } = await run(process.execPath, ['--preserve-symlinks', file], { cwd: folder });
  expect(stdout).toContain('Rents rose 4%');
});

describe('the sample capability', () => {
  const sample = block('yaml', 'kind: Capability');

  function project(capability: string): string {
    const place = mkdtempSync(join(folder, 'project-'));
    cpSync(join(root, 'capstan.yaml'), join(place, 'capstan.yaml'));
    mkdirSync(join(place, 'capabilities'));
    writeFileSync(join(place, 'capabilities/haiku.cap.yaml'), capability);
    return place;
  }

  test('has no mistake', async () => {
    const { stdout, stderr } = await run(process.execPath, [main, 'check', '--project', project(sample)]);
    expect(stdout + stderr).toContain('1 capability');
  });

  test('with the mistake of the README, shows what the README shows', async () => {
    const broken = sample.replace('{{fence subject', '{{fence sbject');
    expect(broken).not.toBe(sample);
    const failure = await run(process.execPath, [main, 'check', '--project', project(broken)]).then(
      () => undefined,
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
    expect(failure?.code).toBe(1);
    for (const line of block('text', 'error[').trim().split('\n')) {
      expect(`${failure?.stdout}${failure?.stderr}`).toContain(line.trim());
    }
  });
});

test(
  'the table of commands is the list of commands, and each has its help',
  { timeout: 60_000 },
  async () => {
    const listed = [...readme.matchAll(/^\| (.*?)\s*\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`capstan (\w+)/g)].map(([, name = '']) => name),
    );
    const { stdout } = await run(process.execPath, [main, '--help']);
    const commands = stdout.slice(stdout.indexOf('Commands:'));
    const offered = [...commands.slice(0, commands.indexOf('\n\n')).matchAll(/^ {2}(\w+)(?: |$)/gm)].map(
      ([, name = '']) => name,
    );
    expect(listed.toSorted()).toEqual(offered.filter((name) => name !== 'help').toSorted());
    for (const name of listed) {
      const help = await run(process.execPath, [main, name, '--help']);
      expect(help.stdout).toMatch(/^Usage: capstan/);
    }
  },
);

test('every link leads somewhere', () => {
  for (const [, target = ''] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    expect(() => readFileSync(join(root, target.replace(/\/$/, '/README.md')))).not.toThrow();
  }
});
