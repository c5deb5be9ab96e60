// The levels that a project sets for rules, read for those who report after the compiler.

import type { Source } from '../../diagnostics/diagnostic.ts';
import type { LintLevel } from '../declaration.gen.ts';
import { decodeProject } from '../decode.ts';
import { parse } from '../parse.ts';
import { PROJECT_PATH } from '../sort-sources.ts';

/** None when there is no sound project file; what is wrong with it is told by whoever compiles it. */
export function lintLevelsOf(sources: readonly Source[]): { readonly [code: string]: LintLevel } {
  const source = sources.find(({ path }) => path === PROJECT_PATH);
  const tree = source && parse(source, () => {});
  return (tree && decodeProject(tree, () => {})?.lint) ?? {};
}
