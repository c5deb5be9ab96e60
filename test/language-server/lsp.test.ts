// `capstan lsp` over the protocol: what an editor is told while somebody types.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Position } from 'vscode-languageserver-protocol';
import { sampleProject } from '../cli/sample-project.ts';
import type { Client } from './start-client.ts';
import { cursorIn, startClient } from './start-client.ts';

const greet = 'capabilities/greet.cap.yaml';
const manners = 'partials/manners.hbs';

/** The sample capability with `input` and `template` in place of its own. */
function capability(template: string, input = ''): string {
  return `apiVersion: capstan/v1
kind: Capability
metadata: { name: greet, version: 1.0.0, owner: team, description: Greets the person that the caller names. }
input:
  type: object
  required: [name, friends, letter]
  properties:
    name: { type: string, description: Who is greeted., maxLength: 80 }
    note: { type: string, maxLength: 80 }
    tone: { $ref: "schema:common#/$defs/Tone", default: friendly }
    friends:
      type: array
      maxItems: 9
      items:
        type: object
        required: [nick]
        properties:
          nick: { type: string, description: What friends call them., maxLength: 80 }
    letter:
      type: object
      required: [subject]
      properties:
        subject: { type: string, description: What it is about., maxLength: 80 }
${input}
output: { type: string }
prompt:
  - role: user
    content: |
      ${template}
`;
}

// Most tests only ask, so they share one server; each types its own text first.
let shared: Client;

beforeAll(async () => {
  const project = sampleProject(afterAll);
  shared = await startClient(project, afterAll);
  await shared.open(greet);
});

async function withText(marked: string): Promise<{ client: Client; position: Position }> {
  const { text, position } = cursorIn(marked);
  await shared.type(greet, text);
  return { client: shared, position };
}

async function labelsAt(template: string): Promise<string[]> {
  const { client, position } = await withText(capability(template));
  return (await client.complete(greet, position)).map(({ label }) => label);
}

test('findings follow what is typed, and go when it is mended', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  expect(await client.open(greet)).toEqual([]);
  const good = project.read(greet);
  const found = await client.type(greet, good.replace('{{fence name', '{{fence nmae'));
  expect(found).toMatchObject([
    {
      source: 'capstan',
      code: 'template/unknown-property',
      severity: 1,
      range: { start: { line: 30, character: 14 }, end: { line: 30, character: 18 } },
    },
  ]);
  expect(found[0]?.message).toContain('name');
  expect(await client.type(greet, good)).toEqual([]);
  expect(await client.stop()).toBe(0);
});

test('a finding about two places tells both', async () => {
  const found = await shared.type(greet, `kind: Capability\n${capability('{{name}}')}`);
  expect(found.find(({ code }) => code === 'yaml/duplicate-key')).toMatchObject({
    relatedInformation: [{ location: { uri: shared.uri(greet) }, message: 'first set here' }],
  });
});

test('a shared file that is typed changes what is said of the files that use it', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  await client.open(greet);
  const told = client.next(greet);
  await client.open('schemas/common.schema.yaml', '$defs:\n  Other: { type: string, maxLength: 3 }\n');
  expect((await told).map(({ code }) => code)).toContain('schema/unresolved-ref');
});

test('a file that another program changes is looked at again', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  await client.open('capstan.yaml');
  project.edit(greet, '{{fence name', '{{fence nmae');
  const told = client.next(greet);
  await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri(greet), type: 2 }] });
  expect((await told).map(({ code }) => code)).toEqual(['template/unknown-property']);
});

// -- completion

test('names of the input complete a tag, the helpers follow', async () => {
  const labels = await labelsAt('Hello {{‸');
  expect(labels.slice(0, 5)).toEqual(['name', 'note', 'tone', 'friends', 'letter']);
  expect(labels).toEqual(expect.arrayContaining(['fence', 'json', 'default']));
});

test('a path completes with the names of its object', async () => {
  expect(await labelsAt('{{fence letter.‸ tag="letter"}}')).toEqual(['subject']);
});

test('inside a loop the item comes first, then what the block names, then the loop, then the input', async () => {
  const labels = await labelsAt('{{#each friends as |friend|}}{{‸');
  expect(labels.slice(0, 6)).toEqual(['nick', 'friend', '@index', '@key', '@first', '@last']);
  expect(labels).toContain('@root.letter');
  expect(await labelsAt('{{#each friends as |friend|}}{{friend.‸}}{{/each}}')).toEqual(['nick']);
});

test('after #, > and inside a call: blocks, partials, options', async () => {
  expect(await labelsAt('{{#‸')).toEqual(['if', 'unless', 'each', 'with']);
  expect(await labelsAt('{{> ‸')).toEqual(['manners']);
  expect(await labelsAt('{{fence name ‸')).toEqual(expect.arrayContaining(['tag=', 'name']));
});

test('the item says its type and description, and replaces what is typed so far', async () => {
  const { client, position } = await withText(capability('{{fence na‸me tag="x"}}'));
  const item = (await client.complete(greet, position)).find(({ label }) => label === 'name');
  expect(item).toMatchObject({
    detail: 'text',
    documentation: 'Who is greeted.',
    textEdit: {
      newText: 'name',
      range: {
        start: { line: position.line, character: position.character - 2 },
        end: { line: position.line, character: position.character + 2 },
      },
    },
  });
});

