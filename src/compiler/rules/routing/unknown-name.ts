// A region, provider, feature, modality or model in a capability's routing that its project does not have.

import { suggest } from '../../../diagnostics/suggest.ts';
import type { Snapshot } from '../../../registry/snapshot.ts';
import { valueAt } from '../../json-pointer.ts';
import type { CapabilityUnit } from '../../program.ts';
import { didYouMean, listWords } from '../../../diagnostics/words.ts';
import { replaceBy } from '../near-name.ts';
import type { Finding, ProjectRule } from '../rule.ts';
import { knownNamesOf, unknownNamesOf } from './unknown-names.ts';
import type { NameKind, UnknownName } from './unknown-names.ts';

export const unknownName: ProjectRule = {
  code: 'routing/unknown-name',
  severity: 'error',
  check({ unit, snapshot, report }) {
    for (const unknown of unknownNamesOf(unit.declaration, snapshot))
      report(findingOn(unknown, unit, snapshot));
  },
};

/** So many names are listed where none is near. */
const listedMax = 12;

function findingOn(
  { kind, name, pointer }: UnknownName,
  { tree }: CapabilityUnit,
  snapshot: Snapshot,
): Finding {
  const known = [...knownNamesOf(snapshot)[kind]].toSorted();
  const aliased =
    kind === 'model' && Object.hasOwn(snapshot.aliases, name) ? snapshot.aliases[name] : undefined;
  const near = aliased === undefined ? suggest(name, known) : [aliased];
  const span = tree.spanOf(pointer);
  const others = valueAt(tree.value, pointer.slice(0, pointer.lastIndexOf('/'))) as readonly string[];
  const [only, ...more] = near.filter((word) => !others.includes(word));
  return {
    message: sentences[kind](name),
    span,
    label: `unknown ${kind}`,
    help: [
      aliased === undefined
        ? (didYouMean(near) ?? listKnown(kind, known))
        : `\`${name}\` is an alias; write the model itself, \`${aliased}\``,
    ],
    ...(only !== undefined &&
      more.length === 0 && {
        fixes: [replaceBy(only, span)],
      }),
    pointer,
  };
}

const sentences: Record<NameKind, (name: string) => string> = {
  feature: (name) => `No model has the feature "${name}".`,
  modality: (name) => `No model takes the modality "${name}".`,
  region: (name) => `No provider is in the region "${name}".`,
  provider: (name) => `There is no provider "${name}".`,
  model: (name) => `There is no model "${name}".`,
};

const lists: Record<NameKind, { readonly some: string; readonly none: string }> = {
  feature: { some: 'the models have', none: 'no model has any feature; see `features` in capstan.yaml' },
  modality: { some: 'the models take', none: 'no model takes any; see `modalities` in capstan.yaml' },
  region: {
    some: 'the providers are in',
    none: 'no provider says where it is; write its `regions` in capstan.yaml',
  },
  provider: { some: 'the providers are', none: 'the project has no providers' },
  model: { some: 'the models are', none: 'the project has no models' },
};

function listKnown(kind: NameKind, known: readonly string[]): string {
  if (known.length === 0) return lists[kind].none;
  const shown = known.slice(0, listedMax);
  const rest = known.length - shown.length;
  return `${lists[kind].some} ${listWords(rest > 0 ? [...shown, `${rest} more`] : shown)}`;
}
