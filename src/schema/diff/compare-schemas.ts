// Walks two schemas in parallel, by property and by branch, and notes every atomic difference with both places. Breadth
// first and in name order, so that the result depends neither on the order of keys nor on how definitions are shared: a
// pair of nodes that is met again is not walked again, only its place is noted.

import { appendPointer } from '../json-pointer.ts';
import type { JsonSchema } from '../json-schema.ts';
import { compareCores } from './compare-cores.ts';
import { compareNotes, isNote } from './compare-notes.ts';
import type { Finding, Pair, SchemaPlace } from './finding.ts';
import { normalFormOf } from './normal-form.ts';
import type { Core, Node, NormalForm } from './normal-form.ts';

/** So many other places of one difference are listed. */
const otherPlacesMax = 20;

/** What the parts of the walk are given. */
export interface Walk {
  readonly old: NormalForm;
  readonly new: NormalForm;
  /** Whether removed and added properties are looked through for renamed ones. */
  readonly seeksRenames: boolean;
  /** Notes a difference at a pair. */
  readonly note: (pair: Pair, difference: Difference) => void;
  /** Puts a pair inside the present one in the queue. */
  readonly enter: (pair: Pair) => void;
  /** Whether two schemas admit the same values; what is only said about them may differ. */
  readonly admitSame: (old: JsonSchema, next: JsonSchema) => boolean;
}

export type Difference = Pick<Finding, 'id' | 'text' | 'probe'> & {
  readonly subject?: string;
  /** Relative to the pair's own pointers. */
  readonly old?: Partial<SchemaPlace>;
  readonly new?: Partial<SchemaPlace>;
};

export interface SchemaPair {
  readonly old: JsonSchema;
  readonly new: JsonSchema;
  /** What the schema as a whole is called in texts. */
  readonly subject: string;
}

/** All differences of two resolved, closed schemas; none for a schema and itself. */
export function compareSchemas({ old, new: next, subject }: SchemaPair): readonly Finding[] {
  const forms = { old: normalFormOf(old), new: normalFormOf(next) };
  return walk(forms, rootPair(old, next, subject), true);
}

function rootPair(old: JsonSchema, next: JsonSchema, subject: string): Pair {
  return {
    old,
    new: next,
    subject,
    oldPointer: '',
    newPointer: '',
    frames: [],
    isName: false,
    fills: true,
    skipsDefault: false,
  };
}

function walk(
  forms: { readonly old: NormalForm; readonly new: NormalForm },
  start: Pair,
  seeksRenames: boolean,
): readonly Finding[] {
  const found: Found[] = [];
  const visits = createVisits();
  const queue: Entry[] = [{ pair: start, parent: undefined }];
  let current: Visit | undefined;
  const context: Walk = {
    ...forms,
    seeksRenames,
    note(pair, difference) {
      found.push({ finding: findingOf(forms, pair, difference), visit: current });
    },
    enter: (pair) => queue.push({ pair, parent: current }),
    admitSame: (old, next) => walk(forms, rootPair(old, next, ''), false).every(({ id }) => isNote(id)),
  };
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    const { pair } = entry;
    const old = forms.old.nodeOf(pair.old);
    const next = forms.new.nodeOf(pair.new);
    const known = visits.find(old, next, pair);
    current = known ?? visits.add(old, next, entry);
    compareNotes(context, pair, old, next, known === undefined);
    if (known === undefined) compareCores(context, pair, old.core, next.core);
    else known.places.push(pair.subject);
  }
  return found.map(({ finding, visit }) => ({ ...finding, alsoAt: otherPlaces(finding, visit) }));
}

interface Entry {
  readonly pair: Pair;
  readonly parent: Visit | undefined;
}

/** A pair of nodes that was walked: where first, and where it was met again. */
interface Visit {
  readonly subject: string;
  readonly parent: Visit | undefined;
  readonly places: string[];
}

interface Found {
  readonly finding: Finding;
  readonly visit: Visit | undefined;
}

/** Remembers pairs by what they admit: two references to one definition are one. */
function createVisits(): {
  find(old: Node, next: Node, pair: Pair): Visit | undefined;
  add(old: Node, next: Node, entry: Entry): Visit;
} {
  const known = new Map<string, Visit>();
  const numbers = new Map<Core, number>();
  const numberOf = (core: Core): number => {
    const number = numbers.get(core) ?? numbers.size;
    numbers.set(core, number);
    return number;
  };
  const keyOf = (old: Node, next: Node, { isName, fills }: Pair): string =>
    `${numberOf(old.core)} ${numberOf(next.core)} ${isName} ${fills}`;
  return {
    find: (old, next, pair) => known.get(keyOf(old, next, pair)),
    add(old, next, { pair, parent }) {
      const visit = { subject: pair.subject, parent, places: [] };
      known.set(keyOf(old, next, pair), visit);
      return visit;
    },
  };
}

/** The places of the same difference below every other place of what contains it. */
function otherPlaces(finding: Finding, visit: Visit | undefined): readonly string[] {
  const places: string[] = [];
  for (let node = visit; node !== undefined && places.length < otherPlacesMax; node = node.parent) {
    const rest = finding.subject.slice(node.subject.length);
    places.push(...node.places.map((place) => place + rest));
  }
  return [...new Set(places)]
    .filter((place) => place !== finding.subject)
    .sort()
    .slice(0, otherPlacesMax);
}

function findingOf(
  forms: { readonly old: NormalForm; readonly new: NormalForm },
  pair: Pair,
  difference: Difference,
): Finding {
  const { id, text, probe, subject = pair.subject } = difference;
  return {
    id,
    subject,
    text,
    old: placeAt(pair.oldPointer, difference.old),
    new: placeAt(pair.newPointer, difference.new),
    frames: pair.frames,
    nodes: { old: forms.old.nodeOf(pair.old), new: forms.new.nodeOf(pair.new) },
    probe,
    alsoAt: [],
  };
}

function placeAt(base: string, place: Partial<SchemaPlace> = {}): SchemaPlace {
  const { pointer = '', at = 'key', item } = place;
  return { pointer: base + pointer, at, ...(item === undefined ? {} : { item }) };
}

/** A pointer below a pair's own. */
export function below(...tokens: readonly string[]): string {
  return appendPointer('', ...tokens);
}
