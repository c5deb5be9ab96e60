// What `dev` prints when it is up: something to paste for curl, for the typed client and for OpenAI's SDK.

import type { Capability, Json, Snapshot } from '../registry/snapshot.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Inputs longer than this are not worth pasting into a terminal. */
const pastedInputMax = 400;

export function describeNextSteps(
  snapshot: Snapshot,
  url: string,
  terminal: Pick<Terminal, 'color'>,
): string {
  const keys = Object.keys(snapshot.capabilities);
  const head = `\n${styled(terminal, 'bold', `Capstan serves ${snapshot.project.name} on ${url}`)}\n`;
  const shown = shortestExample(snapshot);
  if (keys.length === 0)
    return `${head}\nNo capabilities yet: \`capstan init capability NAME\` makes one; it serves as soon as it is saved.\n`;
  const listed = `  ${keys.join('  ')}\n`;
  if (shown === undefined)
    return `${head}${listed}\nGET ${url}/v1/capabilities shows what each of them takes.\n`;
  const { capability, input } = shown;
  return [
    head,
    listed,
    section(terminal, 'curl', curl(url, capability, input)),
    ...typedClient(url, snapshot, capability, input, terminal),
    section(
      terminal,
      'OpenAI SDK (any language: base URL and model are all it takes)',
      openaiSdk(url, capability, input),
    ),
    `\nOpenAPI at ${url}/openapi.json, tools for agents (MCP) at ${url}/mcp\n`,
    simulatorNote(snapshot, terminal),
    `\nWatching capstan.yaml, capabilities/, schemas/ and partials/: save to reload, Ctrl-C to stop.\n`,
  ].join('');
}

function section(terminal: Pick<Terminal, 'color'>, title: string, text: string): string {
  return `\n${styled(terminal, 'cyan', title)}\n\n${text.replaceAll(/^(?=.)/gm, '  ')}\n`;
}

function curl(url: string, capability: Capability, input: Json): string {
  const body = JSON.stringify({ input }).replaceAll("'", String.raw`'\''`);
  return `curl -s ${url}/v1/capabilities/${capability.name} -H 'content-type: application/json' \\\n  -d '${body}'`;
}

function typedClient(
  url: string,
  snapshot: Snapshot,
  capability: Capability,
  input: Json,
  terminal: Pick<Terminal, 'color'>,
): readonly string[] {
  const target = snapshot.generate.find((each) => each.target === 'typescript');
  if (target === undefined) return [];
  const call = `const { output } = await client.${methodOf(capability)}(${JSON.stringify(input)});`;
  return [
    section(
      terminal,
      'typed client',
      `import { createClient } from './${target.out.replace(/\/+$/, '')}/index.ts';\nconst client = createClient({ baseUrl: '${url}' });\n${call}\nconsole.log(output);`,
    ),
  ];
}

function openaiSdk(url: string, capability: Capability, input: Json): string {
  const content = JSON.stringify(plainText(capability, input) ?? JSON.stringify(input));
  return `import OpenAI from 'openai';
const openai = new OpenAI({ baseURL: '${url}/v1', apiKey: 'unused' });
const completion = await openai.chat.completions.create({
  model: '${capability.name}',
  messages: [{ role: 'user', content: ${content} }],
});
console.log(completion.choices[0].message.content);`;
}

/** The text alone, when the input holds nothing else. */
function plainText({ textProperty }: Capability, input: Json): string | undefined {
  if (textProperty === undefined || typeof input !== 'object' || input === null) return undefined;
  const [[name, value] = [], ...others] = Object.entries(input);
  return name === textProperty && typeof value === 'string' && others.length === 0 ? value : undefined;
}

/** Nobody should take the simulator's text for a model's. */
function simulatorNote(snapshot: Snapshot, terminal: Pick<Terminal, 'color'>): string {
  const adapters = Object.values(snapshot.providers).map((provider) => provider.adapter);
  if (!adapters.includes('simulator')) return '';
  return `\n${styled(terminal, 'yellow', 'note')}: answers by the provider "simulator" are made from the contract and the input, not by a language model.\n`;
}

/** The example that is shortest to paste, of all capabilities. */
function shortestExample(
  snapshot: Snapshot,
): { readonly capability: Capability; readonly input: Json } | undefined {
  const examples = Object.values(snapshot.capabilities)
    .filter(({ name, key }) => snapshot.latest[name] === key)
    .flatMap((capability) =>
      capability.examples.map(({ input }) => ({ capability, input, length: JSON.stringify(input).length })),
    )
    .filter(({ length }) => length <= pastedInputMax)
    .sort((left, right) => left.length - right.length);
  return examples.find(({ capability }) => capability.name === 'summarize') ?? examples[0];
}

/** As the generator names it, for the highest major of a name. */
function methodOf({ name, major }: Capability): string {
  return `${camelCase(name)}${major > 1 ? `V${major}` : ''}`;
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
