// What the phases after decode work on: declarations whose names, references and templates have been followed.

import type { Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import type { Vendor } from '../registry/catalog.ts';
import type {
  AccessKey,
  GenerateTarget,
  JsonSchema,
  Model,
  PromptRole,
  Provider,
  Snapshot,
  Tier,
} from '../registry/snapshot.ts';
import type { Template } from '../template/template.ts';
import type { CapabilityDeclaration, LintLevel, ProjectDeclaration } from './declaration.gen.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** `NAME.schema.yaml`, somewhere under `schemas/`. */
export interface SchemaFile {
  readonly name: string;
  readonly source: Source;
  /** Absent when the file could not be read. */
  readonly tree?: SyntaxTree;
}

/** `NAME.hbs`, under `partials/` or `capabilities/`. */
export interface PartialFile {
  readonly name: string;
  readonly source: Source;
  /** The text with plain line ends, which is what the offsets of templates count in. */
  readonly text: string;
  /** Absent when the text does not parse. */
  readonly template?: Template;
  readonly placeOf: (start: number, end: number) => SourceSpan;
}

/** What capabilities share. Lookups give the same object for as long as a file does not change. */
export interface Library {
  readonly schemas: ReadonlyMap<string, SchemaFile>;
  readonly partials: ReadonlyMap<string, PartialFile>;
}

export type ResolvedPart =
  | {
      readonly kind: 'message';
      readonly role: PromptRole;
      /** Pointer to the content in the file. */
      readonly pointer: string;
      /** Absent when the text does not parse. */
      readonly template?: Template;
    }
  | { readonly kind: 'slot'; readonly slot: 'history' };

/** What a capability file says of itself that can be relied on, whatever else is wrong in it. */
export interface Heading {
  readonly tree: SyntaxTree;
  readonly name: string;
  readonly major: number;
  /** `NAME@MAJOR` */
  readonly key: string;
}

/** Where a definition of a contract was brought from. */
export interface DefinitionOrigin {
  readonly file: SchemaFile;
  /** Pointer into that file. */
  readonly pointer: string;
}

/** An input or output that has no errors. */
export interface ContractSchema {
  /** Closed and free of outside references. */
  readonly schema: JsonSchema;
  /** Definitions that come from shared files, by their name in `schema`. */
  readonly origins: ReadonlyMap<string, DefinitionOrigin>;
  /** Where the root comes from, when the whole contract is a reference. */
  readonly rootOrigin?: DefinitionOrigin;
}

/** One capability file after resolve. */
export interface CapabilityUnit {
  readonly tree: SyntaxTree;
  readonly declaration: CapabilityDeclaration;
  /** `NAME@MAJOR` */
  readonly key: string;
  readonly major: number;
  /** Closed and free of outside references; absent when the schema has errors. */
  readonly input?: JsonSchema;
  readonly output?: JsonSchema;
  /** The same two, with where their parts come from. */
  readonly contracts: { readonly input?: ContractSchema; readonly output?: ContractSchema };
  readonly prompt: readonly ResolvedPart[];
  /** Every partial reachable from the prompt. */
  readonly partials: ReadonlyMap<string, PartialFile>;
}

/** The project file in the terms of the Snapshot. */
export interface Project {
  readonly tree: SyntaxTree;
  readonly declaration: ProjectDeclaration;
  readonly name: string;
  readonly providers: { readonly [id: string]: Provider };
  /** What the catalogue knows of the vendors of the providers, by provider. */
  readonly vendors: { readonly [provider: string]: Vendor };
  readonly models: { readonly [id: string]: Model };
  readonly aliases: { readonly [alias: string]: string };
  readonly tiers: { readonly [name: string]: Tier };
  readonly defaults: Snapshot['defaults'];
  readonly access: { readonly keys: readonly AccessKey[] };
  readonly generate: readonly GenerateTarget[];
  readonly lint: { readonly [code: string]: LintLevel };
}
