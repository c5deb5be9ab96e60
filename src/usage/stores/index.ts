// Every kind of store there is. Each is loaded when it is opened: a command that needs no database loads none.

import type { UsageStore } from '../usage-store.ts';

export const usageStores = {
  /** `place` is not read. */
  memory: async (_place: string): Promise<UsageStore> => (await import('./memory.ts')).createMemoryStore(),
  /** `place` is a file. */
  sqlite: async (place: string): Promise<UsageStore> => (await import('./sqlite.ts')).openSqliteStore(place),
} as const satisfies Record<string, (place: string) => Promise<UsageStore>>;
