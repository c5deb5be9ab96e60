// What a rule is. A rule looks at one capability, or at the project; it reads no files and knows no other rule.

import type { Diagnostic, Severity, Source } from '../../diagnostics/diagnostic.ts';
import type { Capability, Snapshot } from '../../registry/snapshot.ts';
import type { CapabilityUnit, Heading, Library, Project } from '../program.ts';

/** What a rule finds; its own code and severity are filled in. */
export type Finding = Omit<Diagnostic, 'code' | 'severity'> & Partial<Pick<Diagnostic, 'code' | 'severity'>>;

interface RuleOf<Context> {
  readonly code: string;
  readonly severity: Severity;
  check(context: Context & { readonly report: (finding: Finding) => void }): void;
}

/** A capability by itself: depends on its file and on what that refers to. */
export type ContractRule = RuleOf<{ readonly unit: CapabilityUnit }>;

/** A capability inside its project. `snapshot` has the project's providers, models and tiers, but no capabilities. */
export type ProjectRule = RuleOf<{
  readonly unit: CapabilityUnit;
  readonly capability: Capability;
  readonly project: Project;
  readonly snapshot: Snapshot;
}>;

/** All of a project at once. */
export interface ProgramContext {
  readonly sources: readonly Source[];
  /** The capabilities without errors. */
  readonly units: readonly CapabilityUnit[];
  /** Whether every capability file is among the units: one with errors is not. */
  readonly isWhole: boolean;
  readonly library: Library;
  /** All files that say how they are called, in path order. */
  readonly headings: readonly Heading[];
  /** The names of capability files that do not: what they would declare is not known. */
  readonly unread: ReadonlySet<string>;
  readonly project: Project | undefined;
  readonly adapters: readonly string[] | undefined;
  readonly targets: readonly string[] | undefined;
  /** The vendors of the catalogue; a function, because reading it costs. */
  readonly vendorNames: (() => readonly string[]) | undefined;
  /** YYYY-MM-DD */
  readonly today: string | undefined;
}

export type ProgramRule = RuleOf<ProgramContext>;
