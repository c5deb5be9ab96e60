// `capstan fmt`: what it writes, what it only shows, what it leaves alone.
import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { sampleProject } from './sample-project.ts';

const greet = 'capabilities/greet.cap.yaml';

test('a project in order is said to be, and nothing is written', async () => {
  const project = sampleProject();
  const before = project.read(greet);
  expect(await runCli(['fmt'], { in: project.root })).toEqual({
    code: 0,
    out: '✓ 3 files in order\n',
    err: '',
  });
  expect(project.read(greet)).toBe(before);
});

test('keys are put in order, once', async () => {
  const project = sampleProject();
  const before = project.read(greet);
  project.edit(greet, '  name: greet\n  version: 1.0.0\n', '  version: 1.0.0\n  name: greet\n');
  expect(await runCli(['fmt'], { in: project.root })).toEqual({
    code: 0,
    out: `formatted ${greet}\n`,
    err: '',
  });
  expect(project.read(greet)).toBe(before);
});

test('--check and --diff write nothing and fail', async () => {
  const project = sampleProject();
  project.edit(greet, '  name: greet\n  version: 1.0.0\n', '  version: 1.0.0\n  name: greet\n');
  const before = project.read(greet);
  expect(await runCli(['fmt', '--check'], { in: project.root })).toMatchObject({
    code: 1,
    out: `would format ${greet}\n`,
  });
  const { code, out } = await runCli(['fmt', '--diff', greet], { in: project.root });
  expect(code).toBe(1);
  expect(out).toContain('-   version: 1.0.0\n    name: greet\n+   version: 1.0.0\n');
  expect(project.read(greet)).toBe(before);
});

test('--diff shows no secret', async () => {
  const project = sampleProject();
  const secret = 'Qx7Lm2Vb9Rk4Tz1Np6Hd8Wc3';
  project.edit(
    greet,
    '  name: greet\n  version: 1.0.0\n',
    `  version: 1.0.0\n  name: greet # sk-${secret}\n`,
  );
  const { out } = await runCli(['fmt', '--diff', greet], { in: project.root });
  expect(out).toContain('name: greet # •••');
  expect(out).not.toContain(secret);
});

test('a file that is not sound is left alone, and the others are formatted', async () => {
  const project = sampleProject();
  project.edit(greet, '  name: greet\n  version: 1.0.0\n', '  version: 1.0.0\n  name: greet\n');
  project.write('capabilities/torn.cap.yaml', 'kind: [\n');
  const { code, out, err } = await runCli(['fmt'], { in: project.root });
  expect({ code, out }).toEqual({ code: 1, out: `formatted ${greet}\n` });
  expect(err).toContain('left alone capabilities/torn.cap.yaml');
  expect(project.read('capabilities/torn.cap.yaml')).toBe('kind: [\n');
});

test('JSON lists the files', async () => {
  const project = sampleProject();
  project.edit(greet, '  name: greet\n  version: 1.0.0\n', '  version: 1.0.0\n  name: greet\n');
  const { out } = await runCli(['fmt', '--check', '--json'], { in: project.root });
  expect(JSON.parse(out)).toEqual({ toFormat: [greet], broken: [] });
});

test('a path that does not exist is a usage error', async () => {
  const project = sampleProject();
  expect(await runCli(['fmt', 'nowhere'], { in: project.root })).toMatchObject({ code: 2 });
});
