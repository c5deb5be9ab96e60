// Each message of a capability against its input, worked out once: several rules ask what became of it.

import { dereference } from '../../schema/dereference.ts';
import { checkTemplate } from '../../template/check-template.ts';
import type { CheckedTemplate } from '../../template/check-template.ts';
import type { Template } from '../../template/template.ts';
import type { CapabilityUnit, ResolvedPart } from '../program.ts';

export type MessagePart = Extract<ResolvedPart, { kind: 'message' }>;

export interface CheckedMessage {
  readonly part: MessagePart;
  /** Absent when the text does not parse. */
  readonly checked?: CheckedTemplate;
}

const known = new WeakMap<CapabilityUnit, readonly CheckedMessage[]>();

/** In the order of the prompt; nothing when the input schema has errors. */
export function checkedMessages(unit: CapabilityUnit): readonly CheckedMessage[] {
  const ready = known.get(unit);
  if (ready !== undefined) return ready;
  const messages = unit.input === undefined ? [] : checkMessages(unit);
  known.set(unit, messages);
  return messages;
}

function checkMessages(unit: CapabilityUnit): CheckedMessage[] {
  const partials = parsedPartials(unit);
  const { input: schema = {}, output } = unit;
  const isOutputStructured = output !== undefined && dereference(output, output)['type'] !== 'string';
  return unit.prompt.flatMap((part): CheckedMessage[] => {
    if (part.kind === 'slot') return [];
    if (part.template === undefined) return [{ part }];
    const options = { schema, partials, role: part.role, isOutputStructured };
    return [{ part, checked: checkTemplate(part.template, options) }];
  });
}

/** The partials of a capability that parse, by name. */
export function parsedPartials(unit: CapabilityUnit): ReadonlyMap<string, Template> {
  return new Map(
    [...unit.partials].flatMap(([name, file]) => (file.template ? [[name, file.template] as const] : [])),
  );
}
