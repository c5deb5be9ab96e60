// The messages of a capability against its input: every path, helper, block and partial, by the types of the schema. And
// inputs that no message uses.

import type { Label, SourceSpan } from '../../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../../registry/snapshot.ts';
import type { TemplateFinding, TemplatePlace } from '../../template/finding.ts';
import type { CapabilityUnit } from '../program.ts';
import { checkedMessages } from './checked-messages.ts';
import type { MessagePart } from './checked-messages.ts';
import type { ContractRule, Finding } from './rule.ts';

export const templates: ContractRule = {
  code: 'template/unknown-property',
  severity: 'error',
  check({ unit, report }) {
    const { input } = unit;
    if (input === undefined) return;
    const used = new Set<string>();
    let isSound = true;
    for (const { part, checked } of checkedMessages(unit)) {
      for (const finding of checked?.findings ?? []) report(diagnosticOf(unit, part, finding));
      for (const name of checked?.used ?? propertyNames(input)) used.add(name);
      isSound &&= checked?.findings.every(({ severity }) => severity !== 'error') ?? false;
    }
    // A misspelt name would be told a second time, as the right one that nobody uses.
    if (isSound) reportUnused(unit, input, used, report);
  },
};

function diagnosticOf(unit: CapabilityUnit, part: MessagePart, finding: TemplateFinding): Finding {
  const { code, severity, message, label, help, notes, fix } = finding;
  const placeOf = (place: TemplatePlace): SourceSpan => spanOf(unit, part, place);
  const labels = labelsOf(unit, part, finding);
  return {
    code,
    severity,
    message,
    span: placeOf(finding),
    pointer: part.pointer,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help: [help] }),
    ...(notes === undefined ? {} : { notes }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              message: fix.message,
              safety: fix.safety,
              edits: [fix, ...(fix.also ?? [])].map(({ start, end, text }) => ({
                span: placeOf({ ...finding, start, end }),
                text,
              })),
            },
          ],
        }),
  };
}

function spanOf(unit: CapabilityUnit, part: MessagePart, { start, end, partial }: TemplatePlace): SourceSpan {
  const file = partial === undefined ? undefined : unit.partials.get(partial);
  return file === undefined ? unit.tree.spanInText(part.pointer, start, end) : file.placeOf(start, end);
}

/** Labels in the order of the finding, then the call that led to it; the primary place needs no second mark. */
function labelsOf(unit: CapabilityUnit, part: MessagePart, finding: TemplateFinding): Label[] {
  const { labels = [], calledAt } = finding;
  const primary = spanOf(unit, part, finding);
  const all = labels.map((label): Label => ({
    span: 'pointer' in label ? unit.tree.spanOf(label.pointer, 'key') : spanOf(unit, part, label),
    message: label.message,
  }));
  if (calledAt !== undefined) all.push({ span: spanOf(unit, part, calledAt), message: 'called here' });
  return all.filter(
    ({ span }) => span.path !== primary.path || span.start !== primary.start || span.end !== primary.end,
  );
}

function reportUnused(
  { tree }: CapabilityUnit,
  input: JsonSchema,
  used: ReadonlySet<string>,
  report: (finding: Finding) => void,
): void {
  for (const name of propertyNames(input)) {
    if (used.has(name)) continue;
    const pointer = `/input/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    report({
      code: 'template/unused-input',
      severity: 'warning',
      message: `No message uses \`${name}\`.`,
      span: tree.spanOf(pointer, 'key'),
      pointer,
      help: ['use it, or delete it'],
    });
  }
}

function propertyNames(schema: JsonSchema): string[] {
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