test('in YAML: shared schemas, tiers and examples', async () => {
  const ref = await withText(capability('Hi.', '    extra: { $ref: "‸" }'));
  expect((await ref.client.complete(greet, ref.position)).map(({ label }) => label)).toContain(
    'schema:common#/$defs/Tone',
  );
  const tier = await withText(`${capability('Hi.')}tiers:\n  default: ‸\n`);
  expect((await tier.client.complete(greet, tier.position)).map(({ label }) => label)).toEqual([
    'economy',
    'standard',
  ]);
  const use = await withText(
    `${capability('Hi.')}examples:\n  - name: ada\n    input: {}\ntests:\n  - name: a\n    level: render\n    use: ‸\n`,
  );
  expect((await use.client.complete(greet, use.position)).map(({ label }) => label)).toEqual(['ada']);
});

// -- hover and definition

test.each([
  ['{{fence na‸me tag="x"}}', 'name: text', 'Who is greeted.'],
  ['{{#each friends}}{{fence ni‸ck tag="x"}}{{/each}}', 'nick: text', 'What friends call them.'],
  ['{{fence letter.sub‸ject tag="x"}}', 'letter.subject: text', 'What it is about.'],
  ['{{#if note}}{{fence no‸te tag="x"}}{{/if}}', 'note: text', ''],
  ['{{default no‸te "-"}}', 'note: text (may be absent)', ''],
  ['{{to‸ne}}', 'tone: "friendly" | "formal"', 'How it sounds.'],
  ['{{#each fri‸ends}}.{{/each}}', 'friends: list of map with nick', ''],
  ['{{fen‸ce name tag="x"}}', 'fence value tag=…', 'Prints a value between tags'],
  ['{{> man‸ners}}', 'partials/manners.hbs', 'Text between name tags'],
])('hover over %s', async (template, head, words) => {
  const { client, position } = await withText(capability(template));
  const contents = JSON.stringify((await client.hover(greet, position))?.contents);
  expect(JSON.parse(contents)).toMatchObject({ kind: 'markdown' });
  expect((JSON.parse(contents) as { value: string }).value).toContain(head);
  expect((JSON.parse(contents) as { value: string }).value).toContain(words);
});

test('text outside of tags says nothing', async () => {
  const { client, position } = await withText(capability('Hel‸lo {{name}}'));
  expect(await client.hover(greet, position)).toBeNull();
});

test.each([
  ['{{fence na‸me tag="x"}}', greet, 7],
  ['{{fence letter.subj‸ect tag="x"}}', greet, 22],
  ['{{#each friends}}{{fence ni‸ck tag="x"}}{{/each}}', greet, 17],
  ['{{> man‸ners}}', manners, 0],
])('the definition of %s', async (template, path, line) => {
  const { client, position } = await withText(capability(template));
  expect(await client.define(greet, position)).toMatchObject({
    uri: client.uri(path),
    range: { start: { line } },
  });
});

test('the definitions of a schema and of a tier', async () => {
  const ref = await withText(capability('Hi.').replace('$defs/Tone', '$defs/To‸ne'));
  expect(await ref.client.define(greet, ref.position)).toMatchObject({
    uri: ref.client.uri('schemas/common.schema.yaml'),
    range: { start: { line: 1, character: 2 } },
  });
  const tier = await withText(`${capability('Hi.')}tiers:\n  default: stan‸dard\n`);
  expect(await tier.client.define(greet, tier.position)).toMatchObject({
    uri: tier.client.uri('capstan.yaml'),
    range: { start: { line: 26 } },
  });
});

test('a partial knows the names of its callers', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  await client.open(greet);
  const { text, position } = cursorIn('Be kind to {{‸');
  await client.open(manners, text);
  expect((await client.complete(manners, position)).map(({ label }) => label).slice(0, 2)).toEqual([
    'name',
    'tone',
  ]);
});

// -- actions

test('a fix is offered at its finding, and mends it', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  const broken = project.read(greet).replace('kind: Capability', 'kind: Capabilty');
  await client.open(greet, broken);
  const actions = await client.actions(greet, { line: 1, character: 8 });
  const fix = actions.find(({ kind }) => kind === 'quickfix');
  expect(fix).toMatchObject({ isPreferred: true, diagnostics: [{ code: 'declaration/unknown-kind' }] });
  const [edit] = fix?.edit?.changes?.[client.uri(greet)] ?? [];
  const line = broken.split('\n')[1] ?? '';
  const mended =
    line.slice(0, edit?.range.start.character) + edit?.newText + line.slice(edit?.range.end.character);
  expect(mended).toBe('kind: Capability');
  expect(actions.map(({ kind }) => kind)).toContain('source.fixAll.capstan');
});

test('formatting is that of `capstan fmt`', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  const good = project.read(greet);
  await client.open(
    greet,
    good.replace('  name: greet\n  version: 1.0.0\n', '  version: 1.0.0\n  name: greet\n'),
  );
  expect(await client.format(greet)).toMatchObject([{ newText: good }]);
  await client.type(greet, good);
  expect(await client.format(greet)).toEqual([]);
});

test('documents outside of any project, and nonsense positions, are no trouble', async () => {
  const project = sampleProject();
  const client = await startClient(project);
  await client.open(greet);
  expect(await client.hover('../elsewhere.cap.yaml', { line: 0, character: 0 })).toBeNull();
  expect(await client.hover(greet, { line: 9999, character: 9999 })).toBeNull();
  expect(await client.complete(greet, { line: 9999, character: 0 })).toEqual([]);
  expect(await client.stop()).toBe(0);
});
