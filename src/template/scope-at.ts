// What is known at a place in a template that is still being written: the text before the place is completed to a whole
// template, and the checker is asked in passing.

import { checkTemplate } from './check-template.ts';
import type { CheckOptions } from './check-template.ts';
import { parseTemplate } from './parse-template.ts';
import type { Probed } from './probe.ts';
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
  if (template === undefined) return undefined;
  let seen: Probed | undefined;
  const found = (probed: Probed): void => {
    seen ??= probed;
  };
  checkTemplate(template, { ...options, probe: { at: before.length, partial: undefined, found } });
  return seen;
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
  let seen: Probed | undefined;
  const found = (probed: Probed): void => {
    seen ??= probed;
  };
  const partials = new Map(options.partials).set(name, template);
  checkTemplate(caller, { ...options, partials, probe: { at: before.length, partial: name, found } });
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
