// Every fault of a provider, on every surface, as it is observed: what the caller gets, how often the provider was called,
// and what the books say. Prints a Markdown table. Run: npm run faults
import { startFakeUpstream } from '../support/fake-upstream.ts';
import {
  answers,
  answersForeignJson,
  answersGarbage,
  answersHalf,
  answersHtml,
  answersNothing,
  cutsStream,
  fails,
  failsHalfway,
  forgetsToFinish,
  resetsConnection,
  stallsAfter,
  staysSilent,
} from '../support/fake-upstream.ts';
import type { Behaviour } from '../support/fake-upstream.ts';
import { post } from '../support/call-server.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';

const input = { document: 'Sales rose by 4%.' };
const messages = [{ role: 'user', content: input.document }];

const surfaces: readonly (readonly [name: string, path: string, body: object])[] = [
  ['capability', '/v1/capabilities/summarize', { input }],
  ['capability, events', '/v1/capabilities/summarize', { input, stream: true }],
  ['relay', '/v1/chat/completions', { model: 'upstream/large', messages }],
  ['relay, stream', '/v1/chat/completions', { model: 'upstream/large', messages, stream: true }],
];

const pieces = ['{"summary":', '"Sales'];
const faults: readonly (readonly [name: string, behaviour: Behaviour])[] = [
  ['none', answers('{"summary":"Sales rose.","points":["4%"]}')],
  ['400', fails(400)],
  ['401', fails(401)],
  ['402', fails(402)],
  ['403', fails(403)],
  ['404', fails(404)],
  ['413', fails(413)],
  ['422', fails(422)],
  ['429', fails(429)],
  ['429, Retry-After: 60', fails(429, { headers: { 'retry-after': '60' } })],
  ['500', fails(500)],
  ['503', fails(503)],
  ['529', fails(529)],
  ['connection reset', resetsConnection],
  ['HTML with 200', answersHtml()],
  ['garbage', answersGarbage],
  ['foreign JSON', answersForeignJson],
  ['empty body', answersNothing],
  ['half a body', answersHalf],
  ['invalid output', answers('{"summary":5}')],
  ['prose', answers('I would rather not.')],
  ['silent', staysSilent],
  ['stream cut before content', cutsStream([])],
  ['stream cut after content', cutsStream(pieces)],
  ['stream without end', forgetsToFinish(pieces)],
  ['error inside the stream', failsHalfway(pieces)],
  ['stream that stalls', stallsAfter(pieces)],
];

/** Status, code, calls of the provider, and outcome of the one record with those of its attempts. */
async function observe(behaviour: Behaviour, path: string, body: object): Promise<string> {
  const upstream = await startFakeUpstream();
  upstream.always(behaviour);
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, timeoutMs: 300, retryAttempts: 2 });
  const summarize = snapshot.capabilities['summarize@1'];
  if (summarize === undefined) throw new Error('the sample has summarize');
  const policies = { ...summarize.policies, repair: { maxAttempts: 1 } };
  const server = await startServer(
    { ...snapshot, capabilities: { 'summarize@1': { ...summarize, policies } } },
    { runtimeLimits: { backoffMs: 1, idleMs: 150 } },
  );
  const response = await post(server, path, body);
  const chunks: string[] = [];
  let isCut = false;
  try {
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) chunks.push(text);
  } catch {
    isCut = true;
  }
  const [, code = '–'] = /"error":\{.*?"code":(?:"(\w+)"|null)/.exec(chunks.join('')) ?? [];
  while (server.app.traffic.inFlight > 0) await server.nextEntry();
  const records = server.usage();
  const attempts = records.flatMap((record) => record.attempts.map(({ outcome }) => outcome)).join(' ');
  const outcomes = records.map(({ outcome }) => outcome).join(' ');
  const observed = `${response.status}${isCut ? ' (cut)' : ''} ${code}; ${upstream.received.length} calls; ${outcomes}: ${attempts}`;
  await server.close();
  await upstream.close();
  return observed;
}

process.stdout.write(
  `| fault | ${surfaces.map(([name]) => name).join(' | ')} |\n| --- |${' --- |'.repeat(surfaces.length)}\n`,
);
for (const [name, behaviour] of faults) {
  const cells: string[] = [];
  for (const [, path, body] of surfaces) cells.push(await observe(behaviour, path, body));
  process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`);
}
