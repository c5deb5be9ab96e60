// Lets through the first object or list of a text that comes in pieces, and nothing around it: models like to think aloud
// before their answer and to put it into a code fence. It tells where the value is, not whether it is valid.

export interface JsonRoot {
  /** The part of `piece` that belongs to the value. */
  take(piece: string): string;
  /** All that was let through. */
  readonly text: string;
}

export function createJsonRoot(): JsonRoot {
  const lead = createLead();
  const value = createValue();
  const taken: string[] = [];
  return {
    take(piece) {
      const part = value.take(value.opened ? piece : lead.skip(piece));
      if (part !== '') taken.push(part);
      return part;
    },
    get text() {
      return taken.join('');
    },
  };
}

/** What stands before the value. `skip` gives the rest of a piece in which the value opens, else nothing. */
interface Lead {
  skip(piece: string): string;
}

const REASONING = /^<(?:think|thinking|reasoning|scratchpad)>/;
/** Longer than the longest of these tags: by then it is known whether there is one. */
const TAG_CHARACTERS = 16;

function createLead(): Lead {
  let head: string | undefined = '';
  let closer: string | undefined;
  let tail = '';

  /** The first characters decide whether reasoning precedes the answer; they wait until that is known. */
  const readHead = (text: string): string => {
    const [tag] = REASONING.exec(text) ?? [];
    const undecided = text === '' || (text.length < TAG_CHARACTERS && /^<\w*$/.test(text));
    head = undecided ? text : undefined;
    closer = tag?.replace('<', '</');
    return undecided ? '' : afterReasoning(text);
  };
  const afterReasoning = (text: string): string => {
    if (closer === undefined) return fromOpener(text);
    const window = tail + text;
    const at = window.indexOf(closer);
    tail = window.slice(-closer.length);
    if (at < 0) return '';
    const after = at + closer.length;
    closer = undefined;
    return fromOpener(window.slice(after));
  };
  return {
    skip: (piece) => (head === undefined ? afterReasoning(piece) : readHead((head + piece).trimStart())),
  };
}

function fromOpener(text: string): string {
  const at = text.search(/[{[]/);
  return at < 0 ? '' : text.slice(at);
}

function createValue(): { take(piece: string): string; readonly opened: boolean } {
  let depth = 0;
  let opened = false;
  let inString = false;
  let escaped = false;

  const endOf = (piece: string): number => {
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at];
      if (escaped) escaped = false;
      else if (inString && character === '\\') escaped = true;
      else if (character === '"') inString = !inString;
      else if (inString) continue;
      else if (character === '{' || character === '[') depth++;
      else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
    }
    return piece.length;
  };
  return {
    get opened() {
      return opened;
    },
    take(piece) {
      if (piece === '' || (opened && depth === 0)) return '';
      opened = true;
      return piece.slice(0, endOf(piece));
    },
  };
}
