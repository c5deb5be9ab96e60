// The provider that all gateways of the bench ask: one canned answer, one canned stream. It runs in the bench's own process.
import { startProvider } from './wire.ts';

/** What callers show to a gateway, and what a gateway that passes on one key shows to the provider. */
export const KEY = 'key-of-the-bench';

const WORDS = 100;
const PACE_MS = 20;

const answer = { summary: 'Sales rose by four percent.', points: ['Sales rose.', 'Costs fell.'] };
const whole = {
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'large',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: JSON.stringify(answer), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 200, completion_tokens: 30, total_tokens: 230 },
};

const events: readonly Buffer[] = [
  ...Array.from({ length: WORDS }, (_, index) => chunkOf({ content: `word ${index} ` }, null)),
  chunkOf({}, 'stop'),
  Buffer.from('data: [DONE]\n\n'),
];

export const EVENTS_PER_STREAM = events.length;
/** What a stream holds when no event of it was lost, added or altered. */
export const STREAM: Buffer = Buffer.concat(events);

/** Resolves with the base URL. */
export function startBenchProvider(): Promise<string> {
  return startProvider({ whole: Buffer.from(JSON.stringify(whole)), events, paceMs: PACE_MS });
}

function chunkOf(delta: object, finish: string | null): Buffer {
  const chunk = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'large',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
}
