// Files that somebody wrote to make a reader slow or fall over, of up to a megabyte each, with what the compiler says of
// them. Each stands in a small project that is sound without it.
import type { Source } from '../../src/diagnostics/diagnostic.ts';

export interface HostileFile {
  readonly name: string;
  readonly source: Source;
  /** One code that must be among the diagnostics; undefined when there is nothing to say. */
  readonly code: string | undefined;
}

/** What a file may have at most. */
const MEGABYTE = 1024 * 1024;

const capabilityPath = 'capabilities/hostile.cap.yaml';

/** A sound project, so that nothing of a hostile file goes unread for want of another. */
export const soundProject: readonly Source[] = [
  {
    path: 'capstan.yaml',
    text: `apiVersion: capstan/v1
kind: Project
metadata: { name: sample }
providers: { simulator: { adapter: simulator } }
`,
  },
];

/** The part of their full size at which files are being made. */
let share = 1;

function scaled(count: number): number {
  return count < 1_000 ? count : Math.ceil(count * share);
}

const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: scaled(count) }, (_, index) => make(index));
const lines = (count: number, make: (index: number) => string): string => list(count, make).join('');

/** As many repetitions as fit into a megabyte, some room left for what stands around them. */
function filled(unit: string, room = 4_000): string {
  return unit.repeat(Math.floor((MEGABYTE * share - room) / unit.length));
}

/** As many different texts as fit, `make` being given the number of each. */
function filledWith(make: (index: number) => string, room = 4_000): string {
  const made: string[] = [];
  for (let length = room, index = 0; ; index += 1) {
    const text = make(index);
    length += text.length;
    if (length > MEGABYTE * share) return made.join('');
    made.push(text);
  }
}

const metadata = `metadata:
  name: hostile
  version: 1.0.0
  title: A hostile file
  owner: nobody
  lifecycle: stable
  description: Stands for whatever somebody could send us to make us slow.
`;
const input = `input:
  type: object
  required: [text]
  properties: { text: { type: string, maxLength: 1000 } }
`;
const output = `output:
  type: object
  required: [answer]
  properties: { answer: { description: The answer., type: string } }
`;
const prompt = `prompt:
  - role: user
    content: |
      {{text}}
`;

type Part = 'metadata' | 'input' | 'output' | 'prompt' | 'more';

/** A capability with some of its parts exchanged and others appended. */
function capability(parts: { readonly [part in Part]?: string }): string {
  const whole = { metadata, input, output, prompt, more: '', ...parts };
  return `apiVersion: capstan/v1\nkind: Capability\n${whole.metadata}${whole.input}${whole.output}${whole.prompt}${whole.more}`;
}

const more = (text: string): string => capability({ more: text });
const named = (name: string): string =>
  capability({ metadata: metadata.replace('name: hostile', `name: ${name}`) });
const inputOf = (text: string): string => capability({ input: text });
const propertiesOf = (text: string): string => inputOf(`input:\n  type: object\n  properties:\n${text}`);
const requiredOf = (names: string): string =>
  inputOf(`input:\n  type: object\n  properties: { text: { type: string } }\n  required: [${names}]\n`);
/** A message of lines that are indented by six spaces. */
const message = (text: string): string =>
  capability({ prompt: `prompt:\n  - role: user\n    content: |\n${text}` });
const folded = (text: string): string => message(text).replace('content: |', 'content: >');
const quoted = (text: string): string =>
  capability({ prompt: `prompt:\n  - role: user\n    content: "${text}"\n` });

type Case = readonly [name: string, text: string, code: string | undefined];

