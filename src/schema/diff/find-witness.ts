// A payload that proves a change: fine under the one contract, refused by the other, and refused at the place that changed.
// The validator that serves requests has the last word on all of it.

import { compileValidator } from '../compile-validator.ts';
import type { Validator } from '../compile-validator.ts';
import type { Violation } from '../explain.ts';
import { appendPointer } from '../json-pointer.ts';
import type { Json, JsonSchema } from '../json-schema.ts';
import type { Direction } from './change-kinds.ts';
import type { Finding, Frame, Probe } from './finding.ts';
import { normalFormOf } from './normal-form.ts';
import type { NormalForm } from './normal-form.ts';
import { samplerOf } from './sample-value.ts';
import type { Company, Sampler } from './sample-value.ts';
import type { ArrayShape, ObjectShape } from './shape.ts';

/** So many values are tried for one change. */
const candidatesMax = 60;

export interface WitnessFinder {
  /** `undefined` when none was found, which proves nothing. */
  find(finding: Finding): Json | undefined;
}

type Side = 'old' | 'new';

/** What a finder knows of one of the two schemas. */
interface Party {
  readonly side: Side;
  readonly form: NormalForm;
  readonly sampler: Sampler;
  readonly validate: Validator;
}

/**
 * Callers send what the old contract accepts; receivers get what the new one allows. A validator may be handed in when it
 * exists already.
 */
export function createWitnessFinder(
  schemas: { readonly old: JsonSchema; readonly new: JsonSchema },
  direction: Direction,
  validatorOf: (schema: JsonSchema) => Validator = compileValidator,
): WitnessFinder {
  const [sourceSide, otherSide]: [Side, Side] = direction === 'input' ? ['old', 'new'] : ['new', 'old'];
  let opened: readonly [source: Party, other: Party] | undefined;
  let isUnusable = false;
  const open = (): readonly [source: Party, other: Party] | undefined => {
    try {
      return [
        openParty(sourceSide, schemas[sourceSide], validatorOf),
        openParty(otherSide, schemas[otherSide], validatorOf),
      ];
    } catch {
      // A baseline may hold a schema that this version would refuse; then there is nobody to ask, and nothing is proved.
      isUnusable = true;
      return undefined;
    }
  };
  return {
    find(finding) {
      if (finding.probe.kind === 'none' || isUnusable) return undefined;
      opened ??= open();
      return opened && search(finding, ...opened, direction);
    },
  };
}

function openParty(side: Side, schema: JsonSchema, validatorOf: (schema: JsonSchema) => Validator): Party {
  const form = normalFormOf(schema);
  return { side, form, sampler: samplerOf(form), validate: validatorOf(schema) };
}

/** A value at some place of a payload, and that place. */
interface Placed {
  readonly value: Json;
  readonly pointer: string;
}

function search(finding: Finding, source: Party, other: Party, direction: Direction): Json | undefined {
  let second: Json | undefined;
  for (const candidate of candidatesFor(finding, source, other).slice(0, candidatesMax)) {
    const placed = embed(candidate, finding.frames, source, other);
    if (placed === undefined) continue;
    const accepted = source.validate(placed.value);
    if (!accepted.ok) continue;
    // What receivers get has its defaults filled in; what callers send has not.
    const payload = direction === 'output' ? accepted.value : placed.value;
    const verdict = other.validate(payload);
    if (verdict.ok || !isAbout(verdict.violations, placed.pointer)) continue;
    if (verdict.violations.length === 1) return payload;
    second ??= payload;
  }
  return second;
}

/** Whether a refusal is for what changed, and not for something else in the payload. */
function isAbout(violations: readonly Violation[], pointer: string): boolean {
  return violations.some(
    ({ pointer: at, keyword }) =>
      at === pointer ||
      at.startsWith(`${pointer}/`) ||
      (pointer.startsWith(at) && ['anyOf', 'oneOf', 'schema', 'limit'].includes(keyword)),
  );
}

// -- values at the place that changed

function candidatesFor(finding: Finding, source: Party, other: Party): readonly Placed[] {
  const { probe } = finding;
  if (probe.kind === 'with' || probe.kind === 'without') return objectCandidates(probe, source, other);
  return valueCandidates(finding, source, other).map((value) => ({ value, pointer: '' }));
}

