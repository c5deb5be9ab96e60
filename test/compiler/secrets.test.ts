// What counts as a secret in the files of a project, and that it is shown nowhere.
import { expect, test } from 'vitest';
import { compileSources } from '../../src/cli/compile-sources.ts';
import type { Compilation } from '../../src/compiler/compile.ts';
import { drawDiagnostics } from '../../src/cli/draw-diagnostics.ts';
import { findSecrets } from '../../src/compiler/rules/trust/secret-patterns.ts';

const random = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0';

test.each([
  ['an API key', `sk-${random}`],
  ['an API key', `sk-proj-${random}`],
  ['an API key', `sk_live_${random.slice(0, 24)}`],
  ['an API key', `AIza${random.slice(0, 35)}`],
  ['an API key', `cap_${random}xyz`],
  ['an access key', 'AKIA7Q2XK4M9ZP3LW8RT'],
  ['an access token', `ghp_${random.slice(0, 36)}`],
  ['an access token', `github_pat_${random}_${random}`],
  ['an access token', `glpat-${random.slice(0, 20)}`],
  ['an access token', `xoxb-${random.slice(0, 24)}`],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['a signed token', `eyJ${random}.eyJ${random}.${random}`],
])('%s is found where it begins and ends: %s', (kind, secret) => {
  const text = `before "${secret}" after`;
  const start = text.indexOf(secret);
  expect(findSecrets(text)).toEqual([{ kind, start, end: start + secret.length }]);
});

test.each([
  ['the token alone, not the word before it', 'authorization: Bearer ', random, ''],
  ['the password alone, not the address', 'postgres://reader:', 'hunter2x', '@db.example/orders'],
])('%s', (_, before, secret, after) => {
  const text = before + secret + after;
  expect(findSecrets(text).map(({ start, end }) => text.slice(start, end))).toEqual([secret]);
});

test.each([
  'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'sk-your-key-goes-here-please',
  'task-force-of-twenty-people-1',
  'https://example.com/a:b@c',
  'https://{{user}}:{{password}}@example.com/',
  'Bearer tokens are long, Bearer abc',
  `sha256: ${'0123456789abcdef'.repeat(4)}`,
  'the ticket ghp_1 and the file npm_2',
])('%s is no secret', (text) => {
  expect(findSecrets(text)).toEqual([]);
});

test('a long text without end is looked through at once', () => {
  for (const part of ['sk-', 'eyJa.', 'x://', 'Bearer ', 'a:b'])
    expect(findSecrets(part.repeat(200_000)).length).toBeLessThan(200_000);
});

test.each(['text', 'compact', 'json', 'github', 'sarif'] as const)(
  'in the format %s no secret is shown',
  async (format) => {
    const secret = `sk-${random}`;
    const capability = `apiVersion: capstan/v1
kind: Capability
metadata: { name: sample, version: 1.0.0, owner: team, description: Shows one thing that the compiler says. }
input: { type: object, properties: {} }
output: { type: string, description: The answer. }
# the key is ${secret}
prompt: [{ role: user, content: "{{json this}} ${secret} {{> mine}}" }]
`;
    const compilation = compileSources([
      {
        path: 'capstan.yaml',
        text: `apiVersion: capstan/v1\nkind: Project\nmetadata: { name: sample } # ${secret}\n`,
      },
      { path: 'capabilities/sample.cap.yaml', text: capability },
      {
        path: 'capabilities/other.cap.yaml',
        text: capability.replace('name: sample', 'name: other').replaceAll(secret, ''),
      },
      { path: 'partials/mine.hbs', text: `${secret}\n` },
    ]);
    const { diagnostics } = compilation;
    const places = diagnostics.map(({ code, span }) => `${code} ${span.path}`);
    expect(places).toEqual([
      'trust/secret-in-text capabilities/sample.cap.yaml',
      'trust/secret-in-text capabilities/sample.cap.yaml',
      'trust/secret-in-text capstan.yaml',
      'trust/secret-in-text partials/mine.hbs',
    ]);
    expect(await drawDiagnostics(diagnostics, compilation, format, { color: false })).not.toContain(random);
  },
);

const projectText = 'apiVersion: capstan/v1\nkind: Project\nmetadata: { name: sample }\n';
const capabilityWith = (secret: string): string => `apiVersion: capstan/v1
kind: Capability
metadata: { name: sample, version: 1.0.0, owner: team, description: Shows one thing that the compiler says. }
input: { type: object, properties: {} }
output: { type: string, description: The answer. }
prompt:
  - role: system
    content: The key is ${secret}.
  - { role: user, content: "{{missing}}" }
`;

test.each(['text', 'compact', 'json', 'github', 'sarif'] as const)(
  'in the format %s a secret is not shown beside another finding when its own is not drawn',
  async (format) => {
    const secret = `sk-${random}`;
    const draw = async (compilation: Compilation): Promise<string> => {
      const others = compilation.diagnostics.filter(({ isSecret }) => isSecret !== true);
      expect(others.map(({ code }) => code)).toEqual(['template/unknown-property']);
      return drawDiagnostics(others, compilation, format, { color: false });
    };
    const sources = (text: string) => [
      { path: 'capstan.yaml', text: projectText },
      { path: 'capabilities/sample.cap.yaml', text },
    ];
    const capability = capabilityWith(secret);
    expect(await draw(compileSources(sources(capability)))).not.toContain(random);
    const lint = { 'trust/secret-in-text': 'off' } as const;
    expect(await draw(compileSources(sources(capability), { lint }))).not.toContain(random);
    const suppressed = capability.replace(
      '    content: The',
      '    # capstan-ignore-next-line trust/secret-in-text: an example\n    content: The',
    );
    expect(await draw(compileSources(sources(suppressed)))).not.toContain(random);
  },
);

test.each([
  ['a name', 'name: sample', (secret: string) => `name: "${secret}"`],
  ['a key', 'output:', (secret: string) => `"${secret}": 1\noutput:`],
  ['a version', 'version: 1.0.0', (secret: string) => `version: "${secret}"`],
  ['an owner', 'owner: team', (secret: string) => `owner: ["${secret}"]`],
  ['a role', 'role: system', (secret: string) => `role: "${secret}"`],
  ['a path in a template', '{{missing}}', (secret: string) => `{{[${secret}]}}`],
  [
    'the name of a property',
    'properties: {}',
    (secret: string) => `properties: { "${secret}": { typ: string } }`,
  ],
  [
    'a file reference',
    'properties: {}',
    (secret: string) => `properties: { a: { $ref: "schema:${secret}" } }`,
  ],
])('a message does not say the secret that stands where %s should', async (_, place, written) => {
  const text = capabilityWith('missing').replace(place, () => written(`sk-${random}`));
  const compilation = compileSources([
    { path: 'capstan.yaml', text: projectText },
    { path: 'capabilities/sample.cap.yaml', text },
  ]);
  expect(compilation.diagnostics.some(({ isSecret }) => isSecret)).toBe(true);
  for (const format of ['text', 'compact', 'json', 'github', 'sarif'] as const)
    expect(
      await drawDiagnostics(compilation.diagnostics, compilation, format, { color: false }),
    ).not.toContain(random);
});

test('a file of very many secrets is looked through at once', () => {
  const lines = Array.from({ length: 10_000 }, (_, line) => `# sk-${random}${line}\n`).join('');
  const { diagnostics, shown } = compileSources([{ path: 'capstan.yaml', text: projectText + lines }]);
  expect(diagnostics.map(({ code }) => code)).toContain('project/too-many-findings');
  expect(shown[0]?.text).not.toContain(random);
});
