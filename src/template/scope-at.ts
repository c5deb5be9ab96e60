// What is known at a place in a template that is still being written: the text before the place is completed to a whole
// template, and the checker is asked in passing.

import { checkTemplate } from './check-template.ts';
import type { CheckOptions } from './check-template.ts';
import { parseTemplate } from './parse-template.ts';
import type { Probe, Probed } from './probe.ts';
import { scanBlockTags } from './tag-scanner.ts';
import type { Template } from './template.ts';

/**
 * What `expression` would stand for after `before`, and the names that can be written there. Undefined where `before` itself
 * is broken, or no way leads to the place.
 */
export function scopeAt(
  before: string,
  expression: string,
  options: Omit<CheckOptions, 'probe'>,
): Probed | undefined {
  const template = completed(before, expression);
  return template && probed(template, options, { at: before.length, partial: undefined });
}

/** The same inside the partial `name`, as `caller` reaches it. */
export function scopeInPartial(
  name: string,
  before: string,
  expression: string,
  caller: Template,
  options: Omit<CheckOptions, 'probe'>,
): Probed | undefined {
  const template = completed(before, expression);
  if (template === undefined) return undefined;
  const partials = new Map(options.partials).set(name, template);
  return probed(caller, { ...options, partials }, { at: before.length, partial: name });
}

/** What is known where the first way leads to the place. */
function probed(
  template: Template,
  options: Omit<CheckOptions, 'probe'>,
  place: Omit<Probe, 'found'>,
): Probed | undefined {
  let seen: Probed | undefined;
  const found = (known: Probed): void => {
    seen ??= known;
  };
  checkTemplate(template, { ...options, probe: { ...place, found } });
  return seen;
}

function completed(before: string, expression: string): Template | undefined {
  const open: string[] = [];
  for (const tag of scanBlockTags(before)) {
    if (tag.kind === 'open') open.push(tag.name);
    if (tag.kind === 'close') open.pop();
  }
  const closing = open.toReversed().map((name) => `{{/${name}}}`);
  const parsed = parseTemplate(`${before}{{json ${expression}}}${closing.join('')}`);
  return 'template' in parsed ? parsed.template : undefined;
}
