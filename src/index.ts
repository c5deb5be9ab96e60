// The package's entry: what it takes to compile a project and to serve it from a program of one's own. Generated
// clients need none of this; their runtime is `capstan/client`.

export { compile, createCompileCache } from './compiler/compile.ts';
export type { Compilation } from './compiler/compile.ts';
export type { Diagnostic, Source } from './diagnostics/diagnostic.ts';
export { printText } from './diagnostics/print-text.ts';
export { CapabilityError } from './errors.ts';
export { createTransport } from './providers/transport.ts';
export { createRegistry } from './registry/registry.ts';
export type { Capability, Snapshot } from './registry/snapshot.ts';
export { prepareSnapshot } from './runtime/prepare.ts';
export { createRuntime } from './runtime/runtime.ts';
export { closeGracefully } from './server/close-gracefully.ts';
export { createServer } from './server/create-server.ts';
export { createMemoryLedger } from './usage/memory-ledger.ts';
export { readSources } from './workspace/read-sources.ts';
export { watchSources } from './workspace/watch-sources.ts';
