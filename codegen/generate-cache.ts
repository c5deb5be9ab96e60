// Remembers printed pieces of generated code by everything they were made from, so that a hit is always right.

export interface GenerateCache {
  get(key: string): string | undefined;
  set(key: string, text: string): void;
}

/** Two declarations a capability: room for some thousands of capabilities. */
const entriesMax = 10_000;

/** Makes a cache that forgets what was used longest ago. */
export function createGenerateCache(): GenerateCache {
  const entries = new Map<string, string>();
  return {
    get(key) {
      const text = entries.get(key);
      if (text === undefined) return undefined;
      entries.delete(key);
      entries.set(key, text);
      return text;
    },
    set(key, text) {
      entries.set(key, text);
      if (entries.size <= entriesMax) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
