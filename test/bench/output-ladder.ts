// What reading an output costs, whatever the model wrote: processor time for 100 kB of answers and of pathological texts, from
// 1 kB to 1 MB, and the exponent with which it grows (1 is linear). Run: npm run bench:ladder
import { cpus } from 'node:os';
import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { decodeOutput } from '../../src/runtime/decode-output.ts';
import { createGrowingOutput } from '../../src/runtime/grow-output.ts';
import { prepare } from '../../src/runtime/prepare.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

const sizes = [1_000, 10_000, 100_000, 1_000_000];

/** Milliseconds of processor time for 100 kB. */
const LIMIT_MS = 50;

/** So long the engine may get to know the work, and each measurement runs at least so long. */
const WARM_UP_MS = 150;
const MEASURED_MS = 60;

const sample = sampleSnapshot().capabilities['summarize@1'];
if (sample === undefined) throw new Error('the sample has summarize');

const capabilities = new Map<JsonSchema, NonNullable<typeof sample>>();

const text: JsonSchema = { type: 'string' };
const note = contract({ title: text, body: text });
const points = contract({ points: { type: 'array', items: text } });
const scores = contract({ scores: { type: 'array', items: { type: 'number' } } });

function contract(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

interface Input {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly write: (size: number) => string;
}

const fill = (piece: string, size: number): string =>
  piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const item = (index: number): string => `Point ${index}: sales rose by ${index} %.`;
const items = (size: number): string[] =>
  Array.from({ length: Math.ceil(size / 40) }, (_, index) => item(index));

const inputs: readonly Input[] = [
  { name: 'JSON as it should be', schema: points, write: (size) => JSON.stringify({ points: items(size) }) },
  {
    name: 'in a fence, among sentences',
    schema: points,
    write: (size) => `Here:\n\`\`\`json\n${JSON.stringify({ points: items(size) }, null, 2)}\n\`\`\`\nDone.`,
  },
  {
    name: 'in a fence, of escaped quotes',
    schema: note,
    write: (size) => `\`\`\`json\n{"title": "A", "body": "${fill('\\"', size - (size % 2))}"}\n\`\`\``,
  },
  {
    name: 'in a fence, with raw line breaks',
    schema: note,
    write: (size) => `\`\`\`json\n{"title": "A", "body": "${fill('A line.\n', size)}"}\n\`\`\``,
  },
  {
    name: 'single quotes and trailing commas',
    schema: points,
    write: (size) =>
      `{'points': [${items(size)
        .map((each) => `'${each}',`)
        .join('\n')}],}`,
  },
  {
    name: 'quotes without a backslash',
    schema: points,
    write: (size) =>
      `{"points": [${items(size)
        .map((each) => `"He said "${each}" to me"`)
        .join(',\n')}]}`,
  },
  {
    name: 'numbers in quotes',
    schema: scores,
    write: (size) =>
      JSON.stringify({ scores: Array.from({ length: size / 6 }, (_, index) => String(index % 1000)) }),
  },
  {
    name: 'encoded three times',
    schema: note,
    write: (size) =>
      JSON.stringify(JSON.stringify(JSON.stringify({ title: 'A', body: fill('a"', size / 8) }))),
  },
  {
    name: 'thinking first',
    schema: note,
    write: (size) => `<think>${fill('Is it {"a": [1]}? No. ', size)}</think>{"title": "A", "body": "B"}`,
  },
  { name: 'cut off', schema: points, write: (size) => JSON.stringify({ points: items(size) }).slice(0, -20) },
  { name: '[', schema: points, write: (size) => fill('[', size) },
  { name: '{"a":', schema: note, write: (size) => fill('{"a":', size) },
  { name: '\\', schema: note, write: (size) => fill('\\', size) },
  { name: '{"a":"\\\\…', schema: note, write: (size) => `{"a":"${fill('\\', size)}` },
  { name: '"', schema: note, write: (size) => fill('"', size) },
  { name: '{"a":"""…', schema: note, write: (size) => `{"a":"${fill('"', size)}` },
  { name: '{"a":" " " …', schema: note, write: (size) => `{"a":"${fill('" ', size)}` },
  { name: '{"a":"b "c" …', schema: note, write: (size) => `{"a":"${fill('b "c" ', size)}` },
  { name: '{‘a’:‘’’…', schema: note, write: (size) => `{‘a’:‘${fill('’', size)}` },
  { name: '{“a”:“““…', schema: note, write: (size) => `{“a”:“${fill('“x” ', size)}` },
  { name: '<think>', schema: note, write: (size) => fill('<think>', size) },
  { name: '<think></think>', schema: note, write: (size) => fill('<think></think>', size) },
  { name: '</think>', schema: note, write: (size) => fill('</think>', size) },
  { name: '```', schema: note, write: (size) => fill('```\n', size) },
  { name: '{name} ', schema: note, write: (size) => fill('{name} ', size) },
  { name: '[1] ', schema: note, write: (size) => fill('[1] ', size) },
  { name: '{} ', schema: note, write: (size) => fill('{} ', size) },
  { name: ',', schema: points, write: (size) => `[${fill(',', size)}` },
  { name: '[1,', schema: points, write: (size) => `[${fill('1,', size)}` },
  { name: '// ', schema: note, write: (size) => `{${fill('// ', size)}` },
  { name: '/* */', schema: note, write: (size) => `{${fill('/* */', size)}` },
  { name: 'white space', schema: note, write: (size) => `{"title"${fill(' ', size)}"A"}` },
  {
    name: 'white space behind quotes',
    schema: note,
    write: (size) => `{"title": "${fill(`"${' '.repeat(200)}`, size)}`,
  },
  { name: 'odd white space', schema: note, write: (size) => `{${fill('\u00a0', size)}` },
  {
    name: 'one name, many times',
    schema: note,
    write: (size) => `{${fill('"title": "A", ', size)}"body": "B"}`,
  },
  {
    name: 'many names',
    schema: note,
    write: (size) =>
      `{${items(size)
        .map((each, index) => `"n${index}": "${each}"`)
        .join(',')}}`,
  },
  { name: '\\u00', schema: note, write: (size) => `{"title": "${fill('\\u00', size)}"}` },
  { name: '> ', schema: note, write: (size) => fill('> {\n', size) },
  { name: '- [ ] ', schema: note, write: (size) => fill('- [ ] x\n', size) },
  { name: 'digits', schema: scores, write: (size) => `{"scores": [${fill('1', size)}]}` },
];

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}. Milliseconds of processor time for 100 kB.\n`,
);
const rows = [
  ...inputs.map((input) =>
    measureInput(input.name, input, (whole) => () => void decode(input.schema, whole)),
  ),
  ...inputs
    .slice(0, 12)
    .map((input) =>
      measureInput(`streamed: ${input.name}`, input, (whole) => () => stream(input.schema, whole)),
    ),
];
const over = rows.filter(({ costs }) =>
  costs.some((cost, index) => (sizes[index] ?? 0) >= 10_000 && cost > LIMIT_MS),
);
console.log(
  `\nOver ${LIMIT_MS} ms for 100 kB: ${over.length === 0 ? 'none' : over.map(({ name }) => name).join(', ')}.`,
);
process.exitCode = over.length === 0 ? 0 : 1;

function decode(schema: JsonSchema, whole: string): boolean {
  return decodeOutput(preparedFor(schema), whole).ok;
}

/** In pieces of the size of a few tokens. */
function stream(schema: JsonSchema, whole: string): void {
  const growing = createGrowingOutput(schema, preparedFor(schema).forms?.contract);
  for (let at = 0; at < whole.length; at += 16) growing.take(whole.slice(at, at + 16));
}

function preparedFor(output: JsonSchema): ReturnType<typeof prepare> {
  const known = capabilities.get(output) ?? { ...(sample as NonNullable<typeof sample>), output };
  capabilities.set(output, known);
  return prepare(known);
}

function measureInput(
  name: string,
  input: Input,
  work: (whole: string) => () => void,
): { readonly name: string; readonly costs: readonly number[] } {
  const costs = sizes.map((size) => {
    const whole = input.write(size);
    return (measure(work(whole)) * 100_000) / whole.length;
  });
  const [, ten = 0, , thousand = 0] = costs;
  const exponent = 1 + Math.log10(thousand / ten) / 2;
  console.log(
    `${name.padEnd(46)} ${costs.map((cost) => cost.toFixed(2).padStart(8)).join(' ')}   exponent ${exponent.toFixed(2)}`,
  );
  return { name, costs };
}

/** Milliseconds of processor time for one run, when the engine has warmed up: the best of three measurements. */
function measure(work: () => void): number {
  repeat(work, WARM_UP_MS);
  return Math.min(...[1, 2, 3].map(() => repeat(work, MEASURED_MS)));
}

function repeat(work: () => void, milliseconds: number): number {
  const start = process.cpuUsage();
  let spent = 0;
  let runs = 0;
  for (; spent < milliseconds; runs += 1) {
    work();
    const { user, system } = process.cpuUsage(start);
    spent = (user + system) / 1000;
  }
  return spent / runs;
}
