// Phase 5: rules over what was resolved and lowered. Each capability is checked by itself, then inside its project; the
// first depends only on the files it names, so its findings can be kept.

import type { Report } from '../diagnostics/diagnostic.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import type { CapabilityUnit, Project } from './program.ts';
import { contractRules, programRules, projectRules } from './rules/index.ts';
import type { Finding, ProgramContext } from './rules/rule.ts';

export function checkContract(unit: CapabilityUnit, report: Report): void {
  const { tree, declaration } = unit;
  // What a mistake in the YAML leaves open is not judged a second time.
  const hear: Report = (diagnostic) => {
    if (!tree.isDoubtful(diagnostic.pointer ?? '')) report(diagnostic);
  };
  for (const rule of contractRules) {
    rule.check({ unit, report: reportFor(rule, declaration.metadata.name, hear) });
  }
}

export function checkInProject(
  unit: CapabilityUnit,
  capability: Capability,
  project: Project,
  snapshot: Snapshot,
  report: Report,
): void {
  for (const rule of projectRules) {
    rule.check({ unit, capability, project, snapshot, report: reportFor(rule, capability.name, report) });
  }
}

export function checkProgram(program: ProgramContext, report: Report): void {
  for (const rule of programRules) rule.check({ ...program, report: reportFor(rule, undefined, report) });
}

function reportFor(
  rule: { readonly code: string; readonly severity: Finding['severity'] & string },
  capability: string | undefined,
  report: Report,
): (finding: Finding) => void {
  return (finding) => {
    report({
      code: rule.code,
      severity: rule.severity,
      ...(capability !== undefined && { capability }),
      ...finding,
    });
  };
}
