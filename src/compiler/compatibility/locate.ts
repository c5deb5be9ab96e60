// From a place in a Snapshot back to the text that an author wrote: through references, into shared schemas.

import type { Source, SourceSpan } from '../../diagnostics/diagnostic.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import type { SchemaPlace } from '../../schema/diff/diff-schemas.ts';
import { isRecord } from '../../schema/json-schema.ts';
import { pointerKeys, pointerTo, valueAt } from '../json-pointer.ts';
import { parse } from '../parse.ts';
import { PROJECT_PATH, sortSources } from '../sort-sources.ts';
import { firstLineOf } from '../syntax-tree.ts';
import type { SyntaxTree } from '../syntax-tree.ts';

export interface Locator {
  /** The sources with the paths that the spans have. */
  readonly sources: readonly Source[];
  /** A place in the file of a capability, by key; undefined when there is no such file. */
  inCapability(key: string, place: SchemaPlace): SourceSpan | undefined;
  inProject(place: SchemaPlace): SourceSpan | undefined;
  /** The part of a text value, without its quotes. */
  textInCapability(key: string, pointer: string): SourceSpan | undefined;
}

/** `prefix` goes before every path: two versions of one file must not have one name. */
export function createLocator(sources: readonly Source[], prefix = ''): Locator {
  const files = sortSources(sources, () => {});
  const schemas = new Map(files.schemas.map(({ name, source }) => [name, source]));
  const trees = new Map<Source, SyntaxTree | undefined>();
  const treeOf = (source: Source | undefined): SyntaxTree | undefined => {
    if (source === undefined) return undefined;
    // What is wrong with a file is told where it is compiled.
    if (!trees.has(source))
      trees.set(
        source,
        parse(source, () => {}),
      );
    return trees.get(source);
  };
  let byKey: ReadonlyMap<string, SyntaxTree> | undefined;
  const capability = (key: string): SyntaxTree | undefined => {
    byKey ??= new Map(
      files.capabilities
        .flatMap((source) => treeOf(source) ?? [])
        .map((tree) => [keyOf(tree), tree] as const)
        .reverse(),
    );
    return byKey.get(key);
  };
  const schema = (name: string): SyntaxTree | undefined => treeOf(schemas.get(name));
  const named = (span: SourceSpan): SourceSpan => ({ ...span, path: prefix + span.path });

  return {
    sources: sources.map((source) => ({ ...source, path: prefix + source.path })),
    inCapability(key, place) {
      const tree = capability(key);
      return tree && named(locate(tree, place, schema));
    },
    inProject(place) {
      const tree = treeOf(files.project);
      const start = { path: PROJECT_PATH, start: 0, end: 0 };
      return files.project === undefined
        ? undefined
        : named(tree === undefined ? start : spanAt(tree, place));
    },
    textInCapability(key, pointer) {
      const tree = capability(key);
      const text = tree?.textAt(pointer);
      return tree && text && named(tree.spanInText(pointer, 0, text.value.length));
    },
  };
}

function keyOf(tree: SyntaxTree): string {
  const [name, version] = [valueAt(tree.value, '/metadata/name'), valueAt(tree.value, '/metadata/version')];
  return `${String(name)}@${Number.parseInt(String(version), 10)}`;
}

/** Where one stands: a pointer in a file, and the pointer at which `#` of its references begins. */
interface Position {
  readonly tree: SyntaxTree;
  readonly pointer: string;
  readonly root: string;
}

/** References that lead on and on are left where they are. */
const hopsMax = 64;

function locate(
  tree: SyntaxTree,
  place: SchemaPlace,
  schema: (name: string) => SyntaxTree | undefined,
): SourceSpan {
  const [first = '', ...tokens] = pointerKeys(place.pointer);
  const base = pointerTo('', first);
  let position: Position = { tree, pointer: base, root: base };
  for (const [index, token] of tokens.entries()) {
    for (let hop = 0; hop < hopsMax && !has(position, token); hop += 1) {
      const next = followed(position, schema);
      if (next === undefined) break;
      position = next;
    }
    if (!has(position, token)) {
      // What is not written anywhere is shown at the nearest thing that would hold it.
      const isLast = index === tokens.length - 1;
      return spanAt(position.tree, { pointer: position.pointer, at: isLast ? place.at : 'key' }, 'key');
    }
    position = { ...position, pointer: pointerTo(position.pointer, token) };
  }
  return spanAt(position.tree, { ...place, pointer: position.pointer });
}

function has({ tree, pointer }: Position, token: string): boolean {
  const value = valueAt(tree.value, pointer);
  return typeof value === 'object' && value !== null && Object.hasOwn(value, token);
}

function followed(
  position: Position,
  schema: (name: string) => SyntaxTree | undefined,
): Position | undefined {
  const value = valueAt(position.tree.value, position.pointer);
  const reference = isRecord(value) ? value['$ref'] : undefined;
  if (typeof reference !== 'string') return undefined;
  const [document = '', fragment = ''] = reference.split('#');
  if (document === '') return { ...position, pointer: position.root + fragment };
  const tree = schema(document.replace(/^schema:/, ''));
  return tree && { tree, pointer: fragment, root: '' };
}

function spanAt(
  tree: SyntaxTree,
  { pointer, at, item }: SchemaPlace,
  otherwise: SchemaPlace['at'] = at,
): SourceSpan {
  const list = item === undefined ? undefined : valueAt(tree.value, pointer);
  const wanted = item === undefined ? '' : canonicalJson(item);
  const index = Array.isArray(list) ? list.findIndex((each) => canonicalJson(each) === wanted) : -1;
  return firstLineOf(
    tree,
    tree.spanOf(index < 0 ? pointer : pointerTo(pointer, index), index < 0 ? otherwise : 'value'),
  );
}
