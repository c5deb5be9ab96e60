// What was done to an answer, step by step, short enough to stand in a reply.

import type { JsonSchema } from '../registry/snapshot.ts';
import { appendPointer, parsePointer } from '../schema/json-pointer.ts';
import { isRecord, ownProperty } from '../schema/json-schema.ts';
import { alternativesOf } from '../schema/select-branch.ts';
import type { RepairRecord } from '../usage/usage-record.ts';

/** One thing that was done to an answer. `before` and `after` are shortened. */
export interface RepairReceipt {
  readonly step: string;
  /** JSON pointer into the answer; empty for the text as a whole. */
  readonly pointer: string;
  readonly before: string;
  readonly after: string;
}

/** Receipts of one answer that are listed; a last one says how many more there are. */
const RECEIPTS_MAX = 50;

export interface ReceiptList {
  add(step: string, pointer: string, before: string, after: string): void;
  /** In order; several equal steps at one place are one. */
  list(): readonly RepairReceipt[];
}

export function createReceiptList(): ReceiptList {
  const receipts = new Map<string, RepairReceipt>();
  return {
    add(step, pointer, before, after) {
      const key = `${step} ${pointer}`;
      if (receipts.size >= RECEIPTS_MAX || receipts.has(key)) return;
      receipts.set(key, { step, pointer, before: shortened(before), after: shortened(after) });
    },
    list: () => [...receipts.values()],
  };
}

/** The receipts of several rungs, one after the other. */
export function joinReceipts(...lists: readonly (readonly RepairReceipt[])[]): readonly RepairReceipt[] {
  return lists.flat().slice(0, RECEIPTS_MAX);
}

/** The receipts for the usage record: names that the contract does not declare may be the model's words, and are hidden. */
export function recordedRepairs(
  repairs: readonly RepairReceipt[],
  output: JsonSchema,
): readonly RepairRecord[] {
  return repairs.map(({ step, pointer }) => ({ step, pointer: declaredPointer(pointer, output) }));
}

function declaredPointer(pointer: string, root: JsonSchema): string {
  let schemas = [root];
  let declared = '';
  for (const token of parsePointer(pointer) ?? []) {
    const branches = schemas.flatMap((schema) => alternativesOf(schema, root));
    const properties = branches.map((branch) => branch['properties']).filter(isRecord);
    const named = properties.map((each) => ownProperty(each, token)).filter(isRecord);
    const isIndex = /^\d+$/.test(token) && branches.some((branch) => isRecord(branch['items']));
    declared = appendPointer(declared, named.length > 0 || isIndex ? token : '*');
    const others = branches.flatMap((branch) => [branch['items'], branch['additionalProperties']]);
    schemas = named.length > 0 ? named : others.filter(isRecord);
  }
  return declared;
}

const SHOWN_CHARACTERS = 80;

export function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
