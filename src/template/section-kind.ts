// What `{{#items}}` means, by the schema of the input: a list is looped over, an object entered, anything else asked for.

import type { JsonSchema } from './json.ts';
import type { SectionKind } from './parse-template.ts';
import { join, propertyOf, typeOfSchema } from './type-model.ts';
import type { Type } from './type-model.ts';

/** For paths that start at the input. */
export function sectionKinds(schema: JsonSchema): (path: readonly string[]) => SectionKind | undefined {
  let input: Type | undefined;
  return (path) => {
    let type = (input ??= typeOfSchema(schema));
    for (const name of path) {
      type = join(...type.map((one) => propertyOf(one, name)).filter((property) => property !== 'missing'));
    }
    return kindOf(type.filter(({ kind }) => kind !== 'null' && kind !== 'undefined'));
  };
}

function kindOf(type: Type): SectionKind | undefined {
  const kinds = type.map((one): SectionKind | undefined => {
    if (one.kind === 'unknown') return undefined;
    if (one.kind === 'list') return 'each';
    if (one.kind !== 'object') return 'if';
    return one.shape.additional === undefined ? 'with' : 'each';
  });
  const [kind] = kinds;
  return kinds.every((each) => each === kind) ? kind : undefined;
}
