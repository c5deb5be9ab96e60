// Numbers for the simulator: found behind a label, found as an amount, or the least that fits.

import type { JsonSchemaLike } from '../../chat/json.ts';
import type { Place } from './fill-value.ts';
import { asNumber, inputProperty } from './fill-value.ts';
import { findGreatestAmount, findLabelled, findNumber, wordsOf } from './find-in-text.ts';

const TOTAL = /total|amount|gross|due|sum|price|balance/i;
const FRACTION = /confidence|score|probability|ratio|likelihood/i;
const PARAGRAPH = /^(?:paragraph|section)(?:Number|Index)?$/i;

/** A number that fits, from the text where it has one. */
export function fillNumber(schema: JsonSchemaLike, place: Place): number {
  const found = findNumberFor(schema, place);
  if (found !== undefined) return found;
  return fitNumber(schema, FRACTION.test(place.name) ? 0.5 : 0) ?? 0;
}

/** A number that the text or the input has under this name; undefined when none fits the schema as it is. */
export function findNumberFor(schema: JsonSchemaLike, place: Place): number | undefined {
  const found = candidateFor(place);
  return found !== undefined && fitNumber(schema, found) === found ? found : undefined;
}

function candidateFor(place: Place): number | undefined {
  const given = inputProperty(place);
  if (typeof given === 'number') return given;
  if (PARAGRAPH.test(place.name)) return place.sentence?.paragraph ?? place.text.sentences[0]?.paragraph;
  const inRow = place.sentence === undefined ? undefined : numberInRow(place.sentence.text, place.name);
  if (inRow !== undefined) return inRow;
  const labelled = findLabelled(place.text, place.name, (value) => {
    const number = findNumber(value);
    return number === undefined ? undefined : String(number);
  });
  if (labelled !== undefined) return Number(labelled);
  return TOTAL.test(place.name) ? findGreatestAmount(place.text.text) : undefined;
}

/** In a row of a table the last number is the amount, and the first one after the words is the quantity. */
function numberInRow(row: string, name: string): number | undefined {
  const numbers = [...row.matchAll(/(?<![\p{L}\p{N}.,])\d[\d.,]*(?![\p{L}\p{N}])/gu)]
    .map(([written]) => findNumber(written.replace(/[.,]+$/, '')))
    .filter((value) => value !== undefined);
  const words = wordsOf(name);
  if (words.includes('unit')) return numbers.at(-2);
  if (TOTAL.test(name)) return numbers.at(-1);
  if (words.includes('quantity') || words.includes('count') || words.includes('qty')) {
    return numbers.at(/^\d+[.)]?\s/.test(row) ? 1 : 0);
  }
  return words.includes('position') || words.includes('pos') ? numbers[0] : undefined;
}

/** The nearest number that the schema allows; undefined when nothing does. */
export function fitNumber(schema: JsonSchemaLike, wanted: number): number | undefined {
  const whole = schema['type'] === 'integer';
  const step = asNumber(schema['multipleOf']) ?? (whole ? 1 : undefined);
  const gap = step ?? EXCLUSIVE_GAP;
  const exclusiveLow = asNumber(schema['exclusiveMinimum']);
  const exclusiveHigh = asNumber(schema['exclusiveMaximum']);
  const low = Math.max(
    asNumber(schema['minimum']) ?? -Infinity,
    exclusiveLow === undefined ? -Infinity : exclusiveLow + gapFor(exclusiveLow, exclusiveHigh, gap),
  );
  const high = Math.min(
    asNumber(schema['maximum']) ?? Infinity,
    exclusiveHigh === undefined ? Infinity : exclusiveHigh - gapFor(exclusiveLow, exclusiveHigh, gap),
  );
  const clamped = Math.min(Math.max(wanted, low), high);
  if (step === undefined) return clamped;
  const steps = clamped / step;
  // A step that is not whole with a whole type: walk to the next multiple that is.
  for (let offset = 0; offset <= STEPS_TRIED; offset += 1) {
    for (const count of [Math.ceil(steps - STEP_SLACK) + offset, Math.floor(steps + STEP_SLACK) - offset]) {
      const value = Number((count * step).toPrecision(12));
      if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
    }
  }
  return undefined;
}

const EXCLUSIVE_GAP = 1;
const STEPS_TRIED = 1000;
const STEP_SLACK = 1e-9;

/** Halfway between two exclusive bounds that are nearer than a step. */
function gapFor(low: number | undefined, high: number | undefined, gap: number): number {
  if (low === undefined || high === undefined) return gap;
  return Math.min(gap, (high - low) / 2);
}
