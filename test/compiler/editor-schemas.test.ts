// What editors show while YAML is written: each field and each value of the DSL's schemas says what it is, and what the
// snippets insert is right by the schema that offers them.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import acknowledgementsSchema from '../../schemas/acknowledgements.schema.json' with { type: 'json' };
import capabilitySchema from '../../schemas/capability.schema.json' with { type: 'json' };
import projectSchema from '../../schemas/project.schema.json' with { type: 'json' };
import { compileSources } from '../../src/cli/compile-sources.ts';
import { errorCatalogue } from '../../src/errors.ts';

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;
const ajv = new Ajv2020({ allErrors: true, strict: true });
addFormats(ajv, ['date']);
ajv.addVocabulary(['markdownDescription', 'enumDescriptions', 'defaultSnippets']);

type SchemaNode = Readonly<Record<string, unknown>>;

interface Snippet {
  readonly label: string;
  readonly description: string;
  readonly body: unknown;
}

describe.each([
  ['capability', capabilitySchema as SchemaNode],
  ['project', projectSchema as SchemaNode],
  ['acknowledgements', acknowledgementsSchema as SchemaNode],
])('%s.schema.json', (_name, schema) => {
  ajv.addSchema(schema);
  const nodes = [...nodesOf(schema, '#')];

  test('every field and every definition is described, for people and in Markdown', () => {
    const described = nodes.filter(({ isNamed }) => isNamed);
    expect(described.length).toBeGreaterThan(5);
    for (const { pointer, node } of described) {
      expect(node['description'], `the description of ${pointer}`).toMatch(/^\S[^]*[.!?]$/);
      expect(node['markdownDescription'], `the markdownDescription of ${pointer}`).toBeTypeOf('string');
    }
  });

  test('both say the same', () => {
    for (const { pointer, node } of nodes) {
      if (node['description'] === undefined) continue;
      const plain = String(node['markdownDescription']).replaceAll('`', '');
      expect(node['description'], pointer).toBe(plain);
      expect(String(node['markdownDescription']).split('`').length % 2, pointer).toBe(1);
    }
  });

  test('every value of an enum says what it means', () => {
    for (const { pointer, node } of nodes) {
      const values = node['enum'];
      if (!Array.isArray(values)) continue;
      const meanings = node['enumDescriptions'] as readonly string[] | undefined;
      expect(meanings, `the enumDescriptions of ${pointer}`).toHaveLength(values.length);
      for (const meaning of meanings ?? []) expect(meaning).toMatch(/^[A-Z][^]*\.$/);
      expect(new Set(meanings).size, pointer).toBe(values.length);
    }
  });

  const snippets = nodes.flatMap(({ pointer, node }) =>
    ((node['defaultSnippets'] ?? []) as readonly Snippet[]).map((snippet) => [pointer, snippet] as const),
  );

  test.each(snippets.map(([pointer, snippet]) => [snippet.label, pointer, snippet] as const))(
    'the snippet "%s" of %s fits',
    (_label, pointer, { body, description }) => {
      expect(description).toMatch(/\.$/);
      const text = filled(printed(body));
      expect(text).not.toMatch(/\$\{?\d/);
      const validate = ajv.getSchema(`${String(schema['$id'])}${pointer}`);
      const fits = validate?.(parse(text));
      expect(validate?.errors ?? [], text).toEqual([]);
      expect(fits).toBe(true);
    },
  );
});

test('the two files that snippets begin are a project without errors', () => {
  const textOf = (schema: SchemaNode): string => {
    const [first] = schema['defaultSnippets'] as readonly Snippet[];
    return `${filled(printed(first?.body))}\n`;
  };
  const { snapshot, diagnostics } = compileSources([
    { path: 'capstan.yaml', text: textOf(projectSchema) },
    { path: 'capabilities/summarize.cap.yaml', text: textOf(capabilitySchema) },
  ]);
  expect(diagnostics).toEqual([]);
  expect(Object.keys(snapshot?.capabilities ?? {})).toEqual(['summarize@1']);
});

test('what has no snippets is a choice: these have', () => {
  const owners = [capabilitySchema as SchemaNode, projectSchema as SchemaNode].flatMap((schema) =>
    [...nodesOf(schema, '#')]
      .filter(({ node }) => 'defaultSnippets' in node)
      .map(({ pointer }) => `${String(schema['title'])}${pointer.replace('#/$defs/', '/').replace('#', '')}`),
  );
  expect(owners.sort()).toEqual([
    'Capability',
    'Capability/CapabilityTiers',
    'Capability/ContractTest',
    'Capability/Deprecation',
    'Capability/EvalTest',
    'Capability/Example',
    'Capability/PromptMessage',
    'Capability/PromptSlot',
    'Capability/RenderTest',
    'Project',
    'Project/AccessKey',
    'Project/GenerateTarget',
    'Project/Model',
    'Project/Provider',
    'Project/Tier',
  ]);
});

test('codes of errors mean what the catalogue says', () => {
  const { enum: names, enumDescriptions } = capabilitySchema.$defs.ErrorAssertion.properties.value;
  expect(Object.fromEntries(names.map((name, index) => [name, enumDescriptions[index]]))).toEqual(
    Object.fromEntries(Object.entries(errorCatalogue).map(([code, { summary }]) => [code, summary])),
  );
});

// -- the schema as a tree

interface PlacedNode {
  readonly pointer: string;
  readonly node: SchemaNode;
  /** A field, a definition, or the whole: what an author meets by name. */
  readonly isNamed: boolean;
}

function* nodesOf(node: SchemaNode, pointer: string, isNamed = true): Generator<PlacedNode> {
  yield { pointer, node, isNamed };
  for (const keyword of ['properties', '$defs'])
    for (const [name, inner] of Object.entries((node[keyword] ?? {}) as Record<string, SchemaNode>))
      yield* nodesOf(inner, `${pointer}/${keyword}/${name}`);
  for (const keyword of ['items', 'additionalProperties', 'propertyNames']) {
    const inner = node[keyword];
    if (typeof inner === 'object' && inner !== null)
      yield* nodesOf(inner as SchemaNode, `${pointer}/${keyword}`, false);
  }
}

// -- a snippet as the YAML extension of an editor inserts it

/** In block style; texts as they are, without quotes of their own, and without the `^` that keeps numbers numbers. */
function printed(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value.map((item) => `\n${indent}- ${printed(item, `${indent}  `).trimStart()}`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, inner]) => {
        const isBlock = typeof inner === 'object' && inner !== null;
        return `\n${indent}${key}:${isBlock ? '' : ' '}${printed(inner, `${indent}  `)}`;
      })
      .join('');
  }
  return String(value).replace(/^\^/, '');
}

/** Placeholders as their defaults, a choice as its first, escapes as their characters. */
function filled(snippet: string): string {
  const text = snippet.trimStart();
  const placeholder = /\\([$}\\])|\$\{\d+\|([^,|}]+)[^}]*\|\}|\$\{\d+:((?:\\.|[^\\}])*)\}/g;
  return text.replaceAll(
    placeholder,
    (_whole, escaped?: string, choice?: string, inner?: string) =>
      escaped ?? choice ?? (inner ?? '').replaceAll(/\\(.)/g, '$1'),
  );
}
