// The Python target: a package with the client and its types, and the runtime it stands on. Standard library only.

import type { Snapshot } from '../../src/registry/snapshot.ts';
import type { EmitOptions, GeneratedFile, Target } from '../target.ts';
import { viewPackage } from './package-view.ts';
import { generatedMark, printPackage } from './print-package.ts';

export const pythonTarget: Target = {
  name: 'python',
  out: 'generated/capstan_client',
  runtime: 'codegen/python/runtime.py',
  emit: (snapshot, options) => Promise.resolve(emitPython(snapshot, options)),
};

function emitPython(snapshot: Snapshot, { clientSource }: EmitOptions): readonly GeneratedFile[] {
  if (clientSource === undefined)
    throw new Error(`A Python client needs the text of ${pythonTarget.runtime}.`);
  return [
    { path: '__init__.py', text: printPackage(viewPackage(snapshot)) },
    { path: 'runtime.py', text: `${generatedMark}\n${clientSource.replaceAll('\r\n', '\n')}` },
    // Tells type checkers that the package has types of its own (PEP 561).
    { path: 'py.typed', text: `${generatedMark}\n` },
  ];
}
