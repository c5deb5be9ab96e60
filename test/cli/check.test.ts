// `capstan check`: findings with their place, counts, formats for machines, exit codes.
import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { capabilityNamed, sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';
import { startCli } from './start-cli.ts';

const greet = 'capabilities/greet.cap.yaml';

test('a project in order is said to be', async () => {
  const { root } = sampleProject();
  expect(await runCli(['check'], { in: root })).toEqual({
    code: 0,
    out: '✓ 1 capability in order, nothing to report\n',
    err: '',
  });
});

test('a mistake is shown where it is, with a way out, a count and exit code 1', async () => {
  const project = sampleProject();
  project.edit(greet, '{{fence name tag', '{{fence nmae tag');
  const { code, out, err } = await runCli(['check'], { in: project.root });
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(/^error\[template\/unknown-property\]: /);
  expect(out).toContain(`--> ${greet}:`);
  expect(out).toMatch(/\^{4}/);
  expect(out).toContain('name');
  expect(out).toMatch(/\n1 error; 0 capabilities in order\n$/);
});

test('all mistakes of all files are reported in one run', async () => {
  const project = sampleProject();
  project.write('capabilities/hail.cap.yaml', capabilityNamed('hail').replace('owner: team', 'ownr: team'));
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  project.edit('capstan.yaml', 'tolerance: 0.5', 'tolerence: 0.5');
  const { code, out } = await runCli(['check', '--format', 'compact'], { in: project.root });
  expect(code).toBe(1);
  for (const file of [greet, 'capabilities/hail.cap.yaml', 'capstan.yaml'])
    expect(out).toMatch(new RegExp(`^${file}:\\d+:\\d+: `, 'm'));
});

test('the same mistakes are shown the same way every time', async () => {
  const project = sampleProject();
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  const first = await runCli(['check'], { in: project.root });
  expect(await runCli(['check'], { in: project.root })).toEqual(first);
});

test('JSON is parseable with and without findings, and nothing else is printed', async () => {
  const project = sampleProject();
  const clean = await runCli(['check', '--json'], { in: project.root });
  expect(clean.code).toBe(0);
  expect(JSON.parse(clean.out)).toMatchObject({ formatVersion: 1, diagnostics: [] });
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  const broken = await runCli(['check', '--format', 'json'], { in: project.root });
  expect(broken).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(broken.out)).toMatchObject({
    counts: { error: 1 },
    diagnostics: [{ severity: 'error', span: { path: greet, place: { start: { line: 8, column: 14 } } } }],
  });
});

test('annotations for GitHub name file and line', async () => {
  const project = sampleProject();
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  const { out } = await runCli(['check', '--format', 'github'], { in: project.root });
  expect(out).toMatch(new RegExp(`^::error file=${greet},line=8,`));
});

test('only the named files and folders are reported on', async () => {
  const project = sampleProject();
  project.write('capabilities/deep/hail.cap.yaml', capabilityNamed('hail'));
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  expect(await runCli(['check', 'capabilities/deep'], { in: project.root })).toMatchObject({ code: 0 });
  expect(await runCli(['check', 'greet.cap.yaml'], { in: project.path('capabilities') })).toMatchObject({
    code: 1,
  });
});

test('a path that does not exist is a usage error, with the near one', async () => {
  const { root } = sampleProject();
  const { code, err } = await runCli(['check', 'capabilities/great.cap.yaml'], { in: root });
  expect(code).toBe(2);
  expect(err).toContain('Did you mean capabilities/greet.cap.yaml?');
});

test.each([
  ['capabilites', 'Did you mean capabilities?'],
  ['capabilities/**', 'Did you mean capabilities?'],
  ['*.yml', 'A folder stands for all that lies in it.'],
  ['docs', 'There is no source of the project in docs.'],
])('%s, in which nothing of the project lies, does not pass for one without mistakes', async (path, help) => {
  const project = sampleProject();
  project.write('docs/notes.md', 'Nothing to compile.\n');
  for (const command of ['check', 'fmt']) {
    const { code, out, err } = await runCli([command, path], { in: project.root });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(help);
  }
  expect(await runCli(['check', 'docs', 'capabilities'], { in: project.root })).toMatchObject({ code: 0 });
});

test('files of Windows are read as well: CRLF line ends and a byte order mark', async () => {
  const project = sampleProject();
  for (const file of ['capstan.yaml', greet, 'partials/manners.hbs', 'schemas/common.schema.yaml'])
    project.write(file, `\uFEFF${project.read(file).replaceAll('\n', '\r\n')}`);
  expect(await runCli(['check'], { in: project.root })).toMatchObject({ code: 0 });
});

test('colours are for terminals', async () => {
  const project = sampleProject();
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  const escape = '\u001b[';
  expect((await runCli(['check'], { in: project.root, color: true })).out).toContain(escape);
  expect((await runCli(['check'], { in: project.root })).out).not.toContain(escape);
});

