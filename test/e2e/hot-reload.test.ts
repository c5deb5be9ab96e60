// Hundreds of edits under load: every answer comes from exactly one state of the project. The provider shows what it was
// sent; the prompt, a partial, the output schema and a limit of the tier change together with every edit, so an answer
// made of two states would differ in one of them.
import { mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDevSession } from '../../src/cli/dev-session.ts';
import type { DevSession } from '../../src/cli/dev-session.ts';
import { createTransport } from '../../src/providers/transport.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createServer } from '../../src/server/create-server.ts';
import { createMemoryLedger } from '../../src/usage/memory-ledger.ts';
import { answers, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';

const EDITS = 300;
const CALLERS = 8;

let upstream: FakeUpstream;
let root: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.always(answers(({ body }) => JSON.stringify(seenBy(body))));
  root = mkdtempSync(join(tmpdir(), 'capstan-reload-'));
});

afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await upstream.close();
});

/** What the provider was sent, as the numbers of the editions it carries. */
function seenBy(body: Record<string, unknown> | undefined): Record<string, number> {
  const text = JSON.stringify(body?.['messages']);
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? -1);
  return {
    edition: number(/prompt edition (\d+)/),
    partial: number(/partial edition (\d+)/),
    limit: Number(body?.['max_tokens']) - 1_000,
  };
}

function writeEdition(edition: number, options: { readonly broken?: boolean } = {}): void {
  write('capabilities/partials/edition.hbs', `partial edition ${edition}`);
  write(
    'capabilities/echo.cap.yaml',
    `apiVersion: capstan/v1
kind: Capability
metadata: { name: echo, version: 1.0.0, owner: team-test, description: Says which edition it is. }
input:
  type: object
  required: [text]
  properties:
    text: { type: string, description: Any text., maxLength: 100 }
output:
  type: object
  required: [edition, partial, limit]
  properties:
    edition: { type: integer, description: Of the prompt., const: ${edition} }
    partial: { type: integer, description: Of the partial., const: ${edition} }
    limit: { type: integer, description: Of the tier., const: ${edition} }
prompt:
  - role: system
    content: |
      This is prompt edition ${edition}. {{> edition}} ${options.broken === true ? '{{#if text}' : ''}
  - role: user
    content: |
      {{fence text tag="text"}}
tiers:
  default: standard
  offer: { standard: { maxOutputTokens: ${1_000 + edition} } }
`,
  );
}

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

function writeProject(): void {
  write(
    'capstan.yaml',
    `apiVersion: capstan/v1
kind: Project
metadata: { name: reload }
owners: [team-test]
providers:
  upstream: { adapter: openai, baseUrl: '${upstream.baseUrl}', regions: [local], dataClass: restricted }
models:
  upstream/large:
    quality: 0.9
    contextTokens: 100000
    maxOutputTokens: 8000
    features: [structured-output]
    modalities: [text]
tiers:
  standard: { tolerance: 0, prefer: [quality] }
defaults: { tier: standard, timeout: 10s }
`,
  );
}

interface Served {
  readonly url: string;
  close(): Promise<void>;
}

async function serve(session: DevSession): Promise<Served> {
  const { registry } = session;
  if (registry === undefined) throw new Error('the project does not compile');
  const transport = createTransport({ environment: {} });
  let clock = 0;
  const runtime = createRuntime({
    registry,
    transport,
    ledger: createMemoryLedger(),
    now: () => ++clock,
    random: () => 0.5,
  });
  const app = createServer({ runtime, access: 'open' });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    async close() {
      app.server.closeAllConnections();
      await app.close();
      await transport.close();
    },
  };
}

test(`no answer is made of two states during ${EDITS} edits under load; broken edits change nothing`, async () => {
  writeProject();
  writeEdition(0);
  const session = createDevSession(root);
  expect(session.update().diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const server = await serve(session);
  /** Revision of the Snapshot → the edition that it was compiled from. */
  const editionOf = new Map<string, number>();
  const remember = (edition: number): void => {
    editionOf.set(session.registry?.current.revision ?? '', edition);
  };
  remember(0);

  let editing = true;
  let answered = 0;
  const seen = new Set<number>();
  const call = async (stream: boolean): Promise<void> => {
    const response = await fetch(`${server.url}/v1/capabilities/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: { text: 'hello' }, stream }),
    });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    const result = JSON.parse(stream ? (/event: result\ndata: (.*)/.exec(text)?.[1] ?? '{}') : text) as {
      output: { edition: number; partial: number; limit: number };
      invocation: { snapshot: string };
    };
    const edition = editionOf.get(response.headers.get('x-capstan-revision') ?? '');
    expect(result.output).toEqual({ edition, partial: edition, limit: edition });
    expect(editionOf.get(result.invocation.snapshot)).toBe(edition);
    seen.add(result.output.edition);
    answered += 1;
  };
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    while (editing) await call(caller % 2 === 0);
  });

  let broken = 0;
  for (let edition = 1; edition <= EDITS; edition += 1) {
    const isBroken = edition % 7 === 0;
    writeEdition(edition, { broken: isBroken });
    const { outcome } = session.update();
    expect(outcome).toBe(isBroken ? 'kept' : 'live');
    if (isBroken) broken += 1;
    else remember(edition);
    // Let the callers in between the edits, so that calls are on their way during every one.
    const target = answered + 2;
    while (answered < target) await new Promise((resolve) => setImmediate(resolve));
  }
  editing = false;
  await Promise.all(callers);
  await server.close();

  expect(broken).toBeGreaterThan(40);
  expect(seen.size).toBeGreaterThan(EDITS / 2);
  expect(answered).toBeGreaterThan(2 * EDITS);
});
