// What the checker carries along its walk: what it knows of values, which scopes are open, and what it has found.

import { unescapeToken } from '../schema/json-pointer.ts';
import type { Probe } from './probe.ts';
import type { TemplateFinding, TemplateLabel, TemplatePlace } from './finding.ts';
import { pointerStep } from './json.ts';
import type { Facts } from './narrow.ts';
import type { Place, Template, TemplateFix, TemplateNode } from './template.ts';
import type { Alternative, Type } from './type-model.ts';

/** One check of one template. */
export interface Check {
  readonly template: Template;
  readonly partials: ReadonlyMap<string, Template>;
  readonly probe: Probe | undefined;
  /** Text of the caller may not stand bare in messages of `system` and `developer`. */
  readonly isPrivileged: boolean;
  readonly isOutputStructured: boolean;
  /** The most `../` in a loop variable of any partial. */
  readonly loopDepthMax: number;
  /** Characters of the suffix that the tags of fences get. */
  readonly fenceSuffixLength: number;
  readonly root: Known;
  readonly findings: TemplateFinding[];
  /** Top-level properties of the input that are used; the empty name stands for all of it. */
  readonly used: Set<string>;
  /** Partials by what they were checked with. */
  readonly checked: Map<string, CheckedPartial>;
  readonly partialCalls: PartialCallSite[];
  /** Shapes of contexts with `key=value`s, so that equal calls have equal types. */
  readonly overlays: Map<string, Type>;
  /** The partials that are being checked, outermost first. */
  readonly calls: OpenPartial[];
  /** Keys of the branches that some input takes; see `branchesOf`. */
  readonly reachable: Set<string>;
  /** How many mistakes were found so far. */
  errors: number;
  /** Numbers for loops and calls. */
  frames: number;
  /** The walk itself, for what calls it again. */
  readonly walk: (check: Check, body: readonly TemplateNode[], scope: Scope, facts: Facts) => Extent;
}

/** What a body can print: nothing at all, and at most so many code points. */
export interface Extent {
  readonly canBeSilent: boolean;
  readonly lengthMax: number;
}

export interface OpenPartial {
  readonly name: string;
  readonly template: Template;
  /** Equal for calls of one partial that cannot differ. */
  readonly key: string;
  /** Of its context; what is below it in the data has the same origin. */
  readonly frame: number;
  /** The call in the template itself. */
  readonly calledAt: Place;
}

/** What a partial is for one type of context. */
export interface CheckedPartial {
  extent: Extent;
  /** Names that it uses of its context; `*` stands for the context as a whole. */
  readonly names: Set<string>;
  /** Partials that get the context as it is. */
  readonly passesTo: { readonly key: string; readonly hidden: ReadonlySet<string> }[];
  /** Names that it uses and its context does not have. */
  readonly missing: { readonly name: string; readonly place: TemplatePlace }[];
}

export interface PartialCallSite extends TemplatePlace {
  readonly from: string | undefined;
  readonly to: string;
  readonly fromName: string | undefined;
  readonly toName: string;
  /** How the new context lies to the one of the partial that calls: truly below it, the same, or elsewhere. */
  readonly relation: 'below' | 'same' | 'elsewhere';
  readonly options: readonly (Place & { readonly name: string })[];
  readonly calledAt: Place;
}

/** A value that is the context of a partial, or something below that. */
interface Origin {
  readonly frame: number;
  readonly isBelow: boolean;
}

/** A type, and what is known of the value beyond it. */
export interface Known {
  readonly type: Type;
  /** Where facts about the value are kept. */
  readonly key?: string;
  /** Where the schema of the input says what it is; the file may say it in a place of its own instead. */
  readonly pointer?: string;
  readonly origin?: Origin;
  /** The `key=value`s in front of its own properties. */
  readonly parts?: ReadonlyMap<string, Known>;
  /** The partial whose context it is, by key. */
  readonly contextOf?: string;
  /** Counts the turns of a loop over a list. */
  readonly isIndex?: boolean;
}

export interface Scope {
  readonly context: Known;
  readonly outer?: Scope;
  readonly names?: ReadonlyMap<string, Known>;
  readonly loop?: Loop;
  /** The block that opened it; absent for the root and for the context of a partial. */
  readonly opened?: OpenedScope;
}

export interface OpenedScope extends TemplatePlace {
  readonly kind: 'each' | 'with';
  /** What the block is about, as it is written. */
  readonly words: string;
}

export interface Loop {
  readonly key: Type;
  readonly isList: boolean;
  readonly outer: Loop | undefined;
}

// ---- Keys ----------------------------------------------------------------------------------------------------------

/** Keys are JSON pointers below `$`, or below the `%7` of a partial's context; `*3` stands for the items of a loop. */
export const rootKey = '$';

/** What `@root` leads to without passing through a loop or a partial. */
export function isOfRoot(key: string): boolean {
  return key.startsWith(rootKey) && !/\/\*\d/.test(key);
}

