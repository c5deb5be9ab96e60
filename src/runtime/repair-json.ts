// A model's text → the JSON value that it plainly is, with a receipt for each step taken. Nothing is invented and nothing
// is lost: an answer that was cut off, or that holds several values, is not repaired.

import { jsonrepair } from 'jsonrepair';
import type { Json } from '../registry/snapshot.ts';

/** One thing that was done to an answer. `before` and `after` are shortened. */
export interface RepairReceipt {
  readonly step: string;
  /** JSON pointer into the output; empty for the text as a whole. */
  readonly pointer: string;
  readonly before: string;
  readonly after: string;
}

export type ReadAnswer =
  | { readonly ok: true; readonly value: Json; readonly repairs: readonly RepairReceipt[] }
  | { readonly ok: false; readonly repairs: readonly RepairReceipt[] };

/** Longer texts are parsed, but not repaired. */
export const REPAIR_CHARACTERS_MAX = 1024 * 1024;

/** Deeper texts are not repaired: the repairing parser recurses. */
const REPAIR_DEPTH_MAX = 256;

/** Reads `text` as JSON; when it is not, takes the steps of the ladder one after another until it is. */
export function readJsonAnswer(text: string): ReadAnswer {
  const whole = parsed(text);
  if (whole !== undefined) return { ok: true, value: whole.value, repairs: [] };
  const repairs: RepairReceipt[] = [];
  let current = text;
  if (text.length > REPAIR_CHARACTERS_MAX) return { ok: false, repairs };
  for (const { step, apply } of steps) {
    const next = apply(current);
    if (next === undefined || next === current) continue;
    repairs.push({ step, pointer: '', before: shortened(current), after: shortened(next) });
    current = next;
    const value = parsed(current);
    if (value !== undefined) return { ok: true, value: value.value, repairs };
  }
  return { ok: false, repairs };
}

interface Step {
  readonly step: string;
  /** Undefined when the step does not apply. */
  readonly apply: (text: string) => string | undefined;
}

/** In this order: what stands around the value first, then the value's own spelling. */
const steps: readonly Step[] = [
  { step: 'strip-reasoning', apply: stripReasoning },
  { step: 'strip-code-fence', apply: stripCodeFence },
  { step: 'take-outermost-value', apply: takeOutermostValue },
  { step: 'repair-syntax', apply: repairSyntax },
];

const reasoningTags = ['think', 'thinking', 'reasoning', 'scratchpad'];

function stripReasoning(text: string): string | undefined {
  const start = text.trimStart();
  const tag = reasoningTags.find((name) => start.startsWith(`<${name}>`));
  if (tag === undefined) return undefined;
  const close = `</${tag}>`;
  const end = start.indexOf(close);
  return end < 0 ? undefined : start.slice(end + close.length).trim();
}

/** The one fenced block of the answer; with two, nobody knows which was meant. */
function stripCodeFence(text: string): string | undefined {
  const fence = '```';
  const open = text.indexOf(fence);
  if (open < 0) return undefined;
  const lineEnd = text.indexOf('\n', open);
  const head = lineEnd < 0 ? '' : text.slice(open + fence.length, lineEnd);
  const from = /^\s*\w*\s*$/.test(head) && lineEnd >= 0 ? lineEnd + 1 : open + fence.length;
  const close = text.indexOf(fence, from);
  if (close < 0 || text.indexOf(fence, close + fence.length) >= 0) return undefined;
  return text.slice(from, close).trim();
}

/** Prose before and after one object or list. */
function takeOutermostValue(text: string): string | undefined {
  const open = text.search(/[{[]/);
  if (open < 0) return undefined;
  const close = text[open] === '{' ? text.lastIndexOf('}') : text.lastIndexOf(']');
  return close < open ? undefined : text.slice(open, close + 1);
}

function repairSyntax(text: string): string | undefined {
  if (!/^\s*[{["']/.test(text) || isCutOff(text)) return undefined;
  try {
    return jsonrepair(text);
  } catch {
    // Beyond repair: the validator's words are better than the parser's.
    return undefined;
  }
}

/**
 * Whether the text ends inside a string or a list, or is nested too deeply to be repaired. Closing those would hide that
 * something is missing; a missing `}` hides nothing, because the schema knows what the object must have.
 */
function isCutOff(text: string): boolean {
  const open: string[] = [];
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      open.push(character);
      if (open.length > REPAIR_DEPTH_MAX) return true;
    } else if (character === '}' || character === ']') open.pop();
  }
  return inString || open.includes('[');
}

function parsed(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    // Not JSON yet; the next step may make it so.
    return undefined;
  }
}

const SHOWN_CHARACTERS = 80;

function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