test('a secret in a line beside a finding is not shown, in any format, also when its rule is off', async () => {
  const project = sampleProject();
  const secret = 'Qx7Lm2Vb9Rk4Tz1Np6Hd8Wc3';
  project.edit(greet, 'name: greet', `name: greet # sk-${secret}`);
  project.edit(greet, 'version:', 'versoin:');
  for (const format of ['text', 'compact', 'json', 'github', 'sarif'])
    for (const rule of [[], ['--rule', 'trust/secret-in-text=off']]) {
      const { code, out } = await runCli(['check', greet, '--format', format, ...rule], { in: project.root });
      expect(code).toBe(1);
      expect(out).not.toContain(secret);
    }
  const { err } = await runCli(['test'], { in: project.root });
  expect(err).toContain('versoin');
  expect(err).not.toContain(secret);
});

// -- --rule

test('a rule has another level for one run', async () => {
  const project = sampleProject();
  project.edit(greet, 'Greets the person that the caller names.', 'Greets.');
  const check = (...args: string[]) => runCli(['check', ...args], { in: project.root });
  expect(await check()).toMatchObject({ code: 0, out: expect.stringContaining('warning[capability/poor-') });
  expect(await check('--rule', 'capability/poor-description=error')).toMatchObject({ code: 1 });
  const off = await check('--rule', 'capability/poor-description=off', '--fail-on', 'warning');
  expect(off).toMatchObject({ code: 0, out: '✓ 1 capability in order, nothing to report\n' });
  const both = ['--rule', 'template/unused-input=deny', '--rule', 'capability/poor-description=deny'];
  expect(await check(...both)).toMatchObject({
    code: 1,
    out: expect.stringContaining('deny[capability/poor-'),
  });
});

test('a level on the command line goes before the one in capstan.yaml', async () => {
  const project = sampleProject();
  project.edit(greet, 'Greets the person that the caller names.', 'Greets.');
  project.write(
    'capstan.yaml',
    `${project.read('capstan.yaml')}lint: { capability/poor-description: error }\n`,
  );
  const args = ['check', '--rule', 'capability/poor-description=info', '--fail-on', 'warning'];
  expect(await runCli(['check'], { in: project.root })).toMatchObject({ code: 1 });
  expect(await runCli(args, { in: project.root })).toMatchObject({ code: 0 });
});

test.each([
  ['capability/poor-descripton=off', 'Did you mean capability/poor-description?'],
  ['poor-description=off', 'Did you mean capability/poor-description?'],
  ['capability/poor-description=on', 'the levels are error, deny, warning, info, off'],
  ['capability/poor-description', 'CODE=LEVEL'],
  ['yaml/alias=off', 'is an error of the language'],
])('--rule %s is a usage error', async (rule, words) => {
  const { code, err } = await runCli(['check', '--rule', rule], { in: sampleProject().root });
  expect(code).toBe(2);
  expect(err).toContain(words);
});

// -- --fix

const muddle = `# A file with several slips.
apiVersion: capstan/v1
kind: Capabilty
metadata:
  name: HailSomebody # called so by the product
  version: v1
  ownr: team-hello
  tags: hello
  description: Hails the person that the caller names.

input: { type: object, required: [name], properties: { name: { type: string, maxLength: 80, description: Who. } } }
output: { type: string, description: One line, or none. }
prompt:
  - role: usr
    content: {{fence name tag="name"}}
`;

const mended = `# A file with several slips.
apiVersion: capstan/v1
kind: Capability
metadata:
  name: hail-somebody # called so by the product
  version: 1.0.0
  owner: team-hello
  tags: [hello]
  description: Hails the person that the caller names.

input: { type: object, required: [name], properties: { name: { type: string, maxLength: 80, description: Who. } } }
output: { type: string, description: "One line, or none." }
prompt:
  - role: user
    content: '{{fence name tag="name"}}'
`;

test('--fix mends what is beyond doubt, round after round, and keeps comments and layout', async () => {
  const project = sampleProject();
  project.write('capabilities/hail-somebody.cap.yaml', muddle);
  const { code, out, err } = await runCli(['check', '--fix'], { in: project.root });
  expect(project.read('capabilities/hail-somebody.cap.yaml')).toBe(mended);
  expect({ code, out }).toEqual({ code: 0, out: '✓ 2 capabilities in order, nothing to report\n' });
  expect(err).toContain(
    'fixed capabilities/hail-somebody.cap.yaml:15:14 yaml/template-as-map: Quote the text.\n',
  );
  expect(err).toContain('fixed capabilities/hail-somebody.cap.yaml:3:7 declaration/unknown-kind: ');
  const again = await runCli(['check', '--fix'], { in: project.root });
  expect(again).toEqual({ code: 0, out, err: '' });
});

