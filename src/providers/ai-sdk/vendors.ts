// The vendors with a format of their own, one row each: their package of the AI SDK (of which only the format is used;
// connections, retries and keys stay with the transport), and where they are. Two come with Capstan, the others are
// installed by who needs them.

import type { LanguageModelV4 } from '@ai-sdk/provider';

export interface VendorSettings {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly fetch: typeof fetch;
}

export interface Vendor {
  /** The name of the adapter in `capstan.yaml`. */
  readonly name: string;
  readonly package: string;
  /** Absent where the address says whose account or which region it is. */
  readonly defaultBaseUrl?: string;
  /** Loads the package; what it gives makes models by their names. */
  load(): Promise<(settings: VendorSettings) => (modelName: string) => LanguageModelV4>;
}

export const vendors: readonly Vendor[] = [
  {
    name: 'anthropic',
    package: '@ai-sdk/anthropic',
    defaultBaseUrl: 'https://api.anthropic.com/v1',
    load: async () => (await import('@ai-sdk/anthropic')).createAnthropic,
  },
  {
    name: 'google',
    package: '@ai-sdk/google',
    defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    load: async () => (await import('@ai-sdk/google')).createGoogle,
  },
  {
    name: 'vertex',
    package: '@ai-sdk/google-vertex',
    defaultBaseUrl: 'https://aiplatform.googleapis.com/v1/publishers/google',
    load: async () => (await import('@ai-sdk/google-vertex')).createGoogleVertex,
  },
  {
    name: 'bedrock',
    package: '@ai-sdk/amazon-bedrock',
    load: async () => {
      const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
      // The region is in the base URL; the package wants one all the same.
      return (settings) => createAmazonBedrock({ ...settings, region: 'us-east-1' });
    },
  },
  {
    name: 'azure',
    package: '@ai-sdk/azure',
    load: async () => {
      const { createAzure } = await import('@ai-sdk/azure');
      return (settings) => (name) => createAzure(settings).chat(name);
    },
  },
  {
    name: 'mistral',
    package: '@ai-sdk/mistral',
    defaultBaseUrl: 'https://api.mistral.ai/v1',
    load: async () => (await import('@ai-sdk/mistral')).createMistral,
  },
  {
    name: 'cohere',
    package: '@ai-sdk/cohere',
    defaultBaseUrl: 'https://api.cohere.com/v2',
    load: async () => (await import('@ai-sdk/cohere')).createCohere,
  },
  {
    name: 'groq',
    package: '@ai-sdk/groq',
    defaultBaseUrl: 'https://api.groq.com/openai/v1',
    load: async () => (await import('@ai-sdk/groq')).createGroq,
  },
  {
    name: 'xai',
    package: '@ai-sdk/xai',
    defaultBaseUrl: 'https://api.x.ai/v1',
    load: async () => (await import('@ai-sdk/xai')).createXai,
  },
];
