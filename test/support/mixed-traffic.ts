// Calls of every kind against one server, most of them in trouble: aborts at any moment, timeouts, bad requests, providers
// that fail. The same seed gives the same calls. What has to hold afterwards is for whoever asks.
import { Agent } from 'undici';
import { fails, failsHalfway, answers, staysSilent, streams, cutsStream } from './fake-upstream.ts';
import type { Behaviour } from './fake-upstream.ts';
import { createRandom } from './random.ts';

export interface MixedTrafficOptions {
  readonly url: string;
  readonly seed: number;
  /** Of all calls, how many are left by their caller at some moment, unless their answer comes before. */
  readonly aborts: number;
}

export interface MixedTraffic {
  /** Makes one call and resolves when nothing more comes of it: its status, or `aborted`, or `cut`. */
  call(): Promise<string>;
  close(): Promise<void>;
}

const pieces = ['The ', 'title ', 'of ', 'this ', 'is ', 'long.'];

/** What the provider does is asked for in the document, so that one upstream serves all calls at once. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  good: (request, response) =>
    request.body?.['stream'] === true
      ? streams(pieces)(request, response)
      : answers(pieces.join(''))(request, response),
  summary: answers('{"summary":"Sales rose.","points":["4%"]}'),
  'invalid-output': answers('{"summary":5}'),
  'fail-500': fails(500),
  'fail-429': fails(429, { headers: { 'retry-after': '0' } }),
  cut: cutsStream(pieces.slice(0, 3)),
  halfway: failsHalfway(pieces.slice(0, 3)),
  silent: staysSilent,
};

export const mixedUpstream: Behaviour = (request, response) => {
  const [, asked = 'good'] = /ask=([\w-]+)/.exec(request.bytes.toString('latin1')) ?? [];
  const isSummary = request.bytes.includes('json_schema');
  const name = asked === 'good' && isSummary ? 'summary' : asked;
  return behaviours[name]?.(request, response);
};

interface Call {
  readonly path: string;
  readonly body: string;
  /** Pieces that a good answer comes in, at least. */
  readonly pieces: number;
}

/** Weights in a hundred. */
const asked: readonly [name: string, weight: number][] = [
  ['good', 70],
  ['invalid-output', 5],
  ['fail-500', 6],
  ['fail-429', 3],
  ['cut', 6],
  ['halfway', 6],
  ['silent', 4],
];

export function createMixedTraffic({ url, seed, aborts }: MixedTrafficOptions): MixedTraffic {
  const random = createRandom(seed);
  // Not `fetch`, which would cost several times what it calls.
  const agent = new Agent({ connections: 128 });
  return {
    close: () => agent.close(),
    async call() {
      const { path, body, pieces: expected } = makeCall(random);
      const controller = new AbortController();
      // Before the answer begins, or after so many pieces of it.
      const abortsAfter = random() < aborts ? Math.floor(random() * expected) : Infinity;
      try {
        const pending = agent.request({
          origin: url,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          signal: controller.signal,
        });
        if (abortsAfter === 0) setImmediate(() => controller.abort());
        const response = await pending;
        let seen = 0;
        for await (const _piece of response.body) {
          seen += 1;
          if (seen >= abortsAfter) controller.abort();
        }
        return String(response.statusCode);
      } catch {
        return controller.signal.aborted ? 'aborted' : 'cut';
      }
    },
  };
}

function makeCall(random: () => number): Call {
  if (random() < 0.12) return badCall(random);
  const document = `ask=${pick(random)} ${'x'.repeat(Math.floor(random() * 500))}`;
  const stream = random() < 0.5;
  const messages = [{ role: 'user', content: document }];
  const models = ['upstream/large', 'auto', 'title', 'summarize'];
  const kind = Math.floor(random() * 6);
  const model = models[kind];
  if (model !== undefined) {
    const body = JSON.stringify({ model, messages, stream });
    return { path: '/v1/chat/completions', body, pieces: stream ? pieces.length : 1 };
  }
  const path = `/v1/capabilities/${kind === 4 ? 'title' : 'summarize'}`;
  return { path, body: JSON.stringify({ input: { document }, stream }), pieces: stream ? pieces.length : 1 };
}

const tooLong = JSON.stringify({ input: { document: 'x'.repeat(120_000) } });

function badCall(random: () => number): Call {
  const bad: readonly Omit<Call, 'pieces'>[] = [
    { path: '/v1/capabilities/title', body: '{"input":' },
    { path: '/v1/capabilities/title', body: '{"input":{}}' },
    { path: '/v1/capabilities/nobody', body: '{"input":{}}' },
    { path: '/v1/capabilities/title', body: `{"input":${'['.repeat(500)}` },
    { path: '/v1/capabilities/title', body: tooLong },
    { path: '/v1/chat/completions', body: '{"model":"title","messages":[]}' },
    { path: '/nowhere', body: '{}' },
  ];
  const { path, body } = bad[Math.floor(random() * bad.length)] ?? { path: '/', body: '' };
  return { path, body, pieces: 1 };
}

function pick(random: () => number): string {
  let left = random() * 100;
  for (const [name, weight] of asked) {
    left -= weight;
    if (left < 0) return name;
  }
  return 'good';
}
