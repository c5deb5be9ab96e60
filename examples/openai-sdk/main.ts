// Capabilities through OpenAI's own package: a capability is called like a model. Start the server first (`npm start`),
// then: node examples/openai-sdk/main.ts
// CAPSTAN_URL names another server, CAPSTAN_API_KEY the key that it may ask for.

import OpenAI, { BadRequestError } from 'openai';

const openai = new OpenAI({
  baseURL: `${process.env['CAPSTAN_URL'] ?? 'http://127.0.0.1:4700'}/v1`,
  apiKey: process.env['CAPSTAN_API_KEY'] ?? 'none in development',
});

await listed();
await whole();
await streamed();
await refused();

/** Everything that `model` may name: capabilities, tiers, aliases and models. */
async function listed(): Promise<void> {
  const names: string[] = [];
  for await (const { id } of openai.models.list()) names.push(id);
  console.log('models   ', names.slice(0, 6).join(', '), '…');
}

/** Plain text fills the one text of the input; `@1` keeps to a major version, `:economy` picks a tier. */
async function whole(): Promise<void> {
  const reply = await openai.chat.completions.create({
    model: 'summarize@1:economy',
    messages: [{ role: 'user', content: 'Rents rose 4% last year. Wages rose 2%.' }],
  });
  console.log('answer   ', reply.choices[0]?.message.content);
}

/** A JSON object is the whole input. */
async function streamed(): Promise<void> {
  const input = { text: 'Good morning!', to: 'de', formality: 'formal' };
  const stream = await openai.chat.completions.create({
    model: 'translate',
    messages: [{ role: 'user', content: JSON.stringify(input) }],
    stream: true,
  });
  let pieces = 0;
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) pieces += 1;
  console.log('streamed ', pieces > 0 ? 'in pieces' : 'nothing');
}

/** What does not fit the contract is refused before any model is asked. */
async function refused(): Promise<void> {
  try {
    await openai.chat.completions.create({
      model: 'translate',
      messages: [{ role: 'user', content: JSON.stringify({ text: 'Hello', to: 'Klingon' }) }],
    });
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error;
    console.log('refused  ', error.code, error.status);
  }
}
