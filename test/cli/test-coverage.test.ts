// `capstan test --coverage`: which branches of the templates the render tests take, for people and for programs.
import { expect, test } from 'vitest';
import { parseXml } from '../support/parse-xml.ts';
import { capabilityNamed, sampleProject } from './sample-project.ts';
import type { SampleProject } from './sample-project.ts';
import { runCli } from './run-cli.ts';

const greet = 'capabilities/greet.cap.yaml';

/** The sample with a block in a message, of which both arms are written, and one in a partial. */
function withBranches(): SampleProject {
  const project = sampleProject();
  project.edit(
    greet,
    'in a {{tone}} tone.',
    'in a {{tone}} tone.\n      {{#if (eq tone "formal")}}\n      Use no contractions.\n      {{else}}\n      Smile.\n      {{/if}}',
  );
  project.write('partials/manners.hbs', '{{#if (eq tone "friendly")}}\nAdd a wink.\n{{/if}}\n');
  return project;
}

test('counts, and findings for the messages, in text', async () => {
  const { root } = withBranches();
  const { code, out, err } = await runCli(['test', '--coverage'], { in: root });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.slice(out.indexOf('3 passed'))).toBe(`3 passed

TEMPLATES      BRANCHES TAKEN
greet@1        1 of 2          50 %
{{> manners}}  1 of 2          50 %
all            2 of 4          50 %

partials/manners.hbs:1:1: no render test leaves out \`{{#if (eq tone "friendly")}}\`

warning[test/untested-branch]: No render test prints what is in \`{{#if (eq tone "formal")}}\`.
  --> capabilities/greet.cap.yaml:28:7
   |
27 |       You greet people in a {{tone}} tone.
28 |       {{#if (eq tone "formal")}}
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^^
29 |       Use no contractions.
   |
   = help: add a test of level render with such an input
`);
});

test('a test that takes the branch is all it needs', async () => {
  const project = withBranches();
  project.write(
    greet,
    `${project.read(greet)}  - name: formal is formal
    level: render
    input: { name: Ada, tone: formal }
    expect:
      - { type: contains, message: 0, value: no contractions }
`,
  );
  const { out } = await runCli(['test', '--coverage'], { in: project.root });
  expect(out).toContain('all            4 of 4          100 %\n');
  expect(out).not.toContain('test/untested-branch');
});

test('in JSON each template has its counts and the places that are not taken', async () => {
  const { root } = withBranches();
  const { out } = await runCli(['test', '--coverage', '--json'], { in: root });
  const { coverage } = JSON.parse(out) as { coverage: unknown };
  expect(coverage).toEqual([
    {
      kind: 'capability',
      name: 'greet@1',
      branches: 2,
      taken: 1,
      untaken: [{ path: greet, line: 28, column: 7, block: '#if (eq tone "formal")', arm: 'body' }],
    },
    {
      kind: 'partial',
      name: 'manners',
      branches: 2,
      taken: 1,
      untaken: [
        { path: 'partials/manners.hbs', line: 1, column: 1, block: '#if (eq tone "friendly")', arm: 'else' },
      ],
    },
  ]);
  const without = await runCli(['test', '--json'], { in: root });
  expect(JSON.parse(without.out)).not.toHaveProperty('coverage');
});

test('CRLF line ends change no place', async () => {
  const project = withBranches();
  const untaken = async (): Promise<unknown> =>
    JSON.parse((await runCli(['test', '--coverage', '--json'], { in: project.root })).out);
  const before = await untaken();
  for (const file of [greet, 'partials/manners.hbs'])
    project.write(file, project.read(file).replaceAll('\n', '\r\n'));
  expect(await untaken()).toEqual(before);
});

test('in JUnit the counts are properties of the suite, and its output has the places', async () => {
  const { root } = withBranches();
  const { out } = await runCli(['test', '--coverage', '--format', 'junit'], { in: root });
  expect(() => parseXml(out)).not.toThrow();
  expect(out).toContain(`    <properties>
      <property name="templateBranches" value="2"/>
      <property name="templateBranchesTaken" value="1"/>
    </properties>
`);
  expect(out).toContain(
    `    <system-out>${greet}:28:7: no render test prints what is in \`{{#if (eq tone &quot;formal&quot;)}}\`</system-out>\n  </testsuite>`,
  );
});

test('a partial is covered by the tests of all capabilities together', async () => {
  const project = withBranches();
  const other = capabilityNamed('hail').replaceAll(
    'input: { name: Ada }',
    'input: { name: Ada, tone: formal }',
  );
  project.write('capabilities/hail.cap.yaml', other);
  const partialOf = async (...args: readonly string[]): Promise<string | undefined> =>
    /^\{\{> manners\}\} +(?<counts>\d of \d)/m.exec(
      (await runCli(['test', '--coverage', ...args], { in: project.root })).out,
    )?.groups?.['counts'];
  expect(await partialOf()).toBe('2 of 2');
  expect(await partialOf('hail')).toBe('1 of 2');
});

test('a project may make it fail, or not hear of it', async () => {
  const project = withBranches();
  const text = project.read('capstan.yaml');
  project.write('capstan.yaml', `${text}lint: { test/untested-branch: deny }\n`);
  const denied = await runCli(['test', '--coverage'], { in: project.root });
  expect(denied.code).toBe(1);
  expect(denied.out).toContain('deny[test/untested-branch]');
  expect(await runCli(['test'], { in: project.root })).toMatchObject({ code: 0 });
  project.write('capstan.yaml', `${text}lint: { test/untested-branch: off }\n`);
  const off = await runCli(['test', '--coverage'], { in: project.root });
  expect(off.code).toBe(0);
  expect(off.out).toContain('1 of 2');
  expect(off.out).not.toContain('test/untested-branch');
});

test('templates without blocks have nothing to take', async () => {
  const { root } = sampleProject();
  const { out } = await runCli(['test', '--coverage'], { in: root });
  expect(out).toMatch(/^greet@1 +none to take$/m);
});

test('a part of the tests says nothing of coverage', async () => {
  const { root } = sampleProject();
  expect(await runCli(['test', '--coverage', '--filter', 'tone'], { in: root })).toMatchObject({
    code: 2,
    err: expect.stringContaining('leave out --filter') as string,
  });
});
