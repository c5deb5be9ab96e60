// What a codegen target is: a pure function from a Snapshot to files. Writing them to disk is workspace/.

import type { Snapshot } from '../src/registry/snapshot.ts';
import type { GenerateCache } from './generate-cache.ts';

/** `path` is relative to the target's `out` folder and uses `/`; `text` ends with a newline and has no CR. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export interface EmitOptions {
  /** `package` (default) imports `capstan/client`; `embedded` writes its code into the generated file. */
  readonly client?: 'package' | 'embedded';
  /** The text of the target's `runtime`; for TypeScript needed with `embedded` only. */
  readonly clientSource?: string;
  /** Keeps what did not change between two generations of one process. */
  readonly cache?: GenerateCache;
}

/** Same Snapshot and options, same bytes: no time stamps, no order but the Snapshot's. */
export interface Target {
  readonly name: string;
  /** Where its files go, for who has no better place; a file when there is only one. */
  readonly out: string;
  /** Of the client that its code stands on: a file of this package, whose text `emit` is given where it is needed. */
  readonly runtime?: string;
  emit(snapshot: Snapshot, options: EmitOptions): Promise<readonly GeneratedFile[]>;
}
