// "Did you mean …?" for names in declarations: the help, and the fix when only one name is near.

import type { Fix, SourceSpan } from '../../diagnostics/diagnostic.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { didYouMean, listWords } from '../../diagnostics/words.ts';
import { quoteScalar } from '../yaml/quote-text.ts';

export interface NearName {
  readonly help: readonly string[];
  readonly fixes?: readonly Fix[];
}

/** Longer lists are no help. */
const listedMax = 16;

/** What to say of a name that is not among the known ones; `kinds` is what these are called, in the plural. */
export function nearName(name: string, known: readonly string[], kinds: string, span: SourceSpan): NearName {
  const near = suggest(name, known);
  const [only] = near;
  if (only === undefined) return { help: listHelp(known, kinds) };
  return {
    help: [didYouMean(near) ?? ''],
    ...(near.length === 1 && { fixes: [replaceBy(only, span)] }),
  };
}

/** Puts a name in the place of a value of YAML. */
export function replaceBy(name: string, span: SourceSpan): Fix {
  return { message: `Replace by \`${name}\`.`, safety: 'safe', edits: [{ span, text: scalar(name) }] };
}

function listHelp(known: readonly string[], kinds: string): string[] {
  if (known.length === 0) return [`there are no ${kinds}`];
  if (known.length === 1) return [`the only one is ${known.join('')}`];
  return known.length > listedMax ? [] : [`the ${kinds} are ${listWords([...known].sort())}`];
}

/** Without quotes where YAML reads the text as it is. */
function scalar(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text) ? text : quoteScalar(text);
}