function valueCandidates(finding: Finding, source: Party, other: Party): readonly Json[] {
  const { probe } = finding;
  const { schema } = finding.nodes[source.side];
  const { sampler } = source;
  switch (probe.kind) {
    case 'values':
      return probe.values;
    case 'types':
      return probe.types.flatMap((type) => sampler.samplesOfType(schema, type));
    case 'limits':
      return [...sampler.edges(probe[source.side], probe[other.side]), ...sampler.samplesOf(schema)];
    case 'branch':
      return branchSamples(probe, sampler);
    default:
      return [...sampler.samplesOf(schema), ...everySample(finding, source, other)];
  }
}

function branchSamples(
  { shape, tag }: Extract<Probe, { kind: 'branch' }>,
  sampler: Sampler,
): readonly Json[] {
  if (shape.type !== 'object' || tag === undefined) return sampler.shapeSamples(shape);
  const tagged = sampler.object(shape, { set: new Map([[tag.property, tag.value]]) });
  return tagged === undefined ? [] : [tagged];
}

/** Values of all shapes of the source, at the limits of those of the other side. */
function everySample({ nodes }: Finding, source: Party, other: Party): readonly Json[] {
  const others = nodes[other.side].core.shapes;
  return nodes[source.side].core.shapes.flatMap((shape) => [
    ...source.sampler.shapeSamples(shape),
    ...others.filter(({ type }) => type === shape.type).flatMap((edge) => source.sampler.edges(shape, edge)),
  ]);
}

function objectCandidates(
  probe: Extract<Probe, { kind: 'with' | 'without' }>,
  source: Party,
  other: Party,
): readonly Placed[] {
  const shape = probe[source.side];
  const company = { form: other.form, of: probe[other.side] };
  const name = probe.name ?? source.sampler.freeName(shape, company);
  if (name === undefined) return [];
  const pointer = appendPointer('', name);
  if (probe.kind === 'without') {
    const value = source.sampler.object(shape, { company, omit: name });
    return value === undefined ? [] : [{ value, pointer }];
  }
  const schema = shape.properties.get(name) ?? shape.additional;
  const inner = schema === false ? [] : source.sampler.samplesOf(schema);
  const values =
    schema === false
      ? [source.sampler.object(shape, { company })]
      : inner.map((sample) => source.sampler.object(shape, { company, set: new Map([[name, sample]]) }));
  return values.flatMap((value) => (value === undefined ? [] : [{ value, pointer }]));
}

// -- the payload around it

function embed(inner: Placed, frames: readonly Frame[], source: Party, other: Party): Placed | undefined {
  return frames.reduceRight<Placed | undefined>(
    (placed, frame) => placed && wrap(placed, frame, source, other),
    inner,
  );
}

function wrap(inner: Placed, { step, ...shapes }: Frame, source: Party, other: Party): Placed | undefined {
  const shape = shapes[source.side];
  const around = shapes[other.side];
  if (shape.type === 'array' || around.type === 'array')
    return shape.type === 'array' && around.type === 'array'
      ? wrapInList(inner, shape, { form: other.form, of: around }, source)
      : undefined;
  const company = { form: other.form, of: around };
  switch (step.kind) {
    case 'property':
      return wrapInObject(inner, step.name, shape, company, source);
    case 'additional': {
      const name = source.sampler.freeName(shape, company);
      return name === undefined ? undefined : wrapInObject(inner, name, shape, company, source);
    }
    case 'name':
      return wrapName(inner, shape, company, source);
    default:
      return undefined;
  }
}

function wrapInList(
  inner: Placed,
  shape: ArrayShape,
  company: Company<ArrayShape>,
  { sampler }: Party,
): Placed | undefined {
  const count = Math.max(1, shape.minItems, Math.min(company.of.minItems, shape.maxItems ?? Infinity));
  const value = sampler.list(shape, [inner.value], count, company);
  return value === undefined ? undefined : { value, pointer: `/0${inner.pointer}` };
}

function wrapInObject(
  inner: Placed,
  name: string,
  shape: ObjectShape,
  company: Company<ObjectShape>,
  { sampler }: Party,
): Placed | undefined {
  const value = sampler.object(shape, { company, set: new Map([[name, inner.value]]) });
  return value === undefined ? undefined : { value, pointer: appendPointer('', name) + inner.pointer };
}

/** The value is the name of a property, and what stands under it is whatever may. */
function wrapName(
  inner: Placed,
  shape: ObjectShape,
  company: Company<ObjectShape>,
  source: Party,
): Placed | undefined {
  const name = inner.value;
  if (typeof name !== 'string') return undefined;
  const schema = shape.properties.get(name) ?? shape.additional;
  const [value] = schema === false ? [] : source.sampler.samplesOf(schema);
  return value === undefined ? undefined : wrapInObject({ value, pointer: '' }, name, shape, company, source);
}
