// The guarantee: a model's text becomes an output that validates, or the list of what is wrong with it. The rungs: parse the
// whole text; find and read the value in it; spell it as the contract does; take it out of an envelope.

import type { Violation } from '../errors.ts';
import type { Json, JsonSchema } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { isRecord, ownProperty } from '../schema/json-schema.ts';
import { alternativesOf, selectBranches, typesOf } from '../schema/select-branch.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import { coerceOutput } from './coerce-output.ts';
import { findValues, withoutFence } from './find-values.ts';
import type { Findings, FoundValue } from './find-values.ts';
import type { Prepared } from './prepare.ts';
import { joinReceipts, shortened } from './repair-receipts.ts';
import type { RepairReceipt } from './repair-receipts.ts';
import { skipLeadingBlocks } from './skip-reasoning.ts';
import { unwrapOutput } from './unwrap-output.ts';

export type DecodedOutput = GoodOutput | BadOutput;

interface GoodOutput {
  readonly ok: true;
  readonly output: Json;
  readonly repairs: readonly RepairReceipt[];
}

interface BadOutput {
  readonly ok: false;
  readonly violations: readonly Violation[];
  readonly repairs: readonly RepairReceipt[];
}

/**
 * Reads the whole text of an answer that was asked for in `form`. Losing steps are never taken; what was done is in `repairs`.
 * Violations hold no words of the answer but names and values that are short.
 */
export function decodeOutput(
  prepared: Prepared,
  text: string,
  form: OutputForm | undefined = prepared.forms?.contract,
): DecodedOutput {
  return form === undefined ? decodeText(prepared, text) : decodeJson({ prepared, form }, text);
}

function decodeText({ capability, output }: Prepared, text: string): DecodedOutput {
  const start = skipLeadingBlocks(text);
  if (start === undefined) return refused('reasoning', 'The answer is nothing but reasoning.');
  const answer = text.slice(start);
  if (answer.trim() === '') return refused('empty', 'The answer is empty.');
  const repairs = start === 0 ? [] : [receiptFor('strip-reasoning', text, answer)];
  const checked = output(answer);
  if (checked.ok) return { ok: true, output: checked.value, repairs };
  for (const { step, text: respelt } of respellings(capability.output, answer)) {
    const again = respelt === answer ? checked : output(respelt);
    if (!again.ok) continue;
    return { ok: true, output: again.value, repairs: [...repairs, receiptFor(step, answer, respelt)] };
  }
  return { ok: false, violations: checked.violations, repairs };
}

/** How a text may be meant that the contract does not allow as it stands: without white space around, or as a listed word. */
function respellings(
  contract: JsonSchema,
  answer: string,
): readonly { readonly step: string; readonly text: string }[] {
  const trimmed = { step: 'trim', text: answer.trim() };
  if (!Array.isArray(contract['enum'])) return [trimmed];
  const bare = withoutQuotes(withoutFence(answer));
  const { value } = coerceOutput(contract, bare);
  return [trimmed, { step: 'take-text', text: bare }, { step: 'match-enum', text: String(value) }];
}

function withoutQuotes(text: string): string {
  const found = /^"[^"]*"$/.test(text) ? findValues(text) : undefined;
  const value = found?.ok === true ? found.values[0]?.value : undefined;
  return typeof value === 'string' ? value : text;
}

/** The contract, and the form in which it was put to the model. */
interface Asked {
  readonly prepared: Prepared;
  readonly form: OutputForm;
}

function decodeJson(asked: Asked, text: string): DecodedOutput {
  if (text.trim() === '') return refused('empty', 'The answer is empty.');
  const found = findValues(text);
  if (!found.ok) return refusedText(found, text);
  const values = found.values.length === 0 ? readScalar(asked, found.rest) : found.values;
  const [only, ...others] = values;
  if (only === undefined) return refused('json', 'The answer is not JSON.');
  if (others.length === 0) return fit(asked, only);
  return found.alone && takesList(asked) ? fitSequence(asked, values) : choose(asked, values);
}

/** For contracts that are neither object nor list: the text itself, when it is one of the words the contract lists. */
function readScalar({ prepared }: Asked, rest: string): readonly FoundValue[] {
  const branches = alternativesOf(prepared.capability.output, prepared.capability.output);
  const found = findValues(rest);
  if (found.ok && found.values.length > 0) {
    return found.values.map((each) => ({ ...each, repairs: [receiptFor('strip-code-fence', rest, rest)] }));
  }
  const isListed = branches.some((branch) => branch['enum'] !== undefined || branch['const'] !== undefined);
  const isShort = rest.length <= WORD_MAX && rest !== '';
  return isListed && isShort
    ? [{ value: rest, closed: [], repairs: [receiptFor('take-text', rest, JSON.stringify(rest))] }]
    : [];
}