export function keyBelow(key: string, name: string): string {
  return pointerStep(key, name.startsWith('*') ? `*${name}` : name);
}

export function nameInKey(step: string): string {
  return unescapeToken(step.replace(/^\*\*/, '*'));
}

// ---- Values --------------------------------------------------------------------------------------------------------

export function refine(known: Known, facts: Facts): Known {
  const fact = known.key === undefined ? undefined : facts.get(known.key);
  return fact === undefined ? known : { ...known, type: fact.refine(known.type) };
}

/** A property of a value; what a `key=value` gives has the way of that value. */
export function below(owner: Known, type: Type, name: string): Known {
  const key = owner.key === undefined ? {} : { key: keyBelow(owner.key, name) };
  const part = owner.parts?.get(name);
  if (part !== undefined) return { ...part, ...key, type };
  const { pointer, origin } = owner;
  return {
    type,
    ...key,
    ...(pointer === undefined ? {} : { pointer: schemaBelow(owner, pointer, name) }),
    ...(origin === undefined ? {} : { origin: { ...origin, isBelow: true } }),
  };
}

function schemaBelow({ type }: Known, pointer: string, name: string): string {
  if (!type.some(({ kind }) => kind === 'list')) return pointerStep(`${pointer}/properties`, name);
  return name === 'length' ? pointer : `${pointer}/items`;
}

/** Any one of the items of a value, in the loop with this number. */
export function itemBelow(owner: Known, type: Type, loop: number): Known {
  const { key, pointer, origin, parts } = owner;
  const canBePart = parts !== undefined && parts.size > 0;
  const isList = owner.type.some(({ kind }) => kind === 'list');
  return {
    type,
    ...(key === undefined ? {} : { key: `${key}/*${loop}` }),
    ...(pointer === undefined ? {} : { pointer: `${pointer}/${isList ? 'items' : 'additionalProperties'}` }),
    ...(origin === undefined || canBePart ? {} : { origin: { ...origin, isBelow: true } }),
  };
}

export function isAbsent(one: Alternative): boolean {
  return one.kind === 'null' || one.kind === 'undefined';
}

export const nothingPrinted: Extent = { canBeSilent: true, lengthMax: 0 };

export function eitherExtent(extents: readonly Extent[]): Extent {
  if (extents.length === 0) return nothingPrinted;
  return {
    canBeSilent: extents.some(({ canBeSilent }) => canBeSilent),
    lengthMax: Math.max(...extents.map(({ lengthMax }) => lengthMax)),
  };
}

// ---- Reporting -----------------------------------------------------------------------------------------------------

export interface FindingWords {
  readonly severity?: TemplateFinding['severity'];
  readonly label?: string;
  readonly labels?: readonly (TemplateLabel | undefined)[];
  readonly help?: string | undefined;
  readonly notes?: readonly string[];
  readonly fix?: TemplateFix | undefined;
}

/** Says something of a place in the text that is being checked. */
export function report(
  check: Check,
  place: Place,
  code: string,
  message: string,
  words: FindingWords = {},
): void {
  if ((words.severity ?? 'error') === 'error') check.errors += 1;
  const call = check.calls.at(-1);
  const where = call === undefined ? {} : { partial: call.name, calledAt: call.calledAt };
  check.findings.push(finding({ start: place.start, end: place.end, ...where }, code, message, words));
}

/** After so many mistakes a template is not read to its end. */
const errorsMax = 100;

export function isFull(check: Check): boolean {
  return check.errors > errorsMax;
}

export function finding(
  place: TemplatePlace & { readonly calledAt?: Place },
  code: string,
  message: string,
  { severity = 'error', label, labels = [], help, notes, fix }: FindingWords,
): TemplateFinding {
  const known = labels.filter((each) => each !== undefined);
  return {
    code,
    severity,
    message,
    ...place,
    ...(label === undefined ? {} : { label }),
    ...(known.length === 0 ? {} : { labels: known }),
    ...(help === undefined ? {} : { help }),
    ...(notes === undefined || notes.length === 0 ? {} : { notes }),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** A place in the text that is being checked, for a label or a reason. */
export function placeHere(check: Check, { start, end }: Place): TemplatePlace {
  const partial = check.calls.at(-1)?.name;
  return { start, end, ...(partial === undefined ? {} : { partial }) };
}

export function textHere(check: Check): string {
  return (check.calls.at(-1)?.template ?? check.template).text;
}

/** Where the schema says what a value is. */
export function declaredAt({ pointer }: Known, message: string): TemplateLabel | undefined {
  return pointer === undefined ? undefined : { pointer, message };
}

/** Notes that a value is used, and with it the property of the input that it is in. */
export function noteUse(check: Check, known: Known): void {
  if (known.contextOf !== undefined) check.checked.get(known.contextOf)?.names.add('*');
  if (known.pointer === undefined) return;
  const [, , , name] = known.pointer.split('/');
  check.used.add(name === undefined ? '' : unescapeToken(name));
}
