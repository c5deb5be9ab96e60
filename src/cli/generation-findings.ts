// What is wrong with generated files, as diagnostics. They are found on the disk, not by the compiler, and point to the
// file, or to the entry of `generate` in capstan.yaml that is the cause.

import { parse } from '../compiler/parse.ts';
import type { Diagnostic, Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { ForeignFilesError, SharedOutputError } from './generate-files.ts';
import type { FileFinding, FileState } from './generate-files.ts';

const projectPath = 'capstan.yaml';

/** One diagnostic for each file that is not what it should be. */
export function diagnoseFiles(
  findings: readonly FileFinding[],
  sources: readonly Source[],
): readonly Diagnostic[] {
  return findings.map(({ path, state, entry }) => {
    const { code, says, help } = states[state];
    const outPlace = entry === undefined ? undefined : placeOfOut(sources, entry);
    return {
      code,
      severity: 'error',
      message: `${path} ${says}`,
      span: { path, start: 0, end: 0 },
      ...(state === 'foreign' && outPlace !== undefined
        ? { span: outPlace, label: 'it would be written by this entry' }
        : {}),
      help: [help],
    };
  });
}

/** What made a generator refuse, as diagnostics; nothing for any other error. */
export function diagnoseRefusal(error: unknown, sources: readonly Source[]): readonly Diagnostic[] {
  if (error instanceof ForeignFilesError) return diagnoseFiles(error.findings, sources);
  if (!(error instanceof SharedOutputError)) return [];
  const [first, second] = error.entries.map((entry) => placeOfOut(sources, entry));
  if (first === undefined || second === undefined) return [];
  return [
    {
      code: 'project/same-out',
      severity: 'error',
      message: `Two entries of generate write ${error.path}.`,
      span: second,
      label: 'this one as well',
      labels: [{ span: first, message: 'this entry writes it' }],
      help: ['give each entry an `out` of its own'],
    },
  ];
}

interface StateText {
  readonly code: string;
  readonly says: string;
  readonly help: string;
}

const states: { readonly [State in FileState]: StateText } = {
  missing: {
    code: 'generate/out-of-date',
    says: 'is missing.',
    help: '`capstan generate` writes it; commit it with the change that it comes from',
  },
  'out-of-date': {
    code: 'generate/out-of-date',
    says: 'is out of date: the project generates something else now.',
    help: '`capstan generate` brings it up to date',
  },
  'left-over': {
    code: 'generate/out-of-date',
    says: 'is left over: nothing generates it any more.',
    help: '`capstan generate` deletes it',
  },
  edited: {
    code: 'generate/edited-by-hand',
    says: 'was edited by hand: it is not what was generated.',
    help: 'change the capability instead; `capstan generate` overwrites the edit',
  },
  'edited-left-over': {
    code: 'generate/edited-by-hand',
    says: 'is left over and was edited by hand: nothing generates it any more.',
    help: 'delete it, or keep it as your own: `capstan generate` forgets it',
  },
  foreign: {
    code: 'generate/foreign-file',
    says: 'was not generated, and would be overwritten.',
    help: 'move it away, or change `out` in capstan.yaml',
  },
};

function placeOfOut(sources: readonly Source[], entry: number): SourceSpan | undefined {
  const source = sources.find(({ path }) => path === projectPath);
  const tree = source === undefined ? undefined : parse(source, () => {});
  return tree?.spanOf(`/generate/${entry}/out`);
}
