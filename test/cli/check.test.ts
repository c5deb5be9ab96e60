// `capstan check`: findings with their place, counts, formats for machines, exit codes.
import { expect, test } from 'vitest';
import { capabilityNamed, sampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

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