test('--fix keeps CRLF line ends and a byte order mark', async () => {
  const project = sampleProject();
  project.write('capabilities/hail-somebody.cap.yaml', `\uFEFF${muddle.replaceAll('\n', '\r\n')}`);
  expect(await runCli(['check', '--fix'], { in: project.root })).toMatchObject({ code: 0 });
  expect(project.read('capabilities/hail-somebody.cap.yaml')).toBe(
    `\uFEFF${mended.replaceAll('\n', '\r\n')}`,
  );
});

test('--fix reports what it cannot mend, in any format, and prints nothing else on standard output', async () => {
  const project = sampleProject();
  project.write('capabilities/hail-somebody.cap.yaml', muddle.replace('role: usr', 'role: nobody'));
  const { code, out, err } = await runCli(['check', '--fix', '--json'], { in: project.root });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    counts: { error: 1 },
    diagnostics: [{ code: 'declaration/unknown-value' }],
  });
  expect(err).toMatch(/^(fixed .*\n)+$/);
});

test('--fix touches only the named files', async () => {
  const project = sampleProject();
  project.write('capabilities/hail-somebody.cap.yaml', muddle);
  project.edit(greet, 'lifecycle: beta', 'lifecycle: Beta');
  await runCli(['check', '--fix', greet], { in: project.root });
  expect(project.read(greet)).toContain('lifecycle: beta');
  expect(project.read('capabilities/hail-somebody.cap.yaml')).toBe(muddle);
});

test('--fix leaves a file alone that is no UTF-8', async () => {
  const project = sampleProject();
  const bytes = Buffer.from(muddle.replace('Who.', 'Wh\u00f6.'), 'latin1');
  writeFileSync(project.path('capabilities/hail-somebody.cap.yaml'), bytes);
  const { code, err } = await runCli(['check', '--fix'], { in: project.root });
  expect(code).toBe(1);
  expect(err).toContain('left capabilities/hail-somebody.cap.yaml alone');
  expect(readFileSync(project.path('capabilities/hail-somebody.cap.yaml'))).toEqual(bytes);
});

test('--fix writes through a link inside the project, and keeps the rights of the file', async () => {
  const project = sampleProject();
  project.write('texts/hail.yaml', muddle);
  chmodSync(project.path('texts/hail.yaml'), 0o640);
  symlinkSync(project.path('texts/hail.yaml'), project.path('capabilities/hail-somebody.cap.yaml'));
  expect(await runCli(['check', '--fix'], { in: project.root })).toMatchObject({ code: 0 });
  expect(project.read('texts/hail.yaml')).toBe(mended);
  expect(lstatSync(project.path('capabilities/hail-somebody.cap.yaml')).isSymbolicLink()).toBe(true);
  expect(statSync(project.path('texts/hail.yaml')).mode & 0o777).toBe(0o640);
});

test('--fix keeps a suppression while an error hides what it ignores', async () => {
  const project = sampleProject();
  const ignored = muddle
    .replace(
      '  description: Hails the person that the caller names.',
      '  # capstan-ignore-next-line capability/poor-description: the product is called so\n  description: Hails.',
    )
    .replace('kind: Capabilty', 'kind: Capability\nnotes: none');
  project.write('capabilities/hail-somebody.cap.yaml', ignored);
  const { code, out } = await runCli(['check', '--fix'], { in: project.root });
  expect({ code, found: out.match(/\[.*?\]/g) }).toEqual({ code: 1, found: ['[declaration/unknown-key]'] });
  expect(project.read('capabilities/hail-somebody.cap.yaml')).toContain('capstan-ignore-next-line');
});

// -- --watch

test('--watch reports after every save, and ends when it is asked to', async () => {
  const project = sampleProject();
  await using check = startCli(['check', '--watch'], project.root);
  await check.said('watching; Ctrl-C ends it');
  project.edit(greet, 'lifecycle: beta', 'lifecycle: bet');
  await check.said('1 error; 0 capabilities in order');
  project.edit(greet, 'lifecycle: bet', 'lifecycle: experimental');
  await check.said(`saved ${greet}\n✓ 1 capability in order`);
  expect(await check.stop()).toMatchObject({ code: 0 });
});

test('--watch and --fix do not go together', async () => {
  expect(await runCli(['check', '--watch', '--fix'], { in: sampleProject().root })).toMatchObject({
    code: 2,
  });
});

test('a YAML file that only nearly is a source is told, unless the project does not want to know', async () => {
  const project = sampleProject();
  project.write('capabilities/hail.cap.yml', capabilityNamed('hail'));
  const told = await runCli(['check', '--fail-on', 'warning'], { in: project.root });
  expect(told.code).toBe(1);
  expect(told.out + told.err).toContain('warning[workspace/not-read]');
  expect(told.out + told.err).toContain('call it hail.cap.yaml');
  project.edit('capstan.yaml', '\ngenerate:', '\nlint: { workspace/not-read: off }\n\ngenerate:');
  const { code, out, err } = await runCli(['check', '--fail-on', 'warning'], { in: project.root });
  expect(code, out + err).toBe(0);
});
