// Which source is what, by its path alone; and that no two shared files have one name.

import type { Report, Source } from '../diagnostics/diagnostic.ts';
import { quoteValue } from './words.ts';

export interface SortedSources {
  readonly project: Source | undefined;
  readonly quality: Source | undefined;
  readonly capabilities: readonly Source[];
  readonly schemas: readonly NamedSource[];
  readonly partials: readonly NamedSource[];
}

export interface NamedSource {
  readonly name: string;
  readonly source: Source;
}

export const PROJECT_PATH = 'capstan.yaml';
/** What `capstan eval` measured. */
export const QUALITY_PATH = 'capabilities/quality.json';
const capabilityEnding = '.cap.yaml';
const schemaEnding = '.schema.yaml';
const partialEnding = '.hbs';

/** Files that are nothing of ours are left out; each kind is in path order. */
export function sortSources(sources: readonly Source[], report: Report): SortedSources {
  const inOrder = [...sources].sort((left, right) => (left.path < right.path ? -1 : 1));
  const capabilities = inOrder.filter(({ path }) => isUnder(path, 'capabilities', capabilityEnding));
  const schemas = inOrder.filter(({ path }) => isUnder(path, 'schemas', schemaEnding));
  const partials = inOrder.filter(
    ({ path }) => isUnder(path, 'partials', partialEnding) || isUnder(path, 'capabilities', partialEnding),
  );
  return {
    project: inOrder.find(({ path }) => path === PROJECT_PATH),
    quality: inOrder.find(({ path }) => path === QUALITY_PATH),
    capabilities,
    schemas: uniqueByName(schemas, schemaEnding, 'schema', report),
    partials: uniqueByName(partials, partialEnding, 'partial', report),
  };
}

/** `summarize@2` for `capabilities/docs/summarize@2.cap.yaml`. */
export function capabilityStem(path: string): string {
  return stemOf(path, capabilityEnding);
}

/** `summarize` for the same: what the file is named after, whatever it holds. */
export function nameInPath(path: string): string {
  return capabilityStem(path).replace(/@.*$/, '');
}

function isUnder(path: string, folder: string, ending: string): boolean {
  return path.startsWith(`${folder}/`) && path.endsWith(ending);
}

function stemOf(path: string, ending: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -ending.length);
}

function uniqueByName(
  sources: readonly Source[],
  ending: string,
  kind: 'schema' | 'partial',
  report: Report,
): NamedSource[] {
  const known = new Map<string, NamedSource>();
  for (const source of sources) {
    const name = stemOf(source.path, ending);
    const first = known.get(name);
    if (first === undefined) {
      known.set(name, { name, source });
      continue;
    }
    report({
      code: `${kind}/duplicate-name`,
      severity: 'error',
      message: `The ${kind} ${quoteValue(name)} is also ${first.source.path}.`,
      span: { path: source.path, start: 0, end: 0 },
      labels: [
        { span: { path: first.source.path, start: 0, end: 0 }, message: 'the first file of this name' },
      ],
      help: ['names are file names without folders; rename one of the two'],
    });
  }
  return [...known.values()];
}
