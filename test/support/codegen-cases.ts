// The Markdown files of test/codegen: a case is a section with YAML, and the generated code it gives. YAML without a label
// is capabilities/sample.cap.yaml; of a capability only what the case is about is written, the rest is filled in here.
import { compile } from '../../src/compiler/compile.ts';
import type { Diagnostic, Source } from '../../src/diagnostics/diagnostic.ts';
import { printCompact } from '../../src/diagnostics/print-compact.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { readMarkdown } from './markdown.ts';
import type { MarkdownBlock } from './markdown.ts';

export interface CodegenCase {
  readonly heading: string;
  readonly sources: readonly Source[];
  /** The blocks that are no YAML: what is expected. */
  readonly expected: readonly MarkdownBlock[];
}

/** The cases of a file, in its order; a section without YAML is prose. */
export function readCodegenCases(path: string): readonly CodegenCase[] {
  return readMarkdown(path).flatMap(({ heading, blocks }) => {
    const yaml = blocks.filter(({ language }) => language === 'yaml');
    if (yaml.length === 0) return [];
    const sources = yaml.map(({ label, text }) => sourceOf(label || 'capabilities/sample.cap.yaml', text));
    return [{ heading, sources, expected: blocks.filter(({ language }) => language !== 'yaml') }];
  });
}

/** The Snapshot of a case; throws with the compiler's words when the case has an error. */
export function snapshotOf(sources: readonly Source[]): Snapshot {
  const whole = sources.some(({ path }) => path === 'capstan.yaml') ? sources : [project, ...sources];
  const { snapshot, diagnostics } = compile(whole);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (snapshot === undefined || errors.length > 0) throw new Error(printCompact(errors, whole));
  return snapshot;
}

/** What the compiler says of a capability with this schema as its output: nothing, when it keeps to the subset. */
export function schemaErrors(schema: unknown): readonly Diagnostic[] {
  const source = capabilityWith('sample', { output: schema });
  return compile([project, source]).diagnostics.filter(({ severity }) => severity === 'error');
}

/** A capability of these schemas; JSON is YAML. */
export function capabilityWith(
  name: string,
  schemas: { readonly input?: unknown; readonly output?: unknown },
): Source {
  const text = Object.entries(schemas).map(([field, schema]) => `${field}: ${JSON.stringify(schema)}\n`);
  return sourceOf(`capabilities/${name}.cap.yaml`, text.join(''));
}

const project: Source = {
  path: 'capstan.yaml',
  text: `apiVersion: capstan/v1
kind: Project
metadata: { name: sample }
providers:
  simulator: { adapter: simulator, dataClass: restricted }
models:
  simulator/small:
    quality: 0.5
    contextTokens: 200000
    maxOutputTokens: 8000
    features: [structured-output]
    modalities: [text]
tiers:
  economy: { tolerance: 0.5, prefer: [cost] }
  standard: { tolerance: 0, prefer: [quality] }
defaults: { tier: standard, timeout: 20s }
`,
};

function sourceOf(path: string, text: string): Source {
  const { name } = /(?<name>[^/]+)\.cap\.yaml$/.exec(path)?.groups ?? {};
  return { path, text: name === undefined ? text : completeCapability(name, text) };
}

function completeCapability(name: string, text: string): string {
  const fields: readonly (readonly [field: string, text: string])[] = [
    ['apiVersion', 'apiVersion: capstan/v1\nkind: Capability\n'],
    ['metadata', `metadata: { name: ${name}, version: 1.0.0, owner: team-docs, description: A sample. }\n`],
    ['input', 'input: { type: object }\n'],
    ['output', 'output: { type: string }\n'],
    ['prompt', 'prompt:\n  - role: user\n    content: |\n      Go.\n'],
  ];
  const missing = fields.filter(([field]) => !new RegExp(`^${field}:`, 'm').test(text));
  return `${missing.map(([, filled]) => filled).join('')}${text}`;
}
