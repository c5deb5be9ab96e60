// The whole way from texts to a Snapshot. No I/O, and nothing that an author writes makes it throw.

import { concealSecrets } from '../diagnostics/conceal-secrets.ts';
import type { Diagnostic, Report, Source } from '../diagnostics/diagnostic.ts';
import { orderDiagnostics } from '../diagnostics/order-diagnostics.ts';
import type { FindVendor } from '../registry/catalog.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { assembleSnapshot } from './assemble-snapshot.ts';
import type { CapabilityTests } from './capability-tests.ts';
import { testsOf } from './capability-tests.ts';
import { checkContract, checkInProject, checkProgram } from './check.ts';
import type { CompileCache, Contract, SnapshotEntry } from './compile-cache.ts';
import { createCompileCache, forgetOthers, rememberContract, rememberFile } from './compile-cache.ts';
import { concealFindings } from './conceal-findings.ts';
import type { LintLevel } from './declaration.gen.ts';
import { decodeCapability, decodeProject } from './decode.ts';
import { limitFindings } from './findings-limit.ts';
import { openLibrary } from './library.ts';
import { applyLintLevels } from './lint-levels.ts';
import { lowerProject } from './lower-project.ts';
import { lower } from './lower.ts';
import { parse } from './parse.ts';
import type { CapabilityUnit, Library, PartialFile, Project, SchemaFile } from './program.ts';
import { readHeading } from './read-heading.ts';
import { readPartial } from './read-partial.ts';
import { readQuality, reportStale, withoutSimulated } from './read-quality.ts';
import { checkSchemaFile } from './resolve-schemas.ts';
import { resolve } from './resolve.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import type { ProgramContext } from './rules/rule.ts';
import type { SortedSources } from './sort-sources.ts';
import { nameInPath, sortSources } from './sort-sources.ts';
import { applySuppressions } from './suppressions.ts';

export { createCompileCache } from './compile-cache.ts';
export type { CompileCache } from './compile-cache.ts';
export type { CapabilityTest, CapabilityTests, PlacedTest } from './capability-tests.ts';
export type { PlacedBranch } from './template-branches.ts';

export interface Compilation {
  /**
   * Present when the project file is usable. Capabilities with errors are not in it; whether it may go live with the
   * others is for `hasErrors(diagnostics)` to say.
   */
  readonly snapshot?: Snapshot;
  /** What the project file itself says, and the vendors that it uses; present when the Snapshot is. */
  readonly project?: Pick<Project, 'declaration' | 'vendors'>;
  /** In the order in which they are shown. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of the capabilities in the Snapshot, by key. */
  readonly tests: readonly CapabilityTests[];
  readonly sources: readonly Source[];
  /** The sources as people may see them: dots stand for every secret, whether or not its finding is reported. */
  readonly shown: readonly Source[];
  /** What capabilities share, as it was read. */
  readonly library: Library;
}

export interface CompileOptions {
  /** Makes the next compilation fast: only what changed, and what refers to it, is worked on again. */
  readonly cache?: CompileCache;
  /** The adapters that exist; without them any name is accepted. */
  readonly adapters?: readonly string[];
  /** The vendors of the catalogue; without it there are none. It answers the same as long as a cache lives. */
  readonly findVendor?: FindVendor;
  /** Their names, for suggestions. */
  readonly vendorNames?: () => readonly string[];
  /** What can be generated; without it any name is accepted. */
  readonly targets?: readonly string[];
  /** The day, YYYY-MM-DD; without it nothing is said of days that have passed. */
  readonly today?: string;
  /** Levels of rules that go before those of capstan.yaml. */
  readonly lint?: { readonly [code: string]: LintLevel };
}

export function compile(sources: readonly Source[], options: CompileOptions = {}): Compilation {
  const cache = options.cache ?? createCompileCache();
  const found: Diagnostic[] = [];
  const report: Report = (diagnostic) => found.push(diagnostic);

  const files = sortSources(sources, report);
  const library = readLibrary(files, cache, report);
  const project = readProject(files, cache, options.findVendor, report);
  const contracts = files.capabilities.map((source) => readCapability(source, library, cache, report));
  const units = contracts.flatMap(({ unit }) => unit ?? []);
  const entries = project === undefined ? [] : lowerAll(units, project, cache, report);
  checkProgram(programOf(sources, files, contracts, library, project, options), report);

  forgetOthers(cache, sources);
  const quality = readMeasured(files, project, cache, entries, report);
  const snapshot = project && assembleSnapshot(project, entries, quality);
  const levels = { ...project?.lint, ...options.lint };
  const left = applySuppressions(applyLintLevels(concealFindings(found), levels), sources, levels);
  return {
    ...(snapshot && { snapshot }),
    ...(project && { project }),
    diagnostics: limitFindings(orderDiagnostics(left)),
    tests: testsOf(units, entries),
    sources,
    shown: concealSecrets(sources, found),
    library,
  };
}

