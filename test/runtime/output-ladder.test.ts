// The corpus of malformed outputs: what is repaired, and that nothing wrong ever comes out. `corpus/README.md` has the rules.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Capability, Json, JsonSchema } from '../../src/registry/snapshot.ts';
import { decodeOutput } from '../../src/runtime/decode-output.ts';
import { prepare } from '../../src/runtime/prepare.ts';
import type { Prepared } from '../../src/runtime/prepare.ts';
import { canonicalJson } from '../../src/schema/canonical-json.ts';
import { compileValidator } from '../../src/schema/compile-validator.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

interface Case {
  readonly name: string;
  readonly contract: string;
  readonly form?: 'strict';
  readonly text: string;
  readonly expect?: Json;
  readonly refuse?: string;
}

const kinds = [
  ...[
    'reasoning',
    'fences',
    'prose',
    'strings',
    'syntax',
    'closers',
    'numbers',
    'unicode',
    'several',
    'wrappers',
  ],
  ...['empty', 'containers', 'spellings', 'unions'],
];

const contracts = read('contracts') as Readonly<Record<string, JsonSchema>>;
const prepared = new Map(
  Object.entries(contracts).map(([name, schema]) => [name, prepareContract(name, schema)]),
);

test('at least 97 of 100 malformed outputs come out right, and none comes out wrong', () => {
  const results = kinds.flatMap((kind) =>
    (read(kind) as readonly Case[]).map((each) => ({ kind, each, ...judge(each) })),
  );
  const missed = results.filter(({ verdict }) => verdict !== 'right');
  const describe = ({ kind, each, verdict, got }: (typeof results)[number]) =>
    `${verdict}: ${kind} / ${each.name}: ${got} in place of ${each.refuse ?? JSON.stringify(each.expect)}`;
  const share = 1 - missed.length / results.length;
  const repaired = results.filter(({ each }) => each.refuse === undefined).length;
  console.info(
    [
      `${results.length} malformed outputs of ${kinds.length} kinds: ${repaired} to be repaired, ${results.length - repaired} to be refused.`,
      `${(share * 100).toFixed(1)} % right, ${missed.filter(({ verdict }) => verdict === 'wrong').length} wrong values.`,
      ...missed.map(describe),
    ].join('\n'),
  );
  expect(results.length).toBeGreaterThanOrEqual(300);
  expect(missed.filter(({ verdict }) => verdict === 'wrong').map(describe)).toEqual([]);
  expect(share).toBeGreaterThanOrEqual(0.97);
});

test('every case of the corpus is sound: it has one expectation, and the expected value fits its contract', () => {
  for (const each of kinds.flatMap((kind) => read(kind) as readonly Case[])) {
    const schema = contracts[each.contract];
    expect(schema, `${each.name} has an unknown contract`).toBeDefined();
    expect(
      [Object.hasOwn(each, 'expect'), Object.hasOwn(each, 'refuse')].filter(Boolean),
      each.name,
    ).toHaveLength(1);
    if (Object.hasOwn(each, 'expect'))
      expect(compileValidator(schema ?? {})(each.expect).ok, each.name).toBe(true);
  }
});

test('what comes out of the corpus was taken from its text: without a receipt the text was valid as it stood', () => {
  for (const each of kinds.flatMap((kind) => read(kind) as readonly Case[])) {
    const decoded = decode(each);
    if (!decoded.ok || decoded.repairs.length > 0 || typeof decoded.output === 'string') continue;
    expect(() => JSON.parse(each.text) as unknown, each.name).not.toThrow();
  }
});

type Verdict = 'right' | 'refused' | 'repaired' | 'wrong';

/** `refused` and `repaired` say what happened in place of the other. */
function judge(each: Case): { readonly verdict: Verdict; readonly got: string } {
  const decoded = decode(each);
  if (!decoded.ok) {
    const got = decoded.violations.map(({ pointer, message }) => `${pointer} ${message}`).join(' ');
    return { verdict: each.refuse === undefined ? 'refused' : 'right', got };
  }
  const got = JSON.stringify(decoded.output);
  if (each.refuse !== undefined) return { verdict: 'wrong', got };
  return { verdict: canonicalJson(decoded.output) === canonicalJson(each.expect) ? 'right' : 'wrong', got };
}

function decode(each: Case): ReturnType<typeof decodeOutput> {
  const known = prepared.get(each.contract);
  if (known === undefined) throw new Error(`the corpus has no contract ${each.contract}`);
  return decodeOutput(known, each.text, each.form === 'strict' ? known.forms?.strict : known.forms?.contract);
}

function prepareContract(name: string, output: JsonSchema): Prepared {
  const sample = sampleSnapshot().capabilities['summarize@1'];
  if (sample === undefined) throw new Error('the sample has summarize');
  const outputKind = output['type'] === 'string' ? 'text' : 'json';
  const capability: Capability = { ...sample, key: `${name}@1`, name, output, outputKind };
  return prepare(capability);
}

function read(kind: string): unknown {
  return parse(readFileSync(join(import.meta.dirname, 'corpus', `${kind}.yaml`), 'utf8'));
}
