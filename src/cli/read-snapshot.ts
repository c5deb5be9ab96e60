// A Snapshot as a file: what `capstan build` writes, what `serve` starts from, what `breaking` compares with. It is the
// Snapshot as JSON, in its own order, for the order of properties means something to models; its revision is its seal.

import { hash } from 'node:crypto';
import type { Snapshot } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { isRecord } from '../schema/json-schema.ts';

/** The Snapshot, or one sentence on why the text is none. */
export function readSnapshot(text: string): { readonly snapshot: Snapshot } | { readonly problem: string } {
  const value = parseJson(text);
  if (value === undefined) return { problem: 'It is not JSON.' };
  if (!isRecord(value) || !isRecord(value['capabilities']))
    return { problem: 'It is not a Snapshot: there are no capabilities in it.' };
  if (value['formatVersion'] !== 1) return { problem: otherFormat(value['formatVersion']) };
  for (const [part, check] of parts) {
    if (!check(value[part]))
      return { problem: `It is not a whole Snapshot: "${part}" is missing or of another form.` };
  }
  const broken = Object.entries(value['capabilities']).find(([, entry]) => !isCapability(entry));
  if (broken !== undefined) return { problem: `Its capability "${broken[0]}" is not whole.` };
  return { snapshot: value as unknown as Snapshot };
}

/**
 * The Snapshot of a text that `printSnapshot` made, or one sentence on why it is none. Nothing in it may have been changed
 * since: the revision is compared with the content. That finds accidents and edits, not a forger who computes it anew.
 */
export function readSealedSnapshot(text: string): ReturnType<typeof readSnapshot> {
  const read = readSnapshot(text);
  if ('problem' in read) return read;
  const { revision, ...content } = read.snapshot;
  const isWhole = revision === revisionOf(content);
  return isWhole
    ? read
    : { problem: 'It was changed after it was built: its content is not what its revision says.' };
}

/** Same Snapshot, same text, with one LF at its end. */
export function printSnapshot(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot)}\n`;
}

/** As the compiler has it: the hash of the canonical JSON. */
function revisionOf(content: object): string {
  return `sha256:${hash('sha256', canonicalJson(content))}`;
}

function otherFormat(version: unknown): string {
  const isNewer = typeof version === 'number' && version > 1;
  return isNewer
    ? `A newer Capstan built it: its format version is ${version}, and this one reads 1. Update Capstan here, or build with the older one.`
    : `Its format version is ${JSON.stringify(version) ?? 'missing'}; this version of Capstan reads 1.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    // Said by the caller, who knows the file.
    return undefined;
  }
}

const isText = (value: unknown): boolean => typeof value === 'string';

const parts: readonly (readonly [name: string, check: (value: unknown) => boolean])[] = [
  ['revision', isText],
  ['project', isRecord],
  ['latest', isRecord],
  ['providers', isRecord],
  ['access', (value) => isRecord(value) && Array.isArray(value['keys'])],
  ['tiers', isRecord],
  ['models', isRecord],
  ['aliases', isRecord],
  ['defaults', isRecord],
];

const fields: readonly (readonly [name: string, check: (value: unknown) => boolean])[] = [
  ...['key', 'name', 'version', 'revision', 'lifecycle', 'outputKind'].map((name) => [name, isText] as const),
  ...['input', 'output', 'sampling', 'partials'].map((name) => [name, isRecord] as const),
  ['prompt', Array.isArray],
  ['tiers', (value) => isRecord(value) && isText(value['default']) && isRecord(value['offer'])],
  ['routing', (value) => isRecord(value) && isRecord(value['constraints'])],
  ['policies', (value) => isRecord(value) && isRecord(value['cache'])],
];

function isCapability(value: unknown): boolean {
  return isRecord(value) && fields.every(([name, check]) => check(value[name]));
}
