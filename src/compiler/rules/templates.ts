// The messages of a capability against its input: every path, helper, block and partial, by the types of the schema. And
// inputs that no message uses.

import type { SourceSpan } from '../../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../../registry/snapshot.ts';
import { checkTemplate } from '../../template/check-template.ts';
import type { TemplateFinding } from '../../template/check-template.ts';
import type { Template } from '../../template/template.ts';
import type { CapabilityUnit, ResolvedPart } from '../program.ts';
import type { ContractRule, Finding } from './rule.ts';

export const templates: ContractRule = {
  code: 'template/unknown-property',
  severity: 'error',
  check({ unit, report }) {
    const { input } = unit;
    if (input === undefined) return;
    const used = new Set<string>();
    let isSound = true;
    for (const part of unit.prompt) {
      if (part.kind === 'slot') continue;
      const isGood =
        part.template !== undefined && checkMessage(unit, part, part.template, input, used, report);
      isSound &&= isGood;
    }
    // A misspelt name would be told a second time, as the right one that nobody uses.
    if (isSound) reportUnused(unit, input, used, report);
  },
};

type MessagePart = Extract<ResolvedPart, { kind: 'message' }>;

/** False when the message has errors. */
function checkMessage(
  unit: CapabilityUnit,
  part: MessagePart,
  template: Template,
  schema: JsonSchema,
  used: Set<string>,
  report: (finding: Finding) => void,
): boolean {
  const partials = new Map(
    [...unit.partials].flatMap(([name, file]) => (file.template ? [[name, file.template] as const] : [])),
  );
  const checked = checkTemplate(template, { schema, partials, role: part.role });
  for (const finding of checked.findings) report(diagnosticOf(unit, part, finding));
  for (const name of checked.used ?? propertyNames(schema)) used.add(name);
  return checked.findings.every(({ severity }) => severity !== 'error');
}

function diagnosticOf(unit: CapabilityUnit, part: MessagePart, finding: TemplateFinding): Finding {
  const { code, severity, message, label, help, notes, fix, calledAt } = finding;
  const here = (start: number, end: number): SourceSpan => unit.tree.spanInText(part.pointer, start, end);
  const file = finding.partial === undefined ? undefined : unit.partials.get(finding.partial);
  const placeOf = file?.placeOf ?? here;
  return {
    code,
    severity,
    message,
    span: placeOf(finding.start, finding.end),
    pointer: part.pointer,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help: [help] }),
    ...(notes === undefined ? {} : { notes }),
    ...(calledAt === undefined
      ? {}
      : { labels: [{ span: here(calledAt.start, calledAt.end), message: 'called here' }] }),
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              message: fix.message,
              safety: fix.safety,
              edits: [{ span: placeOf(fix.start, fix.end), text: fix.text }],
            },
          ],
        }),
  };
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
