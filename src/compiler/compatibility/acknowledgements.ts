// capstan.ack.yaml: changes that somebody has looked at and answers for, each with a reason and a last day.

import type { Report, Source } from '../../diagnostics/diagnostic.ts';
import type { AcknowledgementsDeclaration } from '../declaration.gen.ts';
import { decodeAcknowledgements } from '../decode.ts';
import { parse } from '../parse.ts';
import type { SyntaxTree } from '../syntax-tree.ts';

/** Where the file lies, beside capstan.yaml. */
export const acknowledgementsPath = 'capstan.ack.yaml';

export type Acknowledgement = AcknowledgementsDeclaration['changes'][number];

export interface Acknowledgements {
  readonly tree: SyntaxTree;
  readonly entries: readonly Acknowledgement[];
}

/** Reads the file. Undefined when it has mistakes; they were reported. */
export function readAcknowledgements(source: Source, report: Report): Acknowledgements | undefined {
  const tree = parse(source, report);
  const declaration = tree && decodeAcknowledgements(tree, report);
  return tree?.isSound && declaration ? { tree, entries: declaration.changes } : undefined;
}
