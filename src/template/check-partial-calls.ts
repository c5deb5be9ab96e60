// What can only be said when the whole walk is done: partials that call themselves without end, and `key=value`s that no
// partial looks at.

import { finding } from './check-state.ts';
import type { Check, PartialCallSite } from './check-state.ts';
import type { TemplateLabel } from './finding.ts';

/**
 * A circle of calls ends only when every call in it stays with the context and at least one goes below it, because data is
 * finite. Every other circle is reported once.
 */
export function reportEndlessCalls(check: Check): void {
  const all = callsByCaller(check.partialCalls);
  const same = callsByCaller(check.partialCalls.filter(({ relation }) => relation === 'same'));
  const reported = new Set<string>();
  for (const call of check.partialCalls) {
    if (call.from === undefined || call.relation === 'below') continue;
    const circle = circleThrough(call, call.relation === 'same' ? same : all);
    if (circle === undefined) continue;
    const key = circle.map(placeKey).sort().join(' ');
    if (reported.has(key)) continue;
    reported.add(key);
    reportCircle(check, call, circle);
  }
}

type CallsByCaller = ReadonlyMap<string | undefined, readonly PartialCallSite[]>;

function callsByCaller(calls: readonly PartialCallSite[]): CallsByCaller {
  return Map.groupBy(calls, ({ from }) => from);
}

/** The shortest way from the end of a call back to its start. */
function circleThrough(call: PartialCallSite, calls: CallsByCaller): PartialCallSite[] | undefined {
  const wayTo = new Map<string, PartialCallSite[]>([[call.to, [call]]]);
  const waiting = [call.to];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const way = wayTo.get(at) ?? [];
    if (at === call.from) return way;
    for (const next of calls.get(at) ?? []) {
      if (wayTo.has(next.to)) continue;
      wayTo.set(next.to, [...way, next]);
      waiting.push(next.to);
    }
  }
  return undefined;
}

function reportCircle(check: Check, call: PartialCallSite, circle: readonly PartialCallSite[]): void {
  const names = [call.fromName ?? '', ...circle.map(({ toName }) => toName)];
  const way = names.map((name) => `\`${name}\``).join(' → ');
  // What goes on as `key=value` may get smaller and end the circle after all; it is not followed.
  const isByName = circle.some(({ options }) => options.length > 0);
  const others = circle.slice(1).map(({ start, end, partial }): TemplateLabel => ({
    start,
    end,
    ...(partial === undefined ? {} : { partial }),
    message: 'and this one',
  }));
  check.findings.push(
    finding(
      placeOf(call),
      'template/partial-cycle',
      `${way} ${isByName ? 'is not seen to end' : 'never ends'}.`,
      {
        label: circle.length === 1 ? 'calls itself' : 'part of the circle',
        labels: others,
        notes: [
          'a partial may call itself for a value that is there and stands below its context',
          ...(isByName ? ['what is passed as `key=value` is not followed: pass it as the context'] : []),
        ],
        help: `write {{#if child}}{{> ${call.toName} child}}{{/if}} or {{#each children}}{{> ${call.toName}}}{{/each}}`,
      },
    ),
  );
}

/** Warns of `key=value`s that no check of the partial has looked at. Only sound templates are worth it. */
export function reportUnusedParameters(check: Check): void {
  const unused = new Map<string, { call: PartialCallSite; name: string; start: number; end: number }>();
  const used = new Set<string>();
  for (const call of check.partialCalls) {
    for (const { name, start, end } of call.options) {
      const key = `${placeKey(call)} ${name}`;
      if (looksAt(check, call.to, name, new Set())) used.add(key);
      else unused.set(key, { call, name, start, end });
    }
  }
  for (const [key, { call, name, start, end }] of unused) {
    if (used.has(key)) continue;
    check.findings.push(
      finding(
        { ...placeOf(call), start, end },
        'template/unused-parameter',
        `\`${call.toName}\` never uses \`${name}\`.`,
        {
          severity: 'warning',
          help: 'remove it',
        },
      ),
    );
  }
}

/** Whether a partial, or one that it passes its context to, looks at a name. */
function looksAt(check: Check, key: string, name: string, seen: Set<string>): boolean {
  const checked = check.checked.get(key);
  if (checked === undefined || seen.has(key)) return checked === undefined;
  seen.add(key);
  if (checked.names.has('*') || checked.names.has(name)) return true;
  return checked.passesTo.some((pass) => !pass.hidden.has(name) && looksAt(check, pass.key, name, seen));
}

function placeKey({ partial, start }: PartialCallSite): string {
  return `${partial ?? ''}:${start}`;
}

function placeOf({ start, end, partial, calledAt }: PartialCallSite): Parameters<typeof finding>[0] {
  return { start, end, ...(partial === undefined ? {} : { partial, calledAt }) };
}
