// Every kind of change of a schema, and what it means for those who send values (input) and those who receive them
// (output). Each has its case in test/spec/compatibility/schemas.md.

export type Direction = 'input' | 'output';

/** `breaking`: refuses what was fine. `dangerous`: works on the wire and may surprise. */
export type Grade = 'breaking' | 'dangerous' | 'safe';

/** `undecided`: breaking when a value shows it, else dangerous. */
export type Verdict = Grade | 'undecided';

export interface ChangeKind {
  readonly input: Verdict;
  readonly output: Verdict;
  /** Where callers can do, or may meet, something new: that asks for a new minor version. */
  readonly surface?: Direction | 'both';
}

/** For callers who send: the new schema admits less, so they break; it admits more, so they do not. Receivers the reverse. */
const narrows = { input: 'breaking', output: 'safe' } as const;
const widens = { input: 'safe', output: 'breaking', surface: 'both' } as const;
const breaksBoth = { input: 'breaking', output: 'breaking' } as const;
const unclear = { input: 'undecided', output: 'undecided' } as const;
const harmless = { input: 'safe', output: 'safe' } as const;
const surprises = { input: 'dangerous', output: 'dangerous' } as const;

const kinds = {
  // A closed contract refuses a property that it does not know, so receivers who check replies are surprised.
  'property-added': { input: 'safe', output: 'dangerous', surface: 'both' },
  'property-declared': { ...harmless, surface: 'both' },
  'required-property-added': { input: 'breaking', output: 'dangerous', surface: 'output' },
  // Breaking by the contract alone; this runtime fills defaults in before it looks for what is required.
  'required-property-with-default-added': { ...surprises, surface: 'both' },
  'property-removed': { input: 'breaking', output: 'dangerous' },
  'property-undeclared': surprises,
  'required-property-removed': breaksBoth,
  'required-property-undeclared': { input: 'dangerous', output: 'breaking' },
  'property-renamed': { input: 'breaking', output: 'dangerous', surface: 'both' },
  'required-property-renamed': { ...breaksBoth, surface: 'both' },
  'property-became-required': narrows,
  'property-became-required-with-default': { input: 'dangerous', output: 'safe' },
  'property-became-optional': widens,
  'property-became-optional-with-default': { ...harmless, surface: 'input' },
  'type-widened': widens,
  'type-narrowed': narrows,
  'became-unfillable': { input: 'breaking', output: 'dangerous' },
  'type-changed': breaksBoth,
  'nullable-added': widens,
  'nullable-removed': narrows,
  'enum-value-added': { input: 'safe', output: 'dangerous', surface: 'both' },
  'extensible-enum-value-added': { ...harmless, surface: 'both' },
  'enum-value-removed': { input: 'breaking', output: 'dangerous' },
  'enum-added': narrows,
  'enum-removed': widens,
  'enum-became-extensible': { input: 'safe', output: 'dangerous' },
  'enum-became-final': harmless,
  'const-added': narrows,
  'const-changed': breaksBoth,
  'const-removed': widens,
  'limit-tightened': narrows,
  'limit-relaxed': widens,
  'safety-limit-relaxed': { input: 'safe', output: 'dangerous', surface: 'both' },
  'limit-added': narrows,
  'limit-removed': widens,
  'safety-limit-removed': { input: 'safe', output: 'dangerous', surface: 'both' },
  'pattern-added': narrows,
  'pattern-removed': widens,
  'pattern-changed': unclear,
  'format-added': narrows,
  'format-removed': { input: 'safe', output: 'dangerous', surface: 'both' },
  'format-changed': { input: 'undecided', output: 'dangerous' },
  'additional-properties-allowed': { input: 'safe', output: 'dangerous', surface: 'both' },
  'additional-properties-refused': { input: 'breaking', output: 'dangerous' },
  'list-became-single': breaksBoth,
  'single-became-list': breaksBoth,
  'union-branch-added': widens,
  'extensible-union-branch-added': { input: 'safe', output: 'dangerous', surface: 'both' },
  'union-branch-removed': narrows,
  'union-changed': unclear,
  'union-kind-changed': unclear,
  'union-keyword-changed': harmless,
  'discriminator-renamed': breaksBoth,
  'default-added': harmless,
  'default-changed': { input: 'dangerous', output: 'safe' },
  // In an output the default is always filled in, and generated types say that the property is there.
  'default-removed': surprises,
  'multiple-tightened': narrows,
  'multiple-relaxed': widens,
  'multiple-changed': breaksBoth,
  'unique-items-added': narrows,
  'unique-items-removed': widens,
  'description-changed': harmless,
  'examples-changed': harmless,
  'title-changed': surprises,
  'definition-renamed': surprises,
  'definition-inlined': surprises,
  'definition-extracted': harmless,
  'property-order-changed': harmless,
  deprecated: harmless,
  'no-longer-deprecated': harmless,
  'trust-raised': surprises,
  'trust-lowered': harmless,
  'personal-data-declared': harmless,
  'personal-data-no-longer-declared': surprises,
  'schema-changed': unclear,
  'defaults-and-limits-changed': unclear,
} satisfies { readonly [id: string]: ChangeKind };

export type ChangeId = keyof typeof kinds;

export const changeKinds: { readonly [id in ChangeId]: ChangeKind } = kinds;
