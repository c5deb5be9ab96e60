// A map that forgets: at most so many entries and so many bytes, the ones not used for longest go first.

export interface BoundedMapLimits {
  readonly entries: number;
  /** Over all entries, as `set` was told; default: not counted. */
  readonly bytes?: number;
}

export interface BoundedMap<Value> {
  readonly size: number;
  readonly bytes: number;
  /** Finding an entry counts as using it. */
  get(key: string): Value | undefined;
  /** An entry larger than the whole map is not kept. */
  set(key: string, value: Value, bytes?: number): void;
  delete(key: string): void;
  values(): IterableIterator<Value>;
}

export function createBoundedMap<Value>(limits: BoundedMapLimits): BoundedMap<Value> {
  const bytesMax = limits.bytes ?? Infinity;
  /** A Map keeps the order of insertion, so the first key is the one not used for longest. */
  const entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  /** The key at the end of them, as far as that is known: what is used again and again need not be moved there. */
  let newest: string | undefined;
  let total = 0;

  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    total -= entry.bytes;
  };
  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return total;
    },
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (key !== newest) {
        entries.delete(key);
        entries.set(key, entry);
        newest = key;
      }
      return entry.value;
    },
    set(key, value, bytes = 0) {
      remove(key);
      if (bytes > bytesMax) return;
      entries.set(key, { value, bytes });
      newest = key;
      total += bytes;
      if (entries.size <= limits.entries && total <= bytesMax) return;
      for (const [oldest] of entries) {
        if (entries.size <= limits.entries && total <= bytesMax) return;
        remove(oldest);
      }
    },
    delete: remove,
    *values() {
      for (const { value } of entries.values()) yield value;
    },
  };
}
