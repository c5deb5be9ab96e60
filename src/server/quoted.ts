// A caller's own word in a message of ours: short, and without control characters.

const QUOTED_CHARACTERS = 80;

export function quoted(word: string): string {
  const short = word.length > QUOTED_CHARACTERS ? `${word.slice(0, QUOTED_CHARACTERS)}…` : word;
  return JSON.stringify(short.replaceAll(/\p{Cc}/gu, '�'));
}
