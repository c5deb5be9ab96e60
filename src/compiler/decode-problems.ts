// Ajv's verdicts in the words of an author: what is wrong, what would be right, and the smallest place that shows it.

import type { Report } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Verdict } from './decode.ts';
import type { DeclarationKind as Kind } from './decode/fields.ts';
import { WORDED_MAX } from './findings-limit.ts';
import { describeBadKey, describeMissingKey, describeUnknownKey, meantKey } from './decode/keys.ts';
import type { DecodeFinding } from './decode/place-words.ts';
import { replacement } from './decode/place-words.ts';
import { describeBadForm, describeBounds, describeUnknownValue, describeWrongType } from './decode/values.ts';
import { valueAt } from './json-pointer.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { quoteValue } from './words.ts';

const apiVersion = 'capstan/v1';

export interface DecodeProblems {
  /** Whether `apiVersion` and `kind` are what this compiler reads; when they are not, nothing else is worth saying. */
  checkEnvelope(): boolean;
  /** Reports what is worth saying of a value: nothing of what a mistake in the YAML leaves open, nothing twice. */
  reportVerdicts(verdicts: readonly Verdict[]): void;
}

export function createDecodeProblems(tree: SyntaxTree, kind: Kind, report: Report): DecodeProblems {
  const name = valueAt(tree.value, '/metadata/name');
  const tell = (pointer: string, { help, label, fixes, isSecret, ...finding }: DecodeFinding): void => {
    const words = (help ?? []).filter((line) => line !== undefined);
    report({
      severity: 'error',
      ...finding,
      ...(label !== undefined && { label }),
      ...(words.length > 0 && { help: words }),
      ...(fixes && fixes.length > 0 && { fixes }),
      ...(isSecret === true && { isSecret }),
      ...(kind === 'Capability' && typeof name === 'string' && { capability: name }),
      pointer,
    });
  };

  return {
    checkEnvelope() {
      const envelope = tree.value as Record<string, unknown>;
      const version = envelope['apiVersion'];
      if (version !== undefined && version !== apiVersion)
        tell('/apiVersion', describeApiVersion(version, tree));
      const declared = envelope['kind'];
      if (declared !== undefined && declared !== kind) tell('/kind', describeKind(declared, kind, tree));
      // What is absent is reported with the other missing keys.
      return (
        [undefined, apiVersion].includes(version as string) && [undefined, kind].includes(declared as Kind)
      );
    },
    reportVerdicts(verdicts) {
      const heard = verdicts.slice(0, WORDED_MAX);
      const meant = meantKeys(heard);
      for (const verdict of heard) {
        if (tree.isDoubtful(verdict.pointer) || meant.has(missingKeyOf(verdict))) continue;
        tell(verdict.pointer, describe(verdict, tree, kind));
      }
    },
  };
}

/** A misspelt key is not missing as well. */
function meantKeys(verdicts: readonly Verdict[]): ReadonlySet<string> {
  return new Set(
    verdicts
      .filter(({ keyword }) => keyword === 'additionalProperties')
      .map((verdict) => `${verdict.pointer} ${meantKey(verdict) ?? ''}`),
  );
}

function missingKeyOf({ keyword, pointer, params }: Verdict): string {
  return keyword === 'required' ? `${pointer} ${String(params['missingProperty'])}` : '';
}

function describe(verdict: Verdict, tree: SyntaxTree, kind: Kind): DecodeFinding {
  const propertyName = verdict.params['propertyName'];
  if (typeof propertyName === 'string') return describeBadKey(verdict, propertyName, tree);
  switch (verdict.keyword) {
    case 'additionalProperties':
      return describeUnknownKey(verdict, tree, kind);
    case 'required':
      return describeMissingKey(verdict, tree, kind);
    case 'type':
      return describeWrongType(verdict, tree);
    case 'enum':
    case 'const':
      return describeUnknownValue(verdict, tree);
    case 'pattern':
    case 'format':
      return describeBadForm(verdict, tree);
    default:
      return describeBounds(verdict, tree, kind);
  }
}

// -- the envelope

function describeApiVersion(word: unknown, tree: SyntaxTree): DecodeFinding {
  const written = typeof word === 'string' ? word : JSON.stringify(word);
  const span = tree.spanOf('/apiVersion');
  // Another number is another format; other letters are a slip.
  const isOtherVersion = /^capstan\/v\d+/.test(written);
  return {
    code: 'declaration/unknown-api-version',
    message: `Unknown apiVersion ${quoteValue(written)}; this compiler reads ${apiVersion}.`,
    span,
    help: [
      isOtherVersion
        ? `use a version of Capstan that reads it, or write the file in the format ${apiVersion}`
        : `write \`apiVersion: ${apiVersion}\``,
    ],
    fixes: isOtherVersion ? [] : suggest(written, [apiVersion]).map((near) => replacement(span, near)),
  };
}

const homes: Readonly<Record<Kind, string>> = {
  Capability: 'a Capability is declared in capabilities/NAME.cap.yaml',
  Project: 'a Project is declared in capstan.yaml',
  Acknowledgements: 'Acknowledgements are declared in capstan.ack.yaml',
};

function describeKind(word: unknown, kind: Kind, tree: SyntaxTree): DecodeFinding {
  const written = typeof word === 'string' ? word : JSON.stringify(word);
  const span = tree.spanOf('/kind');
  const home = Object.hasOwn(homes, written) ? homes[written as Kind] : undefined;
  return {
    code: 'declaration/unknown-kind',
    message: `${home === undefined ? `Unknown kind ${quoteValue(written)}` : `The kind is ${quoteValue(written)}`}; this file declares ${kind === 'Acknowledgements' ? '' : 'a '}${kind}.`,
    span,
    help: [`write \`kind: ${kind}\``, home],
    fixes: suggest(written, [kind]).map((near) => replacement(span, near)),
  };
}
