// The TypeScript target: one file with a typed method per capability. Names and types are decided in client-view.ts,
// written down in print-client.ts.

import type { Snapshot } from '../../src/registry/snapshot.ts';
import type { EmitOptions, GeneratedFile, Target } from '../target.ts';
import { viewClient } from './client-view.ts';
import { printClient } from './print-client.ts';

export const typescriptTarget: Target = {
  name: 'typescript',
  out: 'generated/typescript',
  runtime: 'src/client/index.ts',
  emit: emitTypescript,
};

async function emitTypescript(snapshot: Snapshot, options: EmitOptions): Promise<readonly GeneratedFile[]> {
  const view = await viewClient(snapshot, options.cache);
  return [{ path: 'index.ts', text: printClient(view, runtimeOf(options)) }];
}

/** The client's source text when it is to be embedded, else nothing. */
function runtimeOf({ client, clientSource }: EmitOptions): string | undefined {
  if (client !== 'embedded') return undefined;
  if (clientSource === undefined)
    throw new Error('An embedded client needs the text of src/client/index.ts.');
  return clientSource.replaceAll('\r\n', '\n');
}
