// Files that somebody wrote to make the compiler slow or fall over. Each is answered within the time that any test has, and
// says what is wrong with it; what each costs is printed by `npm run bench:hostile`.
import { expect, test } from 'vitest';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { hasErrors } from '../../src/diagnostics/order-diagnostics.ts';
import { projectWith, smallHostileFiles, soundProject } from '../support/hostile-files.ts';

test('the project around the files is sound', () => {
  expect(hasErrors(compileSources(soundProject).diagnostics)).toBe(false);
});

test.each(smallHostileFiles().map((file) => [file.name, file] as const))('%s', (_name, file) => {
  const { diagnostics } = compileSources(projectWith(file));
  const codes = [...new Set(diagnostics.map(({ code }) => code))];
  if (file.code !== undefined) expect(codes).toContain(file.code);
  // A hundred findings, and one that says that there are others.
  expect(diagnostics.length).toBeLessThanOrEqual(101);
  for (const { span } of diagnostics) {
    const text = file.source.path === span.path ? file.source.text : '';
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    if (text !== '') expect(span.end).toBeLessThanOrEqual(text.length);
  }
});

test('nothing that is left out makes a file with errors look sound', () => {
  const warnings = Array.from({ length: 300 }, (_, index) => `    x${index}: one two three #\n`).join('');
  const text = `apiVersion: capstan/v1
kind: Capability
metadata: { name: hostile, version: 1.0.0, owner: nobody, description: Warns a lot and errs at the end. }
input: { type: object, properties: {} }
examples:
- name: long
  input:
${warnings}output: { type: strng, description: The answer. }
prompt: [{ role: user, content: "{{json this}}" }]
`;
  const file = { source: { path: 'capabilities/hostile.cap.yaml', text } };
  const { diagnostics, snapshot } = compileSources(projectWith(file));
  const codes = diagnostics.map(({ code }) => code);
  expect(codes).toContain('yaml/comment-in-text');
  expect(codes).toContain('schema/unknown-type');
  expect(codes).toContain('project/too-many-findings');
  expect(snapshot?.capabilities).toEqual({});
});

test('composing leaves the stacks of other errors alone', () => {
  const { stackTraceLimit } = Error;
  compileSources(projectWith({ source: { path: 'capabilities/hostile.cap.yaml', text: 'a: [' } }));
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});