const aliasBomb = lines(40, (index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`);
const mergeBomb = lines(40, (index) => `a${index + 1}: &a${index + 1} { <<: [*a${index}, *a${index}] }\n`);

const references = (): readonly Case[] => [
  ['an alias bomb', `a0: &a0 [x]\n${aliasBomb}`, 'yaml/alias'],
  ['a billion laughs by merge keys', `a0: &a0 { k: x }\n${mergeBomb}`, 'yaml/alias'],
  ['a circle of anchors', 'a: &a { b: &b { c: *a, d: *b } }\n', 'yaml/alias'],
  ['aliases', `a: &a 1\nb:\n${filled('  - *a\n')}`, 'yaml/too-many-tokens'],
  ['anchors', `a:\n${filledWith((index) => `  - &a${index} 1\n`)}`, 'yaml/too-many-tokens'],
  ['tags', `a:\n${filled('  - !t 1\n')}`, 'yaml/too-many-tokens'],
  ['aliases, as many as may be', `a: &a 1\nb:\n${'  - *a\n'.repeat(scaled(13_650))}`, 'yaml/alias'],
  ['merge keys, as many as may be', `a:\n${'  - <<: 1\n'.repeat(scaled(9_800))}`, 'yaml/merge-key'],
  [
    'anchors, as many as may be',
    `a: [${list(13_650, (index) => `&a${index} 1`).join(',')}]\n`,
    'yaml/anchor',
  ],
];

const nesting = (): readonly Case[] => [
  ['deep lists in brackets', filled('['), 'yaml/too-many-tokens'],
  ['deep maps in braces', filled('{a: '), 'yaml/too-many-tokens'],
  ['lists a little too deep', `a: ${'['.repeat(100)}${']'.repeat(100)}\n`, 'yaml/nested-too-deep'],
  ['lists, as deep as may be', '['.repeat(scaled(52_500)), 'yaml/nested-too-deep'],
  ['maps, as deep as may be', '{a: '.repeat(scaled(14_000)), 'yaml/nested-too-deep'],
  ['deep dashes', filled('- '), 'yaml/too-many-tokens'],
  ['dashes, as deep as may be', '- '.repeat(scaled(31_499)), 'yaml/nested-too-deep'],
  ['deep block maps', lines(489, (index) => `${' '.repeat(index)}a:\n`), 'yaml/nested-too-deep'],
  ['keys of keys', filled('? '), 'yaml/too-many-tokens'],
  ['keys of keys, as many as may be', '? '.repeat(scaled(31_499)), 'yaml/nested-too-deep'],
];

const long = (): readonly Case[] => [
  ['a line of a megabyte', more(`x: ${filled('y')}\n`), 'declaration/unknown-key'],
  ['a key of a megabyte', more(`${filled('y')}: 1\n`), undefined],
  ['a key in quotes of a megabyte', more(`"${filled('y')}": 1\n`), undefined],
  ['a name of a megabyte', named(filled('y')), 'declaration/out-of-range'],
  [
    'a description of a megabyte',
    capability({ metadata: metadata.replace('Stands', filled('word ')) }),
    undefined,
  ],
  ['a quoted text over many lines', more(`x: "${filled('y\n  ')}"\n`), 'declaration/unknown-key'],
  ['a text over many lines', more(`x: ${filled('y\n  ')}\n`), 'declaration/unknown-key'],
  ['a text over many lines of dashes', more(`x: y\n${filled('   - y\n')}`), 'declaration/unknown-key'],
  ['a quote that is never closed', more(`x: "${filled('y\n  ')}`), 'yaml/unclosed-quote'],
  ['quotes that are never closed', more(filledWith((index) => `x${index}: "y\n`)), undefined],
  ['escapes', more(`x: "${filled('\\u0041')}"\n`), 'declaration/unknown-key'],
  ['bad escapes', more(`x: "${filled('\\q')}"\n`), 'yaml/bad-escape'],
  ['a huge number', more(`x: ${filled('9')}\n`), 'yaml/not-json'],
  ['a huge exponent', more(`x: 1e${filled('9')}\n`), 'yaml/not-json'],
  ['a number of many zeros', more(`x: 0.${filled('0')}1\n`), 'declaration/unknown-key'],
  ['a huge octal number', more(`x: 0o${filled('7')}\n`), 'yaml/not-json'],
  ['a long run of spaces', more(`x:${filled(' ')}1\n`), 'declaration/unknown-key'],
  ['runs of spaces in texts', more(filledWith(() => `x: a${' '.repeat(scaled(5_000))}b # c\n`)), undefined],
  ['blank lines', `${filled('\n')}a: 1\n`, undefined],
  ['blank lines of spaces', message(`${filled('    \n')}      {{text}}\n`), undefined],
  ['lines that end in CR', `a: 1\r${filled('b\r')}`, undefined],
];

const many = (): readonly Case[] => [
  ['keys', filledWith((index) => `key${index}: 1\n`), 'yaml/too-many-tokens'],
  ['unknown keys', more(lines(13_300, (index) => `key${index}: 1\n`)), 'declaration/unknown-key'],
  ['misspelt keys', more(lines(13_300, (index) => `polices${index}: 1\n`)), 'declaration/unknown-key'],
  ['one key again and again', more('x: 1\n'.repeat(scaled(13_300))), 'yaml/duplicate-key'],
  ['keys without values', `a: {${filledWith((index) => `k${index},`)}}\n`, 'yaml/too-many-tokens'],
  [
    'keys without values, as many as may be',
    `a: { b: c,${lines(21_000, (index) => `k${index},`)}}\n`,
    'yaml/key-without-value',
  ],
  [
    'keys with and without values by turns',
    `a: {${lines(6_000, (index) => `k${index},l${index}: 1,`)}}\n`,
    'yaml/key-without-value',
  ],
  ['documents', filled('---\n'), 'yaml/too-many-tokens'],
  ['documents, as many as may be', 'a: 1\n---\n'.repeat(scaled(8_750)), 'yaml/several-documents'],
  ['directives', filled('%YAML 1.1\n'), 'yaml/too-many-tokens'],
  ['directives, as many as may be', `${'%YAML 1.1\n'.repeat(scaled(21_000))}---\na: 1\n`, 'yaml/directive'],
  ['comments', `a: 1\n${filled('#\n')}`, 'yaml/too-many-tokens'],
  ['comments, as many as may be', more('# x\n'.repeat(scaled(31_499))), undefined],
  [
    'comments in texts',
    more(lines(7_000, (index) => `x${index}: one two three #\n`)),
    'declaration/unknown-key',
  ],
  ['comments in a list', more(`x: [\n${'a, # b\n'.repeat(scaled(10_500))}]\n`), undefined],
  ['tabs', filled('\ta: 1\n'), undefined],
  ['tabs in front of everything', more(`x:\n${filled('\ty: 1\n')}`), undefined],
  ['templates as maps', filled('a: {{b}}\n'), 'yaml/too-many-tokens'],
  ['templates as maps, as many as may be', 'a: {{b}}\n'.repeat(scaled(5_950)), 'yaml/template-as-map'],
  ['templates as maps on one line', `a: [${'{{b}},'.repeat(scaled(7_000))}]\n`, 'yaml/template-as-map'],
  ['second colons', filledWith((index) => `k${index}: a: b\n`), undefined],
  ['second colons on one line', more(`x: ${'a: '.repeat(scaled(21_000))}\n`), undefined],
  ['reserved starts', more(lines(13_300, (index) => `k${index}: @b\n`)), 'yaml/reserved-start'],
  ['emphasis', more(lines(10_500, (index) => `k${index}: *b* c\n`)), 'yaml/reserved-start'],
  ['emphasis on one line', `a: [${'*b* c,'.repeat(scaled(12_250))}]\n`, 'yaml/reserved-start'],
  ['lines without colons', more(filledWith((index) => `word${index}\n`)), undefined],
  ['steps in and out', more(`x:\n${'   a: 1\n  b: 2\n'.repeat(scaled(6_300))}`), 'yaml/nested-too-deep'],
  ['closing brackets', filled(']'), undefined],
  ['commas', `a: [${filled(',')}]\n`, undefined],
  ['commas, as many as may be', `a: [${','.repeat(scaled(52_500))}]\n`, undefined],
  ['pairs in a list', `a: [${'b: 1,'.repeat(scaled(13_300))}]\n`, undefined],
  ['maps as keys', more('? { a: 1 }\n: 1\n'.repeat(scaled(4_200))), 'yaml/key-not-text'],
  ['a list where a map belongs', filled('- a\n'), undefined],
];

const suppression = '# capstan-ignore-next-line test/missing: x\n';
const characters = (): readonly Case[] => [
  ['bidirectional controls', more(`x: "${filled('\u202e')}"\n`), 'yaml/invisible-character'],
  ['NULs', filled('\0'), 'yaml/invisible-character'],
  ['lone surrogates', more(`x: "${filled('\ud800')}"\n`), 'declaration/unknown-key'],
  ['a lone surrogate as a name', named('\udc00'), 'declaration/bad-name'],
  ['byte order marks', filled('\ufeff'), 'yaml/invisible-character'],
  ['a byte order mark before a sound file', `\ufeff${more('')}`, undefined],
  ['UTF-16, read as UTF-8', Buffer.from(`\ufeff${more('')}`, 'utf16le').toString('utf8'), 'yaml/not-utf8'],
  ['bytes that are no text', filled('\ufffd'), 'yaml/not-utf8'],
  ['combining marks', more(`x: "e${filled('\u0301')}"\n`), 'declaration/unknown-key'],
  ['line separators', more(`x: "${filled('\u2028')}"\n`), 'declaration/unknown-key'],
  ['reserved keys', more('x:\n  __proto__: { a: 1 }\n  constructor: 1\n'), 'yaml/reserved-key'],
  ['suppressions', more(filled(suppression)), undefined],
  [
    'suppressions of unknown codes',
    more(filled(suppression.replace('missing', 'misssing'))),
    'suppression/unknown-code',
  ],
  [
    'suppressions of nested keys',
    more(filledWith((index) => `${suppression}${' '.repeat(index % 60)}k:\n`)),
    undefined,
  ],
];

const inSchemas = (): readonly Case[] => [
  [
    'properties',
    propertiesOf(lines(3_150, (index) => `    p${index}: { type: string, maxLength: 9 }\n`)),
    'template/unknown-property',
  ],
  [
    'unknown keywords',
    propertiesOf(lines(3_150, (index) => `    p${index}: { tpye${index}: string }\n`)),
    'schema/unknown-keyword',
  ],
  [
    'unknown names in required',
    requiredOf(lines(21_000, (index) => `t${index},`)),
    'schema/required-unknown',
  ],
  [
    'names in required that are near to many',
    inputOf(
      `input:\n  type: object\n  properties:\n${lines(2_450, (index) => `    property${index}: { type: string }\n`)}  required: [${lines(7_000, (index) => `propertie${index},`)}]\n`,
    ),
    'schema/required-unknown',
  ],
  [
    'one name in required again and again',
    requiredOf('text,'.repeat(scaled(21_000))),
    'schema/duplicate-value',
  ],
  [
    'a long chain of references',
    propertiesOf(
      `    text: { $ref: "#/$defs/D0" }\n  $defs:\n${lines(4_200, (index) => `    D${index}: { $ref: "#/$defs/D${index + 1}" }\n`)}    D${scaled(4_200)}: { type: string }\n`,
    ),
    'schema/too-deep',
  ],
  [
    'references that lead nowhere',
    propertiesOf(lines(4_200, (index) => `    p${index}: { $ref: "#/$defs/D${index}" }\n`)),
    'schema/unresolved-ref',
  ],
  [
    'references into no file',
    propertiesOf(lines(4_200, (index) => `    p${index}: { $ref: "schema:x${index}" }\n`)),
    'schema/unresolved-ref',
  ],
  ['deep allOf', inputOf(`input: ${'{allOf: ['.repeat(25)}{}${']}'.repeat(25)}\n`), undefined],
  [
    'allOf with many parts',
    inputOf(`input:\n  allOf: [${'{type: object},'.repeat(scaled(7_000))}]\n`),
    'schema/unsupported-keyword',
  ],
  [
    'a regex bomb',
    propertiesOf('    text: { type: string, maxLength: 9, pattern: "^(a+)+$" }\n'),
    'schema/exponential-pattern',
  ],
  [
    'a pattern of a megabyte',
    propertiesOf(`    text: { type: string, maxLength: 9, pattern: "${filled('(a?b*)*')}" }\n`),
    undefined,
  ],
  [
    'patterns',
    propertiesOf(
      lines(2_800, (index) => `    p${index}: { type: string, pattern: "^([a-z]+[0-9]*)*x${index}$" }\n`),
    ),
    'schema/exponential-pattern',
  ],
  [
    'a huge enum',
    propertiesOf(`    text: { type: string, enum: [${lines(21_000, (index) => `v${index},`)}] }\n`),
    undefined,
  ],
  [
    'an enum of one value',
    propertiesOf(`    text: { type: string, enum: [${'v,'.repeat(scaled(21_000))}] }\n`),
    'schema/duplicate-value',
  ],
  [
    'a union of many branches',
    propertiesOf(
      `    text:\n      anyOf:\n${lines(2_800, (index) => `        - { type: object, required: [k], properties: { k: { const: v${index} } } }\n`)}`,
    ),
    undefined,
  ],
  [
    'defaults that do not fit',
    propertiesOf(lines(3_150, (index) => `    p${index}: { type: integer, default: x }\n`)),
    'schema/default-mismatch',
  ],
  [
    'an output without descriptions',
    capability({
      output: `output:\n  type: object\n  properties:\n${lines(5_600, (index) => `    p${index}: { type: string }\n`)}`,
    }),
    undefined,
  ],
  [
    'words of OpenAPI',
    propertiesOf(lines(3_000, (index) => `    p${index}: { type: string, nullable: true }\n`)),
    'schema/openapi-keyword',
  ],
];

const inDeclarations = (): readonly Case[] => [
  [
    'messages',
    capability({ prompt: `prompt:\n${'  - { role: user, content: "{{text}}" }\n'.repeat(scaled(4_200))}` }),
    undefined,
  ],
  [
    'messages of unknown roles',
    capability({ prompt: `prompt:\n${'  - { role: usr, content: "{{text}}" }\n'.repeat(scaled(4_200))}` }),
    'declaration/unknown-value',
  ],
  [
    'tests',
    more(
      `tests:\n${lines(2_450, (index) => `  - { name: t${index}, input: { text: a }, assert: [{ contains: a }] }\n`)}`,
    ),
    undefined,
  ],
  ['tests that are nothing', more(`tests: [${'1,'.repeat(scaled(21_000))}]\n`), 'declaration/wrong-type'],
  [
    'examples',
    more(
      `examples:\n${lines(3_150, (index) => `  - { name: e${index}, input: { text: a }, output: { answer: b } }\n`)}`,
    ),
    undefined,
  ],
  [
    'examples that do not fit',
    more(
      `examples:\n${lines(900, (index) => `  - { name: e${index}, input: { txet: a }, output: { answer: 1 } }\n`)}`,
    ),
    'declaration/out-of-range',
  ],
  [
    'labels',
    capability({ metadata: `${metadata}  tags: [${lines(21_000, (index) => `t${index},`)}]\n` }),
    undefined,
  ],
];

const inTemplates = (): readonly Case[] => [
  ['a prompt of a megabyte', message(`      ${filled('word ')}\n`), undefined],
  ['a prompt of many lines', message(filled('      word\n')), undefined],
  ['a folded prompt of a megabyte', folded(filled('      {{text}} word\n')), 'yaml/folded-prompt'],
  ['a quoted prompt of a megabyte', quoted(filled('{{text}} word ')), undefined],
  ['a quoted prompt of unknown names', quoted(filled('{{nobody}} \\n ')), undefined],
  [
    'a plain prompt over many lines',
    capability({ prompt: `prompt:\n  - role: user\n    content: a\n${filled('      {{nobody}} b\n')}` }),
    undefined,
  ],
  ['tags in a template', message(filled('      {{text}}\n')), undefined],
  ['unknown names', message(filled('      {{nobody}}\n')), undefined],
  ['unknown names, folded', folded('      {{nobody}}\n'.repeat(665)), 'template/unknown-property'],
  ['unknown names on one line', message(`      ${filled('{{nobody}}')}\n`), undefined],
  ['unknown helpers', message(filled('      {{shout text}}\n')), undefined],
  ['unknown partials', message(filledWith((index) => `      {{> p${index}}}\n`)), undefined],
  [
    'deep blocks',
    message(`      ${'{{#if text}}'.repeat(scaled(4_000))}${'{{/if}}'.repeat(scaled(4_000))}\n`),
    'template/too-deep',
  ],
  [
    'blocks, as deep as may be',
    message(`      ${`${'{{#if text}}'.repeat(120)}a${'{{/if}}'.repeat(120)}`.repeat(8)}\n`),
    undefined,
  ],
  ['blocks that are never closed', message(filled('      {{#if text}}\n')), 'template/too-many-tags'],
  ['closing tags', message(filled('      {{/if}}\n')), 'template/too-many-tags'],
  ['else again and again', message(`      {{#if text}}\n${filled('      {{else}}\n')}`), undefined],
  [
    'else if again and again',
    message(`      {{#if text}}\n${filled('      {{else if text}}\n')}      {{/if}}\n`),
    'template/too-many-tags',
  ],
  [
    'deep subexpressions',
    message(`      {{lower ${'(upper '.repeat(scaled(7_000))}text${')'.repeat(scaled(7_000))}}}\n`),
    undefined,
  ],
  ['a helper with many arguments', message(`      {{and ${filled('text ')}}}\n`), undefined],
  [
    'a helper with many options',
    message(`      {{fence text ${filledWith((index) => `o${index}=1 `)}}}\n`),
    undefined,
  ],
  ['a path of many steps', message(`      {{text${filled('.a')}}}\n`), undefined],
  ['a path that climbs', message(`      {{${filled('../')}text}}\n`), undefined],
  ['opening braces', message(`      ${filled('{')}\n`), undefined],
  ['opening tags', message(`      ${filled('{{')}\n`), undefined],
  ['escaped tags', message(filled('      \\{{a}}\n')), undefined],
  ['raw blocks', message(filled('      {{{{a}}}}\n')), undefined],
  ['template comments', message(filled('      {{! a }}\n')), undefined],
  ['template comments that are never closed', message(filled('      {{!-- a\n')), undefined],
  ['triple braces', message(filled('      {{{text}}}\n')), undefined],
  ['long tags', message(filled(`      {{and ${'text '.repeat(380)}}}\n`)), 'template/too-many-tags'],
  ['long paths', message(filled(`      {{text${'.a'.repeat(950)}}}\n`)), 'template/too-many-tags'],
  [
    'tags of deep calls',
    message(filled(`      {{lower ${'(upper '.repeat(220)}text${')'.repeat(220)}}}\n`)),
    'template/too-many-tags',
  ],
  ['unclosed calls', message(filled(`      {{lower ${'(upper '.repeat(270)}}}\n`)), 'template/too-many-tags'],
  ['long paths, as many as may be', message(`      {{text${'.a'.repeat(950)}}}\n`.repeat(51)), undefined],
  [
    'tags of deep calls, as many as may be',
    message(`      {{lower ${'(upper '.repeat(220)}text${')'.repeat(220)}}}\n`.repeat(55)),
    undefined,
  ],
  ['sections', message(filled('      {{#text}}a{{/text}}\n')), undefined],
  ['loops over a text', message(filled('      {{#each text}}a{{/each}}\n')), undefined],
  ['conditions', message(filled('      {{#if (eq text "a")}}a{{else}}b{{/if}}\n')), undefined],
  [
    'suppressions in a template',
    message(filled('      {{! capstan-ignore-next-line test/missing: x }}\n')),
    undefined,
  ],
];

const schemaFiles = (): readonly Case[] => [
  ['definitions', `$defs:\n${lines(4_200, (index) => `  D${index}: { type: string }\n`)}`, undefined],
  ['unknown keywords', lines(13_300, (index) => `tpye${index}: 1\n`), 'schema/unknown-keyword'],
  [
    'unknown types',
    `$defs:\n${lines(4_200, (index) => `  D${index}: { type: strng }\n`)}`,
    'schema/unknown-type',
  ],
  [
    'a circle of references',
    `$defs:\n${lines(3_150, (index) => `  D${index}: { $ref: "#/$defs/D${(index + 1) % scaled(3_150)}" }\n`)}`,
    'schema/too-deep',
  ],
  [
    'nested properties',
    `properties: { a: ${'{type: object, properties: {a: '.repeat(30)}1${'}}'.repeat(30)} }\n`,
    undefined,
  ],
  [
    'JSON of unknown types',
    `{"$defs":{${list(4_200, (index) => `"D${index}":{"type":"strng"}`).join(',')}}}`,
    'schema/unknown-type',
  ],
  ['deep JSON', '{"a":'.repeat(scaled(14_000)), 'yaml/nested-too-deep'],
  ['aliases', `a: &a 1\nb: [${'*a,'.repeat(scaled(21_000))}]\n`, 'yaml/alias'],
  ['a long text', `description: "${filled('\\n')}"\n`, undefined],
];

const partials = (): readonly Case[] => [
  ['words', filled('word '), undefined],
  ['tags', filled('{{text}}\n'), undefined],
  ['blocks that are never closed', filled('{{#if text}}\n'), 'template/too-many-tags'],
  ['braces', filled('{{'), 'template/too-long-tag'],
  ['NULs', filled('\0'), 'template/syntax-error'],
  ['sections and CRLF', filled('{{#x}}\r\n'), undefined],
  ['triple braces', filled('{{{text}}}'), undefined],
  ['calls of itself', filled('{{> hostile}}\n'), undefined],
  ['suppressions', filled('{{! capstan-ignore-next-line yaml/alais: x }}\n'), undefined],
];

const projectStart = soundProject[0]?.text ?? '';
const projects = (): readonly Case[] => [
  [
    'models',
    `${projectStart}models:\n${lines(3_150, (index) => `  simulator/m${index}: { quality: 0.5, contextTokens: 9 }\n`)}`,
    undefined,
  ],
  [
    'models of unknown providers',
    `${projectStart}models:\n${lines(3_150, (index) => `  simulater${index}/m: { quality: 0.5 }\n`)}`,
    undefined,
  ],
  [
    'providers',
    projectStart.replace(
      /providers:.*/,
      `providers:\n${lines(5_600, (index) => `  p${index}: { adapter: simulater }\n`)}`,
    ),
    'declaration/out-of-range',
  ],
  [
    'tiers',
    `${projectStart}tiers:\n${lines(3_150, (index) => `  t${index}: { tolerance: 0.1, prefer: [cost] }\n`)}`,
    undefined,
  ],
  [
    'aliases of models',
    `${projectStart}aliases:\n${lines(10_500, (index) => `  a${index}: a${index + 1}\n`)}`,
    undefined,
  ],
  [
    'rules',
    `${projectStart}lint:\n${lines(10_500, (index) => `  template/maybe-absnt${index}: error\n`)}`,
    undefined,
  ],
  ['owners', `${projectStart}owners: [${lines(21_000, (index) => `o${index},`)}]\n`, undefined],
  [
    'unknown keys',
    `${projectStart}${lines(13_300, (index) => `provider${index}: 1\n`)}`,
    'declaration/unknown-key',
  ],
  [
    'targets',
    `${projectStart}generate:\n${lines(5_600, (index) => `  - { target: typscript, out: o${index} }\n`)}`,
    undefined,
  ],
];

function filesNow(): readonly HostileFile[] {
  const inCapability = [
    references,
    nesting,
    long,
    many,
    characters,
    inSchemas,
    inDeclarations,
    inTemplates,
  ].flatMap((make) => make());
  const places: readonly (readonly [what: string, path: string, cases: readonly Case[]])[] = [
    ['', capabilityPath, inCapability],
    ['schema: ', 'schemas/hostile.schema.yaml', schemaFiles()],
    ['partial: ', 'partials/hostile.hbs', partials()],
    ['project: ', 'capstan.yaml', projects()],
  ];
  return places.flatMap(([what, path, cases]) =>
    cases.map(([name, text, code]): HostileFile => ({
      name: `${what}${name}`,
      source: { path, text },
      code,
    })),
  );
}

/** Every kind of hostile file that we could think of, as large as it may be. */
export function hostileFiles(): readonly HostileFile[] {
  share = 1;
  return filesNow();
}

/** The same at a tenth of their size, save for those that are refused for their size and cost next to nothing. */
export function smallHostileFiles(): readonly HostileFile[] {
  const large = hostileFiles();
  share = 0.1;
  return filesNow().map((small, index) => {
    const same = large[index] ?? small;
    return refusedForSize.has(same.code ?? '') ? same : small;
  });
}

const refusedForSize: ReadonlySet<string> = new Set([
  'declaration/out-of-range',
  'template/too-deep',
  'template/too-long-tag',
  'template/too-many-tags',
  'yaml/nested-too-deep',
  'yaml/too-many-tokens',
]);

/** The project in which one hostile file stands; it takes the place of a sound file of its name. */
export function projectWith({ source }: Pick<HostileFile, 'source'>): readonly Source[] {
  return [...soundProject.filter(({ path }) => path !== source.path), source];
}
