// Words that people write in schemas and that the subset does not have: keywords of JSON Schema that compatibility cannot
// decide or providers cannot enforce, words of OpenAPI 3.0 and of older drafts, and plain guesses. Each with why, and what
// to write instead.

/** Where a word comes from; each has a code of its own. */
export type ForeignFamily = 'unsupported' | 'openapi' | 'old-draft' | 'guess';

export interface ForeignKeyword {
  readonly family: ForeignFamily;
  /** Words that say one thing together (`if`, `then`, `else`) are told once. */
  readonly group: string;
  /** Why it is not here: a sentence without its full stop. */
  readonly because: string;
  readonly instead: string;
  /** The keyword that says the same, when only the name differs. */
  readonly rename?: string;
  /** It says nothing about which values fit. */
  readonly isAnnotation?: true;
}

type Words = Omit<ForeignKeyword, 'family' | 'group'>;

/** Every foreign word by name. */
export const foreignKeywords: { readonly [name: string]: ForeignKeyword } = {
  ...family('unsupported', {
    allOf: {
      because: 'the parts are closed objects, so each rejects every property that the others declare',
      instead: 'write the properties of all parts into one schema',
    },
    not: {
      because:
        'what is left over can be neither compared with an older version nor enforced while a model writes',
      instead: 'say what is allowed: an `enum`, a `pattern`, or branches with a tag',
    },
    'if then else': {
      because: 'a type cannot say that one property depends on the value of another',
      instead: 'use `oneOf` with a branch for each case, told apart by a `const` property',
    },
    'dependentRequired dependentSchemas': {
      because: 'a type cannot say that one property depends on another',
      instead: 'use `oneOf` with a branch for each case, told apart by a `const` property',
    },
    prefixItems: {
      because: 'a place in a list has no name that callers and models could go by',
      instead: 'use an object with a property for each place',
    },
    'contains minContains maxContains': {
      because: 'no provider can enforce it while a model writes',
      instead: 'say with `items` what every item is',
    },
    unevaluatedItems: {
      because: 'without `prefixItems` there are no items left over',
      instead: 'say with `items` what every item is',
    },
    unevaluatedProperties: {
      because: 'objects are closed without it',
      instead: 'leave it out',
    },
    patternProperties: {
      because: 'generated types cannot tell names apart by a pattern',
      instead:
        'use `additionalProperties` with a schema, or a list of objects that carry the name as a property',
    },
    '$dynamicRef $dynamicAnchor': {
      because: 'what it means depends on who refers to it',
      instead: 'use a name under `$defs`, and `$ref`',
    },
    $anchor: { because: 'definitions go by one name only', instead: 'use a name under `$defs`' },
    $id: {
      because: 'a shared schema goes by its file name, and references never leave the project',
      instead: 'leave it out',
      isAnnotation: true,
    },
    $vocabulary: { because: 'the vocabulary is fixed', instead: 'leave it out', isAnnotation: true },
    'contentEncoding contentMediaType contentSchema': {
      because: 'it is not checked',
      instead: 'say it in the `description`',
      isAnnotation: true,
    },
    'readOnly writeOnly': {
      because: 'input and output are two schemas',
      instead: 'leave it out, and declare the property only where it belongs',
      isAnnotation: true,
    },
  }),
  ...family('openapi', {
    nullable: { because: 'a validator skips it', instead: 'write `type: [string, "null"]`' },
    example: {
      because: 'JSON Schema has a list of them',
      instead: 'write `examples:` with a list',
      isAnnotation: true,
    },
    discriminator: {
      because: 'the branches tell themselves apart',
      instead: 'leave it out: a `const` property in each branch is enough',
      isAnnotation: true,
    },
    xml: { because: 'values are JSON', instead: 'leave it out', isAnnotation: true },
    externalDocs: {
      because: 'models and callers do not follow links',
      instead: 'put what matters into the `description`',
      isAnnotation: true,
    },
  }),
  ...family('old-draft', {
    definitions: { because: 'it is `$defs` since 2019-09', instead: 'write `$defs`', rename: '$defs' },
    id: {
      because: 'a shared schema goes by its file name',
      instead: 'leave it out',
      isAnnotation: true,
    },
    dependencies: {
      because: 'a type cannot say that one property depends on another',
      instead: 'use `oneOf` with a branch for each case, told apart by a `const` property',
    },
    additionalItems: {
      because: 'it belonged to a list of `items`',
      instead: 'say with `items` what every item is',
    },
    '$recursiveRef $recursiveAnchor': {
      because: 'what it means depends on who refers to it',
      instead: 'use a name under `$defs`, and `$ref`',
    },
    divisibleBy: {
      because: 'it is `multipleOf` since draft 4',
      instead: 'write `multipleOf`',
      rename: 'multipleOf',
    },
    extends: {
      because: 'the parts are closed objects, so each rejects every property that the others declare',
      instead: 'write the properties of all parts into one schema',
    },
    disallow: {
      because: 'what is left over can be neither compared nor enforced',
      instead: 'say what is allowed',
    },
  }),
  ...family('guess', {
    'min minimumLength': {
      because: 'the name depends on the type',
      instead: 'minLength, minimum or minItems',
    },
    'max maximumLength': {
      because: 'the name depends on the type',
      instead: 'maxLength, maximum or maxItems',
    },
    'len length size': { because: 'there are two bounds', instead: 'maxLength or maxItems' },
    optional: {
      because: 'what is optional follows from the list `required` of the object',
      instead: 'leave the name out of `required`',
      isAnnotation: true,
    },
    mandatory: {
      because: 'what is required follows from the list `required` of the object',
      instead: 'put the name into `required`',
    },
    ...synonyms('description', 'desc', 'doc', 'docs', 'help', 'summary', 'comment', 'note', 'hint'),
    ...synonyms('title', 'label', 'displayName'),
    ...synonyms('pattern', 'regex', 'regexp', 'match', 'matches'),
    ...synonyms('enum', 'values', 'options', 'choices', 'allowed', 'allowedValues'),
    ...synonyms('properties', 'fields', 'props', 'attributes', 'members'),
    ...synonyms('items', 'of', 'element', 'elements'),
    ...synonyms('default', 'defaultValue', 'default_value', 'initial'),
    ...synonyms('const', 'value', 'constant', 'literal'),
    ...synonyms('x-pii', 'pii', 'sensitive', 'personal'),
    ...synonyms('x-trust', 'trust'),
  }),
};

/** Several words in one key are a group. */
function family(
  name: ForeignFamily,
  words: { readonly [names: string]: Words },
): {
  [name: string]: ForeignKeyword;
} {
  return Object.fromEntries(
    Object.entries(words).flatMap(([names, word]) =>
      names.split(' ').map((each) => [each, { family: name, group: names, ...word }] as const),
    ),
  );
}

function synonyms(keyword: string, ...names: readonly string[]): { [name: string]: Words } {
  const word = {
    because: 'JSON Schema has another word for it',
    instead: `write \`${keyword}\``,
    rename: keyword,
  };
  return Object.fromEntries(names.map((name) => [name, word]));
}
