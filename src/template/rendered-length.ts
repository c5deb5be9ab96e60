// How long a message can get: what the worst valid input makes of it.

import { checkTemplate } from './check-template.ts';
import type { CheckOptions } from './check-template.ts';
import type { Template } from './template.ts';

/**
 * An upper bound of the rendered length in code points, from `maxLength`, `maxItems` and the like; undefined when the schema
 * sets no limit. Holds for templates without errors.
 */
export function renderedLengthMax(
  template: Template,
  options: Pick<CheckOptions, 'schema' | 'partials' | 'fenceSuffixLength'>,
): number | undefined {
  return checkTemplate(template, { ...options, role: 'user' }).lengthMax;
}
