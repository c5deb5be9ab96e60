// What the process that was started and its workers say to each other. A Snapshot is data, so it can be said.

import type { Snapshot } from '../registry/snapshot.ts';
import type { Where } from './serve-snapshot.ts';

export type ToWorker =
  | { readonly kind: 'serve'; readonly snapshot: Snapshot; readonly where: Where; readonly color: boolean }
  | { readonly kind: 'prepare'; readonly snapshot: Snapshot }
  | { readonly kind: 'swap' }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'done' }
  /** `isUsage`: what the person at the command line can mend. */
  | { readonly kind: 'failed'; readonly message: string; readonly isUsage: boolean };
