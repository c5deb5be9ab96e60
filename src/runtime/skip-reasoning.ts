// Where a model's answer begins, when it thought aloud before. The tags are those that chat templates leave in the text.

interface ReasoningTag {
  readonly open: RegExp;
  readonly close: RegExp;
}

const names = 'think|thinking|thought|reasoning|reason|reflection|scratchpad|analysis';

const tags: readonly ReasoningTag[] = [
  {
    open: new RegExp(`<(?:${names})\\b[^<>]{0,99}>`, 'iy'),
    close: new RegExp(`</(?:${names})\\s{0,9}>`, 'gi'),
  },
  { open: /\[THINK\]/y, close: /\[\/THINK\]/g },
  { open: /<\|(?:begin_of_thought|thinking)\|>/y, close: /<\|(?:end_of_thought|\/thinking)\|>/g },
  { open: /◁think▷/y, close: /◁\/think▷/g },
];

/** Some templates name the channel on which a model speaks; the answer is what stands on the last. */
const finalChannel = /<\|channel\|>\s{0,9}final[^<]{0,99}<\|message\|>/g;

/**
 * The place where the answer begins: 0 without reasoning, undefined when the reasoning does not end. Reasoning stands at the
 * beginning, or its end tag stands there alone (the template wrote the other one); a text that begins with the answer has none.
 */
export function skipReasoning(text: string): number | undefined {
  const channel = lastEnd(finalChannel, text, 0);
  if (channel !== undefined) return channel;
  const answer = skipLeadingBlocks(text);
  if (answer === undefined || beginsAnswer(text, skipBlank(text, answer))) return answer;
  return Math.max(answer, ...tags.map(({ close }) => lastEnd(close, text, answer) ?? 0));
}

/** Where a text goes on behind the reasoning blocks at its beginning; undefined when one does not end. */
export function skipLeadingBlocks(text: string): number | undefined {
  let answer = 0;
  let at = skipBlank(text, 0);
  for (let tag = tagAt(text, at); tag !== undefined; tag = tagAt(text, at)) {
    const end = endOfBlock(text, at, tag);
    if (end === undefined) return undefined;
    at = skipBlank(text, end);
    answer = at;
  }
  return answer;
}

function tagAt(text: string, at: number): ReasoningTag | undefined {
  return tags.find(({ open }) => {
    open.lastIndex = at;
    return open.test(text);
  });
}

/** Behind the end tag that closes the block, blocks inside it counted; behind the last one when they do not match. */
function endOfBlock(text: string, at: number, tag: ReasoningTag): number | undefined {
  const either = eitherTag(tag);
  either.lastIndex = at;
  let depth = 0;
  let last: number | undefined;
  for (let found = either.exec(text); found !== null; found = either.exec(text)) {
    if (found.groups?.['open'] !== undefined) depth += 1;
    else {
      depth -= 1;
      last = either.lastIndex;
      if (depth <= 0) return last;
    }
  }
  return last;
}

function eitherTag({ open, close }: ReasoningTag): RegExp {
  return new RegExp(`(?<open>${open.source})|${close.source}`, 'gi');
}

/** Whether JSON or a code fence begins here, so that what follows is the answer, tags and all. */
function beginsAnswer(text: string, at: number): boolean {
  return /^(?:[{["]|```|~~~)/.test(text.slice(at, at + 3));
}

function lastEnd(pattern: RegExp, text: string, from: number): number | undefined {
  let last: number | undefined;
  pattern.lastIndex = from;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) last = pattern.lastIndex;
  return last;
}

function skipBlank(text: string, from: number): number {
  const blank = /[\s\ufeff]*/y;
  blank.lastIndex = from;
  return from + (blank.exec(text)?.[0].length ?? 0);
}

/** The same for a text that comes in pieces: lets through what follows the reasoning blocks at its beginning. */
export function createReasoningSkipper(): { take(piece: string): string } {
  const skipping: Skipping = { state: 'head', held: '', tag: undefined, depth: 0, blocks: 0 };
  return {
    take(piece) {
      if (skipping.state === 'answer') return piece;
      skipping.held += piece;
      while (readOn(skipping));
      return letThrough(skipping);
    },
  };
}

/** Whether more is known than before. */
function readOn(skipping: Skipping): boolean {
  return skipping.state === 'block' ? readBlock(skipping) : readHead(skipping);
}

function letThrough(skipping: Skipping): string {
  if (skipping.state !== 'answer') return '';
  const { held } = skipping;
  skipping.held = '';
  return held;
}

interface Skipping {
  state: 'head' | 'block' | 'answer';
  /** What is not decided yet; in the end, what is let through. */
  held: string;
  tag: ReasoningTag | undefined;
  depth: number;
  blocks: number;
}

/** The first characters decide whether a block begins. */
function readHead(skipping: Skipping): boolean {
  const { held, blocks } = skipping;
  const at = skipBlank(held, 0);
  const head = held.slice(at);
  skipping.tag = tagAt(held, at);
  if (skipping.tag !== undefined) {
    skipping.state = 'block';
    skipping.depth = 0;
    skipping.held = head;
    return true;
  }
  const mayBecomeTag =
    head === '' || (/^[<[◁]/.test(head) && head.length <= TAG_CHARACTERS && !/[>\]▷\n{]/.test(head));
  if (mayBecomeTag && held.length <= HEAD_CHARACTERS) return false;
  skipping.state = 'answer';
  if (blocks > 0) skipping.held = head;
  return false;
}

function readBlock(skipping: Skipping): boolean {
  const { held, tag } = skipping;
  const either = eitherTag(tag as ReasoningTag);
  let end = 0;
  for (let found = either.exec(held); found !== null; found = either.exec(held)) {
    end = either.lastIndex;
    skipping.depth += found.groups?.['open'] === undefined ? -1 : 1;
    if (skipping.depth > 0) continue;
    skipping.blocks += 1;
    skipping.state = 'head';
    skipping.held = held.slice(end);
    return true;
  }
  skipping.held = held.slice(Math.max(end, held.length - TAG_CHARACTERS));
  return false;
}

/** No tag is longer. */
const TAG_CHARACTERS = 128;

/** So much white space may precede a text before it is taken for its beginning. */
const HEAD_CHARACTERS = 1_024;
