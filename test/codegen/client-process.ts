// A program that uses a generated client, run by Node itself and nothing else: types are stripped, not compiled. It does the
// steps that its parent names, one after the other, and reports what it saw. Arguments: the generated file, the server's URL.
import type * as runtime from '../../src/client/index.ts';
import type { CapabilityMethod, ClientOptions } from '../../src/client/index.ts';

interface Summary {
  readonly summary: string;
  readonly points: readonly string[];
}

interface GeneratedClient {
  readonly summarize: CapabilityMethod<{ document: string; maxPoints?: number }, Summary>;
  readonly title: CapabilityMethod<{ document: string }, string>;
  readonly titleV2: CapabilityMethod<{ document: string }, string>;
}

/** What the generated file exports, the runtime embedded. */
type Generated = typeof runtime & { createClient(options?: ClientOptions): GeneratedClient };

const [generatedPath = '', baseUrl = ''] = process.argv.slice(2);
const generated = (await import(generatedPath)) as Generated;
const client = generated.createClient({ baseUrl });
const document = 'Sales rose by 4%. Costs fell by 2%.';

/** What is told of a failure: its class by `instanceof`, and its fields. */
async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return 'no failure';
  } catch (error) {
    if (!(error instanceof generated.CapstanError)) return `foreign: ${String(error)}`;
    const classes = Object.entries(generated).filter(
      ([name, value]) => name.endsWith('Error') && error instanceof (value as typeof runtime.CapstanError),
    );
    const { code, status, invocation, violations, retryAfterSeconds } = error;
    return {
      classes: classes.map(([name]) => name).toSorted(),
      code,
      status,
      hasInvocation: invocation !== undefined,
      violations: violations.map(({ pointer, keyword }) => `${pointer} ${keyword}`),
      retryAfterSeconds,
    };
  }
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const steps: { readonly [name: string]: () => Promise<unknown> } = {
  async whole() {
    const { output, invocation } = await client.summarize({ document });
    const { capability, model, tier, usage, attempts, cached } = invocation;
    return { output, invocation: { capability, model, tier, usage, attempts: attempts.length, cached } };
  },
  async majors() {
    const [first, second] = [await client.title({ document }), await client.titleV2({ document })];
    return [first.invocation.capability, second.invocation.capability, first.output];
  },
  async options() {
    const sent: { idempotencyKey: string | null; authorization: string | null; body: unknown }[] = [];
    const overheard = generated.createClient({
      baseUrl,
      apiKey: 'anything',
      fetch(url, init) {
        const headers = new Headers(init.headers);
        sent.push({
          idempotencyKey: headers.get('idempotency-key'),
          authorization: headers.get('authorization'),
          body: JSON.parse(String(init.body)),
        });
        return fetch(url, init);
      },
    });
    const options = { tier: 'economy', metadata: { team: 'a' }, idempotencyKey: 'once', timeoutMs: 5_000 };
    const { invocation } = await overheard.title({ document }, options);
    return { sent, tier: invocation.tier };
  },
  async streamed() {
    const stream = client.summarize.stream({ document });
    const partials = await allOf(stream);
    const { output, invocation } = await stream.result;
    return { partials, output, model: invocation.model };
  },
  async streamedText() {
    return allOf(client.titleV2.stream({ document }));
  },
  async resultOnly() {
    return (await client.summarize.stream({ document }).result).output;
  },
  aborted: () => failureOf(() => client.title({ document }, { signal: AbortSignal.timeout(50) })),
  abortedBefore: () => failureOf(() => client.title({ document }, { signal: AbortSignal.abort() })),
  async abortedStream() {
    const controller = new AbortController();
    const stream = client.titleV2.stream({ document }, { signal: controller.signal });
    const seen: unknown[] = [];
    const failure = await failureOf(async () => {
      for await (const partial of stream) {
        seen.push(partial);
        controller.abort();
      }
    });
    return { seen, failure, result: await failureOf(() => stream.result) };
  },
  async leftEarly() {
    const stream = client.titleV2.stream({ document });
    for await (const _partial of stream) break;
    return failureOf(() => stream.result);
  },
  tooSlow: () => failureOf(() => client.title({ document }, { timeoutMs: 50 })),
  invalidInput: () => failureOf(() => client.summarize({ document: '', maxPoints: 99 })),
  invalidInputStreamed: () => failureOf(() => allOf(client.summarize.stream({ document: '' }))),
  title: () => failureOf(() => client.title({ document })),
  titleStreamed: () => failureOf(() => allOf(client.titleV2.stream({ document }))),
  summarize: () => failureOf(() => client.summarize({ document })),
  notOffered: () => failureOf(() => client.title({ document }, { tier: 'platinum' })),
  unreachable() {
    // Nothing listens on the port of "discard".
    const nowhere = generated.createClient({ baseUrl: 'http://127.0.0.1:9' });
    return failureOf(() => nowhere.title({ document }));
  },
  notCapstan() {
    const html = () =>
      Promise.resolve(new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } }));
    return failureOf(() => generated.createClient({ baseUrl, fetch: html }).title({ document }));
  },
  tooMany() {
    const busy = () =>
      Promise.resolve(
        new Response('{"error":{"code":"rate_limited","message":"Slow down."}}', {
          status: 429,
          headers: { 'retry-after': '7' },
        }),
      );
    return failureOf(() => generated.createClient({ baseUrl, fetch: busy }).title({ document }));
  },
  newerCode() {
    const newer = () =>
      Promise.resolve(
        new Response('{"error":{"code":"not_invented_yet","message":"New."}}', { status: 418 }),
      );
    return failureOf(() => generated.createClient({ baseUrl, fetch: newer }).title({ document }));
  },
};

process.on('message', (name: string) => {
  const step = steps[name] ?? (() => Promise.reject(new Error(`no step ${name}`)));
  void step().then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.({ value: 'ready' });
