// What stands between the callers and the provider, each with the words that it wants to be asked in.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { hasNginx, startNginx } from './nginx.ts';
import { portkey } from './options.ts';
import { startRole } from './processes.ts';
import type { Started } from './processes.ts';
import { KEY } from './provider.ts';
import { requestBytes } from './wire.ts';

export type Kind = 'small' | 'large' | 'stream' | 'capability';

export interface Gateway {
  readonly name: string;
  readonly url: string;
  /** Its errors are told, and do not end the measurement. */
  readonly isAnothers: boolean;
  /** Not there for what has no process of its own. */
  readonly used?: Started['used'];
  readonly stop: () => Promise<void>;
  /** Undefined for what it does not answer. */
  readonly request: (kind: Kind) => Buffer | undefined;
}

const question = 'Sales rose by four percent in the third quarter. '.repeat(12);
const chat = (content: string, stream: object = {}): string =>
  JSON.stringify({ model: 'large', ...stream, messages: [{ role: 'user', content }] });
const bodies: Readonly<Record<Kind, string>> = {
  small: chat(question),
  large: chat(question.repeat(170)),
  stream: chat(question, { stream: true }),
  capability: JSON.stringify({ input: { document: question } }),
};
const authorization = `authorization: Bearer ${KEY}`;

/** All that are installed. */
export async function startGateways(upstream: string): Promise<Gateway[]> {
  const gateways = [
    anyGateway('proxy', await startRole('proxy', upstream, 'inherit')),
    capstanGateway('capstan', await startRole('capstan', upstream, 'inherit')),
  ];
  if (hasNginx) gateways.push({ ...anyGateway('nginx', await startNginx(upstream)), isAnothers: true });
  const entry = resolve(portkey, 'build/start-server.js');
  if (!existsSync(entry)) return gateways;
  const headers = ['x-portkey-provider: openai', `x-portkey-custom-host: ${upstream}`];
  // It prints a trace for each error; what it answered is told by what asked it.
  const started = await startRole('portkey', entry, 'ignore');
  return [...gateways, { ...anyGateway('portkey', started, headers), isAnothers: true }];
}

/** No gateway: what callers wait for when they ask the provider itself. Nothing of its own is counted. */
export function directGateway(upstream: string): Gateway {
  const url = new URL(upstream).origin;
  return {
    name: 'direct',
    url,
    isAnothers: false,
    stop: async () => {},
    request: (kind) => requestTo(url, kind),
  };
}

export function capstanGateway(name: string, started: Started): Gateway {
  const capability = requestBytes(
    started.url,
    '/v1/capabilities/summarize',
    [authorization],
    bodies.capability,
  );
  const asked = anyGateway(name, started);
  return { ...asked, request: (kind) => (kind === 'capability' ? capability : asked.request(kind)) };
}

function anyGateway(name: string, started: Started, headers: readonly string[] = []): Gateway {
  return { name, ...started, isAnothers: false, request: (kind) => requestTo(started.url, kind, headers) };
}

function requestTo(url: string, kind: Kind, headers: readonly string[] = []): Buffer | undefined {
  if (kind === 'capability') return undefined;
  return requestBytes(url, '/v1/chat/completions', [authorization, ...headers], bodies[kind]);
}
