// Words about scopes: climbing too high, loop variables without a loop, and `../` where it is easy to get wrong.

import { report } from './check-state.ts';
import type { Check, Scope } from './check-state.ts';
import type { TemplateLabel } from './finding.ts';
import { wordOfName, wordsOf } from './print-expression.ts';
import type { PathExpression } from './template.ts';

export function reportAboveRoot(check: Check, path: PathExpression, scope: Scope): void {
  const open = openScopes(scope);
  const opened =
    open.length === 0 ? 'No scope is' : open.length === 1 ? 'One scope is' : `${open.length} scopes are`;
  const isInPartial = check.calls.length > 0;
  report(
    check,
    path,
    'template/above-root',
    `${opened} open here, and \`${wordsOf(path)}\` climbs ${path.depth}.`,
    {
      label: 'above the root',
      labels: open.map((each) => openedLabel(each, 'opens a scope')),
      notes: isInPartial ? ['a partial does not see the scopes around its call'] : [],
      help: '{{#if}} opens no scope; write @root for the input itself',
    },
  );
}

/** The scopes that a block has opened, innermost first. */
function openScopes(scope: Scope): Scope[] {
  const open: Scope[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.opened !== undefined) open.push(at);
  }
  return open;
}

function openedLabel({ opened }: Scope, message: string): TemplateLabel | undefined {
  if (opened === undefined) return undefined;
  const { start, end, partial } = opened;
  return { start, end, ...(partial === undefined ? {} : { partial }), message };
}

/** What the value of a scope is called. */
export function scopeLabel(scope: Scope): TemplateLabel | undefined {
  const { opened } = scope;
  if (opened === undefined) return undefined;
  const block = opened.kind === 'each' ? 'loop' : 'block';
  return openedLabel(scope, `inside this ${block} \`this\` is ${contextWords(scope)}`);
}

export function contextWords({ opened }: Scope): string {
  if (opened === undefined) return 'the input';
  return opened.kind === 'each' ? `an item of \`${opened.words}\`` : `\`${opened.words}\``;
}

export function reportOutsideLoop(check: Check, path: PathExpression, scope: Scope): void {
  const variable = wordsOf(path);
  if (scope.loop !== undefined) {
    report(check, path, 'template/outside-loop', `There are not so many loops around \`${variable}\`.`, {
      help: 'drop one `../`',
    });
    return;
  }
  report(check, path, 'template/outside-loop', `\`${variable}\` exists only inside {{#each}}.`, {
    label: 'there is no loop here',
    help: 'move it into the loop, or pass the value as an input',
  });
}

/** Elsewhere `../` then means another thing, and readers miscount it. */
export function reportFragileParent(check: Check, path: PathExpression, scope: Scope): void {
  const crossed = crossedScopes(path, scope).find((each) => isScalar(each) || repeatsOuter(each));
  if (crossed === undefined) return;
  const what = isScalar(crossed)
    ? 'a scope of plain values'
    : 'a scope that is the same as the one around it';
  const name = path.segments[0]?.name;
  const help =
    name === undefined
      ? 'name the outer value with a block parameter: {{#with … as |outer|}}'
      : `name the outer value with a block parameter, or write {{@root.${wordOfName(name)}}} where it is the input's`;
  report(check, path, 'template/fragile-parent', `\`../\` leaves ${what} here, which is easy to miscount.`, {
    severity: 'warning',
    labels: [openedLabel(crossed, 'this scope')],
    help,
  });
}

function crossedScopes(path: PathExpression, scope: Scope): Scope[] {
  const crossed: Scope[] = [];
  let at: Scope | undefined = scope;
  for (let climbed = 0; climbed < path.depth && at !== undefined; climbed += 1) {
    crossed.push(at);
    at = at.outer;
  }
  return crossed;
}

function isScalar({ context }: Scope): boolean {
  const scalars = ['string', 'number', 'boolean'];
  return context.type.length > 0 && context.type.every(({ kind }) => scalars.includes(kind));
}

function repeatsOuter({ context, outer }: Scope): boolean {
  return context.key !== undefined && context.key === outer?.context.key;
}
