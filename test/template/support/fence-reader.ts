// Reads text the way a model might that takes care of nothing: where does it see a tag of a fence? Written without regular
// expressions, so that it shares no mistake with the helper that neutralises tags.

const ignorable = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]$/u;

/** Whether the text seems to open or close `tag`, however it is cased, spaced or widened. */
export function showsTag(text: string, tag: string): boolean {
  const characters = [...text].map((character) => character.normalize('NFKC').toLowerCase());
  return characters.some((character, at) => character === '<' && readsTag(characters, at + 1, tag));
}

function readsTag(characters: readonly string[], start: number, tag: string): boolean {
  let at = skipIgnorable(characters, start);
  while (characters[at] === '/' || characters[at] === '\\') at = skipIgnorable(characters, at + 1);
  for (const [index, letter] of [...tag].entries()) {
    if (index > 0) at = skipIgnorable(characters, at);
    if (characters[at] !== letter) return false;
    at += 1;
  }
  // `<textual>` is another word.
  return !/^[a-z0-9_]$/.test(characters[at] ?? '');
}

function skipIgnorable(characters: readonly string[], start: number): number {
  let at = start;
  while (at < characters.length && ignorable.test(characters[at] ?? '')) at += 1;
  return at;
}
