// Which branch of a union an author meant: by the property that tells the branches apart, else by the keys in use.

import type { Verdict } from './decode.ts';

export type BranchChoice =
  | { readonly kind: 'branch'; readonly index: number }
  | {
      readonly kind: 'verdict';
      /** Pointer from the union's value to what is wrong. */
      readonly below: string;
      readonly verdict: Pick<Verdict, 'keyword' | 'params' | 'data' | 'schema'>;
    };

interface ObjectSchema {
  readonly properties?: Record<string, { readonly const?: unknown }>;
  readonly required?: readonly string[];
}

/** Chooses among object schemas; says what is wrong where the choice itself fails. */
export function chooseBranch(data: unknown, branches: readonly ObjectSchema[]): BranchChoice {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return {
      kind: 'verdict',
      below: '',
      verdict: { keyword: 'type', params: { type: 'object' }, data, schema: {} },
    };
  }
  const tag = discriminatorOf(branches);
  if (tag === undefined) return { kind: 'branch', index: bestByKeys(Object.keys(data), branches) };
  const tagged = (data as Record<string, unknown>)[tag];
  const tags = branches.map((branch) => branch.properties?.[tag]?.const);
  const index = tags.indexOf(tagged);
  if (index >= 0) return { kind: 'branch', index };
  if (tagged === undefined) {
    const params = { missingProperty: tag, allowedValues: tags };
    return { kind: 'verdict', below: '', verdict: { keyword: 'required', params, data, schema: {} } };
  }
  const verdict = { keyword: 'enum', params: { allowedValues: tags }, data: tagged, schema: { enum: tags } };
  return { kind: 'verdict', below: `/${tag}`, verdict };
}

/** The property that every branch requires with a constant of its own. */
function discriminatorOf(branches: readonly ObjectSchema[]): string | undefined {
  const [first] = branches;
  return first?.required?.find((name) =>
    branches.every(
      (branch) => branch.properties?.[name]?.const !== undefined && branch.required?.includes(name),
    ),
  );
}

function bestByKeys(keys: readonly string[], branches: readonly ObjectSchema[]): number {
  const scores = branches.map(
    (branch) => keys.filter((key) => Object.hasOwn(branch.properties ?? {}, key)).length,
  );
  return Math.max(0, scores.indexOf(Math.max(...scores)));
}
