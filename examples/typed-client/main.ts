// The generated client at work. Start the server first (`npm start`), then: node examples/typed-client/main.ts
// CAPSTAN_URL names another server, CAPSTAN_API_KEY the key that it may ask for.

import {
  CancelledError,
  CapstanError,
  createClient,
  InputInvalidError,
  RateLimitedError,
} from './generated/index.ts';
import type { SummarizeInput } from './generated/index.ts';

const capstan = createClient({
  baseUrl: process.env['CAPSTAN_URL'],
  apiKey: process.env['CAPSTAN_API_KEY'],
});

const input: SummarizeInput = {
  document:
    'Rents rose 4% last year, most of all in the suburbs. Wages rose 2%. Nobody expects a change before spring.',
  maxPoints: 2,
};

await whole();
await streamed();
await invalid();
await cancelled();

/** One call, one validated result. */
async function whole(): Promise<void> {
  const { output, invocation } = await capstan.summarize(input, {
    tier: 'economy',
    metadata: { page: 'news' },
  });
  console.log('summary  ', output.summary);
  for (const { text, citation } of output.points) console.log('point    ', text, citation?.quote ?? '');
  console.log('by       ', `${invocation.model}, ${invocation.latencyMs} ms, tier ${invocation.tier}`);
}

/** The output as it grows; the last one is whole and validated. */
async function streamed(): Promise<void> {
  const stream = capstan.summarize.stream(input);
  let partials = 0;
  for await (const partial of stream) {
    partials += 1;
    if (partials === 1) console.log('at first ', JSON.stringify(partial));
  }
  const { output } = await stream.result;
  console.log('at last  ', `${output.points.length} points after ${partials > 0 ? 'some' : 'no'} partials`);
}

/** Every failure has a class; what does not fit is listed. */
async function invalid(): Promise<void> {
  try {
    await capstan.summarize({ document: '', maxPoints: 99 });
  } catch (error) {
    if (error instanceof InputInvalidError) {
      for (const { pointer, message } of error.violations) console.log('refused  ', `${pointer}: ${message}`);
    } else if (error instanceof RateLimitedError) {
      console.log('later    ', `again in ${error.retryAfterSeconds ?? 1} s`);
    } else if (error instanceof CapstanError) {
      console.log('failed   ', `${error.code}: ${error.message}`);
    } else {
      throw error;
    }
  }
}

/** A signal ends a call, on the server too. */
async function cancelled(): Promise<void> {
  try {
    await capstan.summarize(input, { signal: AbortSignal.abort() });
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    console.log('cancelled', error.message);
  }
}
