// A Snapshot from a file: whether a JSON text is one that this version can compare.

import type { Snapshot } from '../../registry/snapshot.ts';
import { isRecord } from '../../schema/json-schema.ts';

/** The Snapshot, or one sentence on why the text is none. */
export function readSnapshot(text: string): { readonly snapshot: Snapshot } | { readonly problem: string } {
  const value = parseJson(text);
  if (value === undefined) return { problem: 'It is not JSON.' };
  if (!isRecord(value) || !isRecord(value['capabilities']))
    return { problem: 'It is not a Snapshot: there are no capabilities in it.' };
  if (value['formatVersion'] !== 1)
    return {
      problem: `Its format version is ${String(value['formatVersion'])}; this version of Capstan reads 1.`,
    };
  for (const [part, check] of parts) {
    if (!check(value[part]))
      return { problem: `It is not a whole Snapshot: "${part}" is missing or of another form.` };
  }
  const broken = Object.entries(value['capabilities']).find(([, entry]) => !isCapability(entry));
  if (broken !== undefined) return { problem: `Its capability "${broken[0]}" is not whole.` };
  return { snapshot: value as unknown as Snapshot };
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