function programOf(
  sources: readonly Source[],
  files: SortedSources,
  contracts: readonly Contract[],
  library: Library,
  project: Project | undefined,
  { adapters, targets, vendorNames, today }: CompileOptions,
): ProgramContext {
  const headings = contracts.flatMap(({ heading }) => heading ?? []);
  const read = new Set(headings.map(({ tree }) => tree.source));
  const unread = files.capabilities.filter((source) => !read.has(source));
  const units = contracts.flatMap(({ unit }) => unit ?? []);
  return {
    sources,
    units,
    isWhole: units.length === files.capabilities.length,
    library,
    headings,
    unread: new Set(unread.map(({ path }) => nameInPath(path))),
    project,
    adapters,
    targets,
    vendorNames,
    today,
  };
}

// -- shared files

function readLibrary(files: SortedSources, cache: CompileCache, report: Report): Library {
  const schemas = new Map<string, SchemaFile>();
  const partials = new Map<string, PartialFile>();
  for (const { name, source } of files.schemas) {
    schemas.set(
      name,
      rememberFile(cache, source, report, (tell) => readSchema(source, name, tell)),
    );
  }
  for (const { name, source } of files.partials) {
    partials.set(
      name,
      rememberFile(cache, source, report, (tell) => readPartial(source, name, tell)),
    );
  }
  const library = { schemas, partials };
  for (const file of schemas.values()) checkSchemaFile(file, library, report);
  return library;
}

function readSchema(source: Source, name: string, report: Report): SchemaFile {
  const tree = parse(source, report);
  return tree?.isSound ? { name, source, tree } : { name, source };
}

function readProject(
  files: SortedSources,
  cache: CompileCache,
  findVendor: FindVendor | undefined,
  report: Report,
): Project | undefined {
  const source = files.project;
  if (source === undefined) {
    report({
      code: 'project/missing',
      severity: 'error',
      message: 'There is no capstan.yaml.',
      span: { path: 'capstan.yaml', start: 0, end: 0 },
      help: ['`capstan init` writes one'],
    });
    return undefined;
  }
  return rememberFile(cache, source, report, (tell) => {
    const tree = parse(source, tell);
    const declaration = tree && decodeProject(tree, tell);
    return tree?.isSound && declaration ? lowerProject(tree, declaration, findVendor) : undefined;
  });
}

/** What was measured; its file says nothing of what a capability is, so a mistake in it blocks none. */
function readMeasured(
  { quality: source }: SortedSources,
  project: Project | undefined,
  cache: CompileCache,
  entries: readonly SnapshotEntry[],
  report: Report,
): Snapshot['quality'] {
  if (source === undefined) return undefined;
  const read = rememberFile(cache, source, report, (tell) => readQuality(source, tell));
  const measured = read && withoutSimulated(read, project?.providers ?? {});
  if (measured !== undefined) reportStale(measured, entries, report);
  return measured?.quality;
}

// -- capabilities

/** A capability by itself: all that can be said of it without the project. */
function readCapability(source: Source, library: Library, cache: CompileCache, report: Report): Contract {
  return rememberContract(cache, source, library, report, (tell) => {
    const { view, dependencies } = openLibrary(library);
    let isSound = true;
    const hear: Report = (diagnostic) => {
      isSound &&= diagnostic.severity !== 'error';
      tell(diagnostic);
    };
    const tree = parse(source, hear);
    const heading = tree && readHeading(tree);
    const declaration = tree && decodeCapability(tree, hear);
    if (tree === undefined || declaration === undefined)
      return { unit: undefined, heading, dependencies: dependencies() };
    const unit = resolve(tree, declaration, view, hear);
    checkContract(unit, hear);
    return { unit: isSound ? unit : undefined, heading, dependencies: dependencies() };
  });
}

function lowerAll(
  units: readonly CapabilityUnit[],
  project: Project,
  cache: CompileCache,
  report: Report,
): SnapshotEntry[] {
  const background = assembleSnapshot(project, []);
  return units.flatMap((unit) => {
    const entry = cache.entries.get(unit);
    const known = entry?.project === project ? entry : lowerOne(unit, project, background);
    if (known === undefined) return [];
    cache.entries.set(unit, known);
    known.diagnostics.forEach(report);
    return known.diagnostics.some(({ severity }) => severity === 'error') ? [] : [known];
  });
}

function lowerOne(unit: CapabilityUnit, project: Project, background: Snapshot): SnapshotEntry | undefined {
  if (unit.input === undefined || unit.output === undefined || !unit.tree.isSound) return undefined;
  const capability = lower(unit, unit.input, unit.output, project);
  const diagnostics: Diagnostic[] = [];
  checkInProject(unit, capability, project, background, (diagnostic) => diagnostics.push(diagnostic));
  return { project, capability, canonical: canonicalJson(capability), diagnostics };
}