/** A longer text is no word of a list. */
const WORD_MAX = 200;

function takesList({ prepared }: Asked): boolean {
  const { output } = prepared.capability;
  return alternativesOf(output, output).some((branch) => typesOf(branch)?.has('array') === true);
}

/** One value after the other, and nothing else, where a list is due: all of them are its items, or it is no answer. */
function fitSequence(asked: Asked, values: readonly FoundValue[]): DecodedOutput {
  const value = values.map((each) => each.value);
  if (values.some(({ value: item, closed }) => Array.isArray(item) || closed.length > 0))
    return severalValues();
  const receipt = receiptFor('collect-values', '', JSON.stringify(value));
  const repairs = joinReceipts(...values.map((each) => each.repairs), [receipt]);
  return fit(asked, { value, repairs, closed: [] });
}

/**
 * Among several values, the only one that fits, when no other looks like an attempt at the same thing. Everything else would
 * be a guess.
 */
function choose(asked: Asked, values: readonly FoundValue[]): DecodedOutput {
  const decoded = values.map((found) => ({ found, result: fit(asked, found) }));
  const good = decoded.flatMap(({ result }) => (result.ok ? [result] : []));
  const rivals = decoded.filter(({ found, result }) => !result.ok && isAttempt(asked, found.value));
  const [only] = good;
  const isDistinct = new Set(good.map(({ output }) => canonicalJson(output))).size > 1;
  const isItem =
    only?.repairs.some(({ step, pointer }) => step === 'wrap-in-list' && pointer === '') === true;
  if (only !== undefined && !isDistinct && rivals.length === 0 && !(isItem && good.length > 1)) return only;
  const [rival, ...others] = rivals;
  if (only === undefined && rival !== undefined && others.length === 0) return rival.result;
  return severalValues();
}

function severalValues(): BadOutput {
  return refused('several', `${reasons.several}.`);
}

/** Whether a value could have been meant for the contract or an item of it: by a name, or as a list. */
function isAttempt({ prepared, form }: Asked, value: Json): boolean {
  const { output } = prepared.capability;
  const roots = [...alternativesOf(output, output), form.schema];
  if (Array.isArray(value)) return roots.some((branch) => typesOf(branch)?.has('array') === true);
  const items = roots.map((branch) => branch['items']).filter(isRecord);
  return [...roots, ...items.flatMap((item) => alternativesOf(item, output))].some(({ properties }) => {
    const names = isRecord(value) ? Object.keys(value) : [];
    return isRecord(properties) && names.some((name) => Object.hasOwn(properties, name));
  });
}

/** The value as an output: as it is, in the contract's spelling, or out of its envelope. */
function fit(asked: Asked, found: FoundValue): DecodedOutput {
  const decoded = fitValue(asked, found, ENVELOPES_MAX);
  if (decoded.ok && mayBeItem(asked, found.value, decoded.repairs)) return severalValues();
  if (!decoded.ok || found.closed.every((path) => isWholeAt(asked, found.value, path))) return decoded;
  return refused('cut-off', 'The answer ends before its last object is whole.');
}

/**
 * Whether what was found may be one item of a list that lost its beginning: more brackets were closed than opened and a list
 * of it fits as well, or it was taken out of a text to become a list.
 */
function mayBeItem({ prepared }: Asked, value: Json, repairs: readonly RepairReceipt[]): boolean {
  const has = (step: string): boolean => repairs.some((receipt) => receipt.step === step);
  const isWrapped = has('wrap-in-list');
  const isRoot = repairs.some(({ step, pointer }) => step === 'wrap-in-list' && pointer === '');
  if (has('drop-closers')) return isWrapped || prepared.output([value]).ok;
  return isRoot && has('take-outermost-value');
}

/** A call in a list in a field: more envelopes than that are no answer. */
const ENVELOPES_MAX = 4;

