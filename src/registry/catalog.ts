// The shape of the built-in catalogue, `catalog.json` beside this file: what is known of vendors and of their models before
// a project says a word. `npm run catalog:update` writes the data; nobody edits it by hand.

import type { Price } from './snapshot.ts';

/** The committed file as a whole. */
export interface Catalog {
  /** The day on which it was made, YYYY-MM-DD. */
  readonly date: string;
  /** The packages that it was joined from, `NAME@VERSION`. */
  readonly sources: readonly string[];
  /** By name, in the order of names. */
  readonly vendors: { readonly [name: string]: Vendor };
}

/** Who sells calls of models. */
export interface Vendor {
  readonly title: string;
  /** The wire format: a name in `src/providers/index.ts`, or one that is still to come. */
  readonly adapter: string;
  /** A part in braces, `{resource}`, is the customer's own: the project has to say the whole address. */
  readonly baseUrl: string;
  /** The environment variable that usually holds the key. */
  readonly key: string;
  /** The field that limits the length of an answer, where the wire format has two names for it. */
  readonly limitField?: 'max_completion_tokens' | 'max_tokens';
  /** By the name that the vendor knows them by. */
  readonly models: { readonly [name: string]: CatalogModel };
}

export interface CatalogModel {
  readonly contextTokens: number;
  /** Absent when no source says it. */
  readonly maxOutputTokens?: number;
  readonly features: readonly string[];
  readonly modalities: readonly string[];
  /** Absent when no source says it, or when the model is sold as a subscription only. */
  readonly price?: Price;
  /** Since when the price holds, YYYY-MM-DD; absent when the source does not say. */
  readonly priceSince?: string;
}

/** Finds a vendor by its name. A function, so that the data is read only when somebody asks. */
export type FindVendor = (name: string) => Vendor | undefined;
