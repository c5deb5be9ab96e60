// An output in the envelope of a function call or of a field called `result`: models were trained on both. An envelope is known
// by its names, which are listed here, and holds nothing else.

import type { Json, JsonSchema } from '../registry/snapshot.ts';
import { appendPointer } from '../schema/json-pointer.ts';
import { isRecord } from '../schema/json-schema.ts';
import { alternativesOf } from '../schema/select-branch.ts';

export interface Unwrapped {
  readonly value: Json;
  /** Where it was. */
  readonly pointer: string;
}

/** Names under which the value stands. */
const contents: ReadonlySet<string> = new Set([
  ...['arguments', 'args', 'parameters', 'function', 'function_call', 'tool_call', 'tool_calls', 'tool_use'],
  ...['output', 'result', 'response', 'answer', 'data', 'json', 'value', 'content', 'properties'],
]);

/** A name that an echo of the question has as well: with a label beside it, it is a call's. */
const contentsOfCalls: ReadonlySet<string> = new Set(['input']);

/** Names of what says something about the call and nothing about the value. */
const labels: ReadonlySet<string> = new Set([
  'name',
  'type',
  'id',
  'call_id',
  'tool',
  'role',
  'index',
  'recipient_name',
]);

/** What an envelope holds, when the value is one that the contract itself could not have meant. */
export function unwrapOutput(contract: JsonSchema, value: Json): Unwrapped | undefined {
  if (Array.isArray(value)) return unwrapList(contract, value as readonly Json[]);
  if (!isRecord(value)) return undefined;
  const names = Object.keys(value);
  const isCall = names.some((name) => isLabel(name, value[name]));
  const inside = names.filter((name) => contents.has(name) || (isCall && contentsOfCalls.has(name)));
  const [name] = inside;
  if (name === undefined || inside.length > 1 || declares(contract, name)) return undefined;
  const isEnvelope = names.every((each) => each === name || isLabel(each, value[each]));
  const inner = value[name] as Json;
  const isFilled =
    typeof inner === 'string' ? inner !== '' : isRecord(inner) ? Object.keys(inner).length > 0 : true;
  return isEnvelope && isFilled ? { value: inner, pointer: appendPointer('', name) } : undefined;
}

/** A list of one call. */
function unwrapList(contract: JsonSchema, list: readonly Json[]): Unwrapped | undefined {
  const [only] = list;
  if (list.length !== 1 || only === undefined || !isRecord(only)) return undefined;
  const inner = unwrapOutput(contract, only as Json);
  return inner === undefined ? undefined : { value: inner.value, pointer: `/0${inner.pointer}` };
}

function isLabel(name: string, value: unknown): boolean {
  return labels.has(name) && (typeof value === 'string' || typeof value === 'number');
}

function declares(contract: JsonSchema, name: string): boolean {
  return alternativesOf(contract, contract).some(({ properties, additionalProperties }) => {
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    return isOpen || (isRecord(properties) && Object.hasOwn(properties, name));
  });
}
