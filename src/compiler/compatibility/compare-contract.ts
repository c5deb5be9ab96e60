// What callers send and receive: both schemas of a capability, and what kind of answer it gives.

import type { Capability, Json } from '../../registry/snapshot.ts';
import { diffSchemas } from '../../schema/diff/diff-schemas.ts';
import type { Direction, SchemaChange } from '../../schema/diff/diff-schemas.ts';
import { makeChange } from './change.ts';
import type { Change } from './change.ts';

export function compareContract(old: Capability, next: Capability): readonly Change[] {
  const input = diffSchemas(old.input, next.input, 'input');
  const output = diffSchemas(old.output, next.output, 'output');
  if (old.outputKind === next.outputKind)
    return [...input, ...output].map((each) => ofSchema(next.key, each));
  // A text that became JSON is told as that, and not as a change of type as well.
  const isWhole = ({ subject, grade }: SchemaChange): boolean => subject === 'output' && grade === 'breaking';
  const proof = output.find((change) => isWhole(change));
  return [
    ...[...input, ...output.filter((change) => !isWhole(change))].map((each) => ofSchema(next.key, each)),
    outputKindChange(old, next, proof?.witness),
  ];
}

function ofSchema(key: string, change: SchemaChange): Change {
  const { direction, witness, old, new: next, ...rest } = change;
  const inside = (pointer: string): string => `/${direction}${pointer}`;
  return makeChange(key, {
    ...rest,
    area: direction satisfies Direction,
    ...(witness === undefined ? {} : { witness: { payload: witness } }),
    old: { ...old, pointer: inside(old.pointer) },
    new: { ...next, pointer: inside(next.pointer) },
  });
}

const kindsInWords: Readonly<Record<Capability['outputKind'], string>> = { text: 'plain text', json: 'JSON' };

function outputKindChange(old: Capability, next: Capability, witness: Json | undefined): Change {
  const place = { pointer: '/output/type', at: 'value' } as const;
  return makeChange(next.key, {
    id: 'output-kind-changed',
    area: 'output',
    subject: 'output',
    text: `\`output\` was ${kindsInWords[old.outputKind]} and is ${kindsInWords[next.outputKind]}`,
    grade: witness === undefined ? 'dangerous' : 'breaking',
    ...(witness === undefined ? { doubt: 'unconfirmed' } : { witness: { payload: witness } }),
    addsSurface: false,
    old: place,
    new: place,
  });
}
