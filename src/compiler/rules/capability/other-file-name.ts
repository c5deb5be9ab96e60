// A file that is not called like the capability in it. Of two majors of one name, each in a file of its own, at most one can
// be NAME.cap.yaml in a folder; NAME@MAJOR.cap.yaml is right for every one.

import { capabilityStem } from '../../sort-sources.ts';
import { quoteValue } from '../../words.ts';
import type { ContractRule } from '../rule.ts';

export const otherFileName: ContractRule = {
  code: 'capability/other-file-name',
  severity: 'warning',
  check({ unit, report }) {
    const { tree, declaration, key } = unit;
    const { name } = declaration.metadata;
    const stem = capabilityStem(tree.source.path);
    if (stem === name || stem === key) return;
    // Whoever writes the major another way has two of them.
    const right = stem.startsWith(name) && /\d$/.test(stem) ? key : name;
    report({
      message: `The file is called ${quoteValue(stem)}, the capability ${quoteValue(name)}.`,
      span: tree.spanOf('/metadata/name'),
      help: [`rename the file to ${right}.cap.yaml`],
      pointer: '/metadata/name',
    });
  },
};
