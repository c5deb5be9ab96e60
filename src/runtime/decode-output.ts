// The guarantee: a model's text becomes an output that validates, or the list of what is wrong with it.

import type { Violation } from '../errors.ts';
import type { Json } from '../registry/snapshot.ts';
import { coerceOutput } from './coerce-output.ts';
import type { Prepared } from './prepare.ts';
import { readJsonAnswer } from './repair-json.ts';
import type { RepairReceipt } from './repair-json.ts';

export type DecodedOutput =
  | { readonly ok: true; readonly output: Json; readonly repairs: readonly RepairReceipt[] }
  | {
      readonly ok: false;
      readonly violations: readonly Violation[];
      readonly repairs: readonly RepairReceipt[];
    };

/** Reads the whole text of an answer. Losing steps are never taken; what was done is in `repairs`. */
export function decodeOutput(prepared: Prepared, text: string): DecodedOutput {
  return prepared.strict === undefined ? decodeText(prepared, text) : decodeJson(prepared, text);
}

function decodeText({ output }: Prepared, text: string): DecodedOutput {
  const checked = output(text);
  if (checked.ok) return { ok: true, output: checked.value, repairs: [] };
  const trimmed = text.trim();
  const again = trimmed === text ? checked : output(trimmed);
  if (!again.ok) return { ok: false, violations: checked.violations, repairs: [] };
  const receipt = { step: 'trim', pointer: '', before: 'white space around the text', after: 'none' };
  return { ok: true, output: again.value, repairs: [receipt] };
}

function decodeJson({ capability, output, strict }: Prepared, text: string): DecodedOutput {
  const read = readJsonAnswer(text);
  if (!read.ok) {
    const violation = { pointer: '', keyword: 'json', message: 'The answer is not JSON.' };
    return { ok: false, violations: [violation], repairs: read.repairs };
  }
  const value = strict === undefined ? read.value : strict.restore(read.value);
  const checked = output(value);
  if (checked.ok) return { ok: true, output: checked.value, repairs: read.repairs };
  const coerced = coerceOutput(capability.output, value);
  const again = coerced.repairs.length === 0 ? checked : output(coerced.value);
  const repairs = [...read.repairs, ...coerced.repairs];
  return again.ok
    ? { ok: true, output: again.value, repairs }
    : { ok: false, violations: again.violations, repairs };
}