function fitValue(asked: Asked, { value, repairs }: FoundValue, envelopes: number): DecodedOutput {
  const { prepared, form } = asked;
  const restored = form.restore(value);
  const checked = prepared.output(restored);
  // A model that was shown a wrapper may have gone without it, and the value may look like one.
  const asWritten = form.wrapper === undefined || restored === value ? checked : prepared.output(value);
  if (checked.ok && asWritten.ok && restored !== value && !form.strict) return severalValues();
  if (checked.ok) return { ok: true, output: checked.value, repairs };
  if (asWritten.ok) return { ok: true, output: asWritten.value, repairs };
  const coerced = coerceOutput(prepared.capability.output, restored);
  const again = coerced.repairs.length === 0 ? checked : prepared.output(coerced.value);
  const done = joinReceipts(repairs, coerced.repairs);
  if (again.ok) return { ok: true, output: again.value, repairs: done };
  const inside = envelopes > 0 ? fitInside(asked, { value, repairs, closed: [] }, envelopes) : undefined;
  return inside ?? { ok: false, violations: again.violations, repairs: done };
}

function fitInside(
  asked: Asked,
  { value, repairs }: FoundValue,
  envelopes: number,
): DecodedOutput | undefined {
  const unwrapped = unwrapOutput(asked.prepared.capability.output, value);
  if (unwrapped === undefined) return undefined;
  const { pointer } = unwrapped;
  const text = JSON.stringify(unwrapped.value);
  const receipt = {
    step: 'unwrap',
    pointer,
    before: shortened(JSON.stringify(value)),
    after: shortened(text),
  };
  const inner = typeof unwrapped.value === 'string' ? onlyValueIn(unwrapped.value) : unwrapped.value;
  if (inner === undefined) return undefined;
  const decoded = fitValue(
    asked,
    { value: inner, repairs: joinReceipts(repairs, [receipt]), closed: [] },
    envelopes - 1,
  );
  return decoded.ok ? decoded : undefined;
}

/** JSON that was written into a text, exactly. */
function onlyValueIn(text: string): Json | undefined {
  const found = findValues(text);
  const [only, ...others] = found.ok ? found.values : [];
  return only !== undefined && others.length === 0 && only.repairs.length === 0 ? only.value : undefined;
}

/** Whether the object at `path`, whose end was missing, has every property that it could have. */
function isWholeAt({ prepared, form }: Asked, value: Json, path: readonly (string | number)[]): boolean {
  const { wrapper } = form;
  const isNatural = wrapper !== undefined && !(isRecord(value) && Object.hasOwn(value, wrapper));
  const root = isNatural ? prepared.capability.output : form.schema;
  let schema = root;
  let current: unknown = value;
  for (const token of path) {
    const branch = onlyBranch(schema, current, root);
    const properties = branch?.['properties'];
    const inner =
      typeof token === 'number' ? branch?.['items'] : isRecord(properties) && ownProperty(properties, token);
    if (!isRecord(inner)) return false;
    schema = inner;
    current = entryOf(current, token);
  }
  const branch = onlyBranch(schema, current, root);
  const properties = branch?.['properties'];
  if (branch?.['additionalProperties'] !== false || !isRecord(properties) || !isRecord(current)) return false;
  const record = current;
  return Object.keys(properties).every((name) => Object.hasOwn(record, name));
}

function entryOf(value: unknown, token: string | number): unknown {
  if (Array.isArray(value)) return value[Number(token)];
  return isRecord(value) ? ownProperty(value, String(token)) : undefined;
}

function onlyBranch(schema: JsonSchema, value: unknown, root: JsonSchema): JsonSchema | undefined {
  const [branch, ...others] = selectBranches(alternativesOf(schema, root), value);
  return others.length === 0 ? branch : undefined;
}

function refusedText({ reason, at }: Extract<Findings, { ok: false }>, text: string): BadOutput {
  const line = text.slice(0, at).split('\n').length;
  const column = at - text.lastIndexOf('\n', at - 1);
  const place = at === 0 ? '' : ` (line ${line}, column ${column})`;
  return refused(reason === 'syntax' ? 'json' : reason, `${reasons[reason]}${place}.`);
}

const reasons: Readonly<Record<Extract<Findings, { ok: false }>['reason'], string>> = {
  syntax: 'The answer is not JSON',
  'cut-off': 'The answer ends in the middle of its JSON',
  duplicate: 'The answer has two values for one name',
  number: 'The answer has a number with more digits than JSON can carry',
  depth: 'The answer is nested too deeply',
  size: 'The answer is not JSON, and too long to look for it inside',
  reasoning: 'The answer is nothing but reasoning',
  several: 'The answer holds several values; it must be exactly one',
};

function refused(keyword: string, message: string): BadOutput {
  return { ok: false, violations: [{ pointer: '', keyword, message }], repairs: [] };
}

function receiptFor(step: string, before: string, after: string): RepairReceipt {
  return { step, pointer: '', before: shortened(before), after: shortened(after) };
}
