// What schemas say without changing what they admit: texts, defaults, marks, and the names of definitions.

import { canonicalJson } from '../canonical-json.ts';
import type { ChangeId } from './change-kinds.ts';
import { below } from './compare-schemas.ts';
import type { Walk } from './compare-schemas.ts';
import type { Pair } from './finding.ts';
import type { Node } from './normal-form.ts';

const noteIds: ReadonlySet<ChangeId> = new Set([
  'description-changed',
  'examples-changed',
  'title-changed',
  'definition-renamed',
  'definition-inlined',
  'definition-extracted',
  'property-order-changed',
  'deprecated',
  'no-longer-deprecated',
  'trust-raised',
  'trust-lowered',
  'personal-data-declared',
  'personal-data-no-longer-declared',
  'default-added',
  'default-changed',
  'default-removed',
  'enum-became-extensible',
  'enum-became-final',
  'union-keyword-changed',
]);

/** Whether a change leaves the admitted values as they are. */
export function isNote(id: ChangeId): boolean {
  return noteIds.has(id);
}

/** What is said by a definition itself is told once, at the first place that uses it. */
export function compareNotes(walk: Walk, pair: Pair, old: Node, next: Node, isFirst: boolean): void {
  const subject = `\`${pair.subject}\``;
  const tell = (keyword: string, id: ChangeId, text: string): void => {
    const isShared = [old, next].every(
      (node) => node.definition !== undefined && !Object.hasOwn(node.schema, keyword),
    );
    if (isShared && !isFirst) return;
    const place = { pointer: below(keyword), at: 'value' } as const;
    walk.note(pair, { id, text, probe: { kind: 'none' }, old: place, new: place });
  };
  const differs = (keyword: string): boolean => textOf(old, keyword) !== textOf(next, keyword);
  const before = old.notes;
  const after = next.notes;

  if (differs('title')) tell('title', 'title-changed', `the title of ${subject} changed`);
  if (differs('description'))
    tell('description', 'description-changed', `the description of ${subject} changed`);
  if (differs('examples')) tell('examples', 'examples-changed', `the examples of ${subject} changed`);
  if (differs('default') && !pair.skipsDefault) tell('default', ...defaultChange(old, next, subject));
  if (isTrue(before['deprecated']) !== isTrue(after['deprecated'])) {
    const isSet = isTrue(after['deprecated']);
    const id = isSet ? 'deprecated' : 'no-longer-deprecated';
    tell('deprecated', id, `${subject} is ${isSet ? 'deprecated' : 'no longer deprecated'}`);
  }
  const trusted = [before, after].map((notes) => notes['x-trust'] === 'trusted');
  if (trusted[0] !== trusted[1]) {
    const id = trusted[1] ? 'trust-raised' : 'trust-lowered';
    tell('x-trust', id, `${subject} became ${trusted[1] ? 'trusted' : 'untrusted'}`);
  }
  const personal = [before, after].map((notes) => isMarked(notes['x-pii']));
  if (personal[0] !== personal[1]) {
    const id = personal[1] ? 'personal-data-declared' : 'personal-data-no-longer-declared';
    tell('x-pii', id, `${subject} ${personal[1] ? 'is' : 'is no longer'} marked as personal data`);
  }
  const hasChoices = old.core.choices.length > 0 && next.core.choices.length > 0;
  const extensible = [before, after].map((notes) => isTrue(notes['x-extensible-enum']));
  if (hasChoices && extensible[0] !== extensible[1]) {
    const id = extensible[1] ? 'enum-became-extensible' : 'enum-became-final';
    const words = extensible[1] ? 'may get more values at any time' : 'has all its values now';
    tell('x-extensible-enum', id, `${subject} ${words}`);
  }
  if (old.definition !== next.definition) compareDefinitions(walk, pair, old, next);
}

function defaultChange(old: Node, next: Node, subject: string): [ChangeId, string] {
  const [before, after] = [textOf(old, 'default'), textOf(next, 'default')];
  if (before === undefined) return ['default-added', `${subject} got the default ${after}`];
  if (after === undefined) return ['default-removed', `${subject} lost its default ${before}`];
  return ['default-changed', `the default of ${subject} changed from ${before} to ${after}`];
}

function compareDefinitions(walk: Walk, pair: Pair, old: Node, next: Node): void {
  const [before, after] = [old.definition, next.definition];
  const subject = `\`${pair.subject}\``;
  const probe = { kind: 'none' } as const;
  if (before === undefined)
    walk.note(pair, { id: 'definition-extracted', text: `${subject} refers to \`${after}\``, probe });
  else if (after === undefined)
    walk.note(pair, {
      id: 'definition-inlined',
      text: `${subject} refers to \`${before}\` no longer`,
      probe,
    });
  else {
    const text = `${subject} refers to \`${after}\` instead of \`${before}\``;
    walk.note(pair, { id: 'definition-renamed', text, probe });
  }
}

function textOf(node: Node, keyword: string): string | undefined {
  const value = node.notes[keyword];
  return value === undefined ? undefined : canonicalJson(value);
}

function isTrue(value: unknown): boolean {
  return value === true;
}

function isMarked(value: unknown): boolean {
  return value !== undefined && value !== false;
}
