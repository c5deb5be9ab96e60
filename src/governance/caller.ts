// Who is asking. A caller is known by the name of its key; the key's text never travels past `authenticate`.

export interface Caller {
  readonly name: string;
  readonly team?: string;
}

/** Everybody, where the server is open: development, or loopback without keys. */
export const openCaller: Caller = Object.freeze({ name: 'anonymous' });
