// The demonstration: a server on a free port, three capabilities over real documents, whole and streamed, through the
// generated client and through OpenAI's SDK. Ends with 0 when everything was answered.

import OpenAI from 'openai';
import { resolve } from 'node:path';
import { CapstanError, createClient } from '../typed-client/generated/index.ts';
import type { CapabilityMethod } from '../typed-client/generated/index.ts';
import { readTasks } from './documents.ts';
import type { Task } from './documents.ts';
import { printFacts, printHeading, printInput, printOutput, printTitle, say } from './print.ts';
import { startCapstan } from './start-capstan.ts';

const projectRoot = resolve(import.meta.dirname, '../..');

const capstan = await startCapstan(projectRoot);
const client = createClient({ baseUrl: capstan.url });
const openai = new OpenAI({ baseURL: `${capstan.url}/v1`, apiKey: 'not needed here', maxRetries: 0 });
let answered = 0;
let failed = 0;

try {
  say(`Capstan serves this repository's capabilities on ${capstan.url}.`);
  say(
    'Every answer below comes from the SIMULATOR: it follows the contract and uses words of the input, but it is no',
  );
  say('language model and understands nothing. Keys in your environment are not used.');

  const tasks = readTasks();
  if (tasks.missing !== undefined)
    say(`No public texts at ${tasks.missing}; the repository's own documents are used.`);
  await work('summarize', client.summarize, tasks.summarize);
  await work('extract', client.extract, tasks.extract);
  await work('support-reply', client.supportReplyV2, tasks.supportReply);
  await plainChat();
} finally {
  await capstan.close();
}

printTitle('Done');
say(`${answered} calls answered, ${failed} failed.`);
process.exitCode = failed === 0 ? 0 : 1;

/** Every task four ways; the output is printed once and the other ways are told by what they took. */
async function work<Input, Output, Tier extends string>(
  name: string,
  method: CapabilityMethod<Input, Output, Tier>,
  tasks: readonly Task<Input>[],
): Promise<void> {
  printTitle(name);
  for (const { title, input } of tasks) {
    printHeading(title);
    printInput(input);
    await attempt('typed client', () => callTyped(method, input));
    await attempt('typed client, streamed', () => streamTyped(method, input));
    await attempt('OpenAI SDK', () => callOpenAI(name, input));
    await attempt('OpenAI SDK, streamed', () => streamOpenAI(name, input));
  }
}

async function attempt(way: string, call: () => Promise<string>): Promise<void> {
  try {
    printFacts(way, await call());
    answered += 1;
  } catch (error) {
    failed += 1;
    printFacts(
      way,
      `FAILED: ${error instanceof CapstanError ? `${error.code}: ${error.message}` : String(error)}`,
    );
    if (error instanceof CapstanError)
      for (const { pointer, message } of error.violations) say(`      ${pointer} ${message}`);
  }
}

async function callTyped<Input, Output, Tier extends string>(
  method: CapabilityMethod<Input, Output, Tier>,
  input: Input,
): Promise<string> {
  const { output, invocation } = await method(input);
  printOutput(output);
  const { model, costUsd, latencyMs, usage } = invocation;
  return facts({ model, costUsd, latencyMs, tokens: `${usage.inputTokens} + ${usage.outputTokens} tokens` });
}

async function streamTyped<Input, Output, Tier extends string>(
  method: CapabilityMethod<Input, Output, Tier>,
  input: Input,
): Promise<string> {
  const startedAt = performance.now();
  let firstAt: number | undefined;
  let partials = 0;
  const stream = method.stream(input);
  for await (const _partial of stream) {
    firstAt ??= performance.now();
    partials += 1;
  }
  const { model, costUsd, latencyMs } = (await stream.result).invocation;
  const first = `${partials} partials, the first after ${Math.round((firstAt ?? startedAt) - startedAt)} ms`;
  return facts({ model, costUsd, latencyMs, tokens: first });
}

async function callOpenAI(model: string, input: unknown): Promise<string> {
  const startedAt = performance.now();
  const { data, response } = await openai.chat.completions
    .create({ model, messages: [{ role: 'user', content: JSON.stringify(input) }] })
    .withResponse();
  JSON.parse(data.choices[0]?.message.content ?? '');
  const tokens = `${data.usage?.prompt_tokens ?? '?'} + ${data.usage?.completion_tokens ?? '?'} tokens`;
  return facts({ ...headerFacts(response), latencyMs: performance.now() - startedAt, tokens });
}

async function streamOpenAI(model: string, input: unknown): Promise<string> {
  const startedAt = performance.now();
  const { data, response } = await openai.chat.completions
    .create({ model, messages: [{ role: 'user', content: JSON.stringify(input) }], stream: true })
    .withResponse();
  let text = '';
  let chunks = 0;
  for await (const chunk of data) {
    text += chunk.choices[0]?.delta.content ?? '';
    chunks += 1;
  }
  JSON.parse(text);
  return facts({
    ...headerFacts(response),
    latencyMs: performance.now() - startedAt,
    tokens: `${chunks} chunks`,
  });
}

/** A capability is a model to OpenAI's SDK; the models behind it can be talked to as well. */
async function plainChat(): Promise<void> {
  printTitle('a plain chat');
  const models: string[] = [];
  for await (const { id } of openai.models.list()) models.push(id);
  say(`GET /v1/models lists ${models.length}: ${models.slice(0, 6).join(', ')}, …`);
  await attempt('OpenAI SDK', async () => {
    const startedAt = performance.now();
    const { data, response } = await openai.chat.completions
      .create({ model: 'simulator/large', messages: [{ role: 'user', content: 'Which way is north?' }] })
      .withResponse();
    printOutput(data.choices[0]?.message.content);
    return facts({ ...headerFacts(response), latencyMs: performance.now() - startedAt, tokens: 'relayed' });
  });
}

function headerFacts(response: { readonly headers: Headers }): {
  readonly model: string;
  readonly costUsd: number | undefined;
} {
  const cost = response.headers.get('x-capstan-cost-usd');
  return {
    model: response.headers.get('x-capstan-model') ?? 'model not named',
    costUsd: cost === null ? undefined : Number(cost),
  };
}

interface CallFacts {
  readonly model: string;
  readonly costUsd: number | undefined;
  readonly latencyMs: number;
  readonly tokens: string;
}

function facts({ model, costUsd, latencyMs, tokens }: CallFacts): string {
  const cost = costUsd === undefined ? 'cost not told' : `$${costUsd.toFixed(4)}`;
  return [model, cost, `${Math.round(latencyMs)} ms`, tokens].join(' · ');
}
