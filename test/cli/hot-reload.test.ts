// No request is ever answered from a mixed state: callers hammer the server while hundreds of saves go live, and every
// answer fits the very revision that it names.
import { expect, test } from 'vitest';
import { createDevSession } from '../../src/cli/dev-session.ts';
import { startRuntime } from '../../src/cli/start-runtime.ts';
import { createMemoryLedger } from '../../src/usage/memory-ledger.ts';
import { startServer } from '../../src/cli/start-server.ts';
import { sampleProject } from './sample-project.ts';

const greet = 'capabilities/greet.cap.yaml';
const editsCount = 300;
const callersCount = 8;

interface Answer {
  readonly output: Readonly<Record<string, unknown>>;
  readonly invocation: { readonly revision: string; readonly snapshot: string };
}

test('under hundreds of edits every answer fits the revision that it names', async () => {
  const project = sampleProject();
  const good = project.read(greet);
  const session = createDevSession(project.root);
  /** Revision of the capability → the one property that its output has; and revision of the Snapshot → of both. */
  const properties = new Map<string, string>();
  const snapshots = new Map<string, string>();

  const save = (count: number): void => {
    const property = `answer${count}`;
    project.write(greet, good.replaceAll('greeting', property));
    expect(session.update(new Set([greet])).outcome).toBe('live');
    const serving = session.registry?.current;
    const revision = serving?.capabilities['greet@1']?.revision ?? '';
    properties.set(revision, property);
    snapshots.set(serving?.revision ?? '', revision);
  };
  save(0);
  if (session.registry === undefined) throw new Error('nothing serves');

  const { runtime, close } = startRuntime(session.registry, {}, createMemoryLedger());
  const server = await startServer({ runtime, access: 'open', host: '127.0.0.1', port: 0 });
  let saving = true;
  const answers: Answer[] = [];
  const keepCalling = async (): Promise<void> => {
    while (saving) {
      const response = await fetch(`${server.url}/v1/capabilities/greet`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"input":{"name":"Ada"}}',
      });
      expect(response.status).toBe(200);
      answers.push((await response.json()) as Answer);
    }
  };
  try {
    const callers = Array.from({ length: callersCount }, keepCalling);
    for (let count = 1; count <= editsCount; count += 1) {
      save(count);
      if (count % 10 === 0) {
        project.write(greet, 'metadata: [');
        expect(session.update(new Set([greet])).outcome).toBe('kept');
      }
      // Lets the callers in between two saves.
      await new Promise(setImmediate);
    }
    saving = false;
    await Promise.all(callers);
  } finally {
    saving = false;
    await server.close();
    await close();
  }

  expect(answers.length).toBeGreaterThan(editsCount / 10);
  for (const { output, invocation } of answers) {
    expect(Object.keys(output)).toEqual([properties.get(invocation.revision)]);
    expect(snapshots.get(invocation.snapshot)).toBe(invocation.revision);
  }
  expect(new Set(answers.map(({ invocation }) => invocation.revision)).size).toBeGreaterThan(10);
});
