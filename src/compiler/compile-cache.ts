// What one compilation leaves to the next: results per file, each with what it was made from. Nothing is believed
// without a look: an entry counts only when its text and everything it looked up are the same again.

import type { Diagnostic, Report, Source } from '../diagnostics/diagnostic.ts';
import type { Capability } from '../registry/snapshot.ts';
import type { Dependencies } from './library.ts';
import { areCurrent } from './library.ts';
import type { CapabilityUnit, Heading, Library, Project } from './program.ts';

/** Kept between compilations by whoever compiles again and again. */
export interface CompileCache {
  readonly files: Map<string, FileEntry>;
  readonly contracts: Map<string, ContractEntry>;
  readonly entries: WeakMap<CapabilityUnit, SnapshotEntry>;
}

interface FileEntry {
  readonly text: string;
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/** What one capability file comes to, by itself. */
export interface Contract {
  /** Undefined when the file has an error. */
  readonly unit: CapabilityUnit | undefined;
  /** Undefined when the file does not say how it is called. */
  readonly heading: Heading | undefined;
}

interface ContractEntry extends Contract {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly dependencies: Dependencies;
}

/** A capability's part of the Snapshot for one project, with its canonical JSON. */
export interface SnapshotEntry {
  readonly project: Project;
  readonly capability: Capability;
  readonly canonical: string;
  readonly diagnostics: readonly Diagnostic[];
}

export function createCompileCache(): CompileCache {
  return { files: new Map(), contracts: new Map(), entries: new WeakMap() };
}

/** The result for one file by itself, from the cache when its text is the same. */
export function rememberFile<T>(
  cache: CompileCache,
  source: Source,
  report: Report,
  read: (report: Report) => T,
): T {
  const known = cache.files.get(source.path);
  if (known?.text === source.text) {
    known.diagnostics.forEach(report);
    return known.value as T;
  }
  const diagnostics: Diagnostic[] = [];
  const value = read((diagnostic) => diagnostics.push(diagnostic));
  cache.files.set(source.path, { text: source.text, value, diagnostics });
  diagnostics.forEach(report);
  return value;
}

/** The result for one capability file, from the cache when its text and all that it looked up are the same. */
export function rememberContract(
  cache: CompileCache,
  source: Source,
  library: Library,
  report: Report,
  make: (report: Report) => Contract & { readonly dependencies: Dependencies },
): Contract {
  const known = cache.contracts.get(source.path);
  if (known?.text === source.text && areCurrent(known.dependencies, library)) {
    known.diagnostics.forEach(report);
    return known;
  }
  const diagnostics: Diagnostic[] = [];
  const made = make((diagnostic) => diagnostics.push(diagnostic));
  cache.contracts.set(source.path, { text: source.text, diagnostics, ...made });
  diagnostics.forEach(report);
  return made;
}

/** Forgets files that are gone. */
export function forgetOthers(cache: CompileCache, sources: readonly Source[]): void {
  const paths = new Set(sources.map(({ path }) => path));
  for (const known of [cache.files, cache.contracts]) {
    for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
  }
}
