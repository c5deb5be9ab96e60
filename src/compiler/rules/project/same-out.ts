// Where generated files go: inside the project, and for each target to a place of its own.

import { pointerTo } from '../../json-pointer.ts';
import type { Project } from '../../program.ts';
import { quoteValue } from '../../words.ts';
import type { Finding, ProgramRule } from '../rule.ts';

export const sameOut: ProgramRule = {
  code: 'project/same-out',
  severity: 'error',
  check({ project, report }) {
    if (project === undefined) return;
    const firsts = new Map<string, number>();
    for (const [index, { out }] of project.generate.entries()) {
      const place = placeOf(out);
      const first = firsts.get(place ?? '');
      if (place === undefined) report(outside(project, index, out));
      else if (first === undefined) firsts.set(place, index);
      else report(same(project, first, index, out));
    }
  },
};

/** One spelling for each place, on file systems that do not tell large letters as well; undefined outside the project. */
function placeOf(out: string): string | undefined {
  if (/^(?:[/\\]|[A-Za-z]:)/.test(out)) return undefined;
  const way: string[] = [];
  for (const part of out.split(/[/\\]+/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') way.push(part.toLowerCase());
    else if (way.pop() === undefined) return undefined;
  }
  return way.length === 0 ? undefined : way.join('/');
}

function same({ tree, generate }: Project, first: number, index: number, out: string): Finding {
  const pointer = pointerTo('/generate', index, 'out');
  const [one, other] = [generate[first]?.target ?? '', generate[index]?.target ?? ''];
  return {
    message:
      one === other
        ? `Two targets ${quoteValue(one)} write ${quoteValue(out)}.`
        : `The targets ${quoteValue(one)} and ${quoteValue(other)} both write ${quoteValue(out)}.`,
    span: tree.spanOf(pointer),
    labels: [
      { span: tree.spanOf(pointerTo('/generate', first, 'out')), message: 'written by the other target' },
    ],
    help: ['give one of them another `out`'],
    pointer,
  };
}

function outside({ tree }: Project, index: number, out: string): Finding {
  const pointer = pointerTo('/generate', index, 'out');
  return {
    code: 'project/out-outside',
    message: `${quoteValue(out)} does not lie below the project.`,
    span: tree.spanOf(pointer),
    help: ['name a folder or file below the folder of capstan.yaml, without a leading slash'],
    pointer,
  };
}
