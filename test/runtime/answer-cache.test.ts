// Which questions are equal: the spelling of an input never matters, everything that could change the answer always does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/registry/snapshot.ts';
import { createAnswerCache, questionKey } from '../../src/runtime/answer-cache.ts';
import type { Question } from '../../src/runtime/answer-cache.ts';
import { compile } from '../../src/compiler/compile.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

const snapshot = sampleSnapshot({ upstreamUrl: 'http://127.0.0.1:1/v1' });
const capability = snapshot.capabilities['converse@1'];
if (capability === undefined) throw new Error('the sample has converse');

const question: Question = {
  snapshot,
  capability,
  tier: 'standard',
  caller: { name: 'ada', team: 'red' },
  input: { question: 'Why?', depth: 1 },
  history: [{ role: 'user', content: 'Hello.' }],
};

const cache = (scope: 'team' | 'global' | 'caller'): Question => ({
  ...question,
  capability: {
    ...question.capability,
    policies: { ...question.capability.policies, cache: { mode: 'exact', ttlMs: 1_000, scope } },
  },
});

describe('a question is another when it has another', () => {
  const model = snapshot.models['upstream/large'];
  if (model === undefined) throw new Error('the sample has a model');
  const cheaper = { ...model, quality: 0.7 };
  test.each<[string, Question]>([
    ['revision of its capability', { ...question, capability: { ...capability, revision: 'sha256:other' } }],
    ['tier', { ...question, tier: 'premium' }],
    [
      'meaning of its tier',
      { ...question, snapshot: { ...snapshot, tiers: { standard: { tolerance: 1, prefer: [] } } } },
    ],
    ['choice of models', { ...question, snapshot: { ...snapshot, models: { 'upstream/large': cheaper } } }],
    ['input', { ...question, input: { question: 'Why not?', depth: 1 } }],
    ['kind of value in its input', { ...question, input: { question: 'Why?', depth: '1' } }],
    ['history', { ...question, history: [] }],
    ['role in its history', { ...question, history: [{ role: 'assistant', content: 'Hello.' }] }],
    ['scope', cache('global')],
  ])('%s', (_what, other) => {
    expect(questionKey(other)).not.toBe(questionKey(question));
  });
});

test('the order of names in an input does not matter, always', () => {
  const shuffled = (value: Json, at: number): Json =>
    Array.isArray(value)
      ? value.map((each: Json) => shuffled(each, at))
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value as Record<string, Json>)
              .map(([name, each]) => [name, shuffled(each, at)] as const)
              .toSorted(() => (at % 2 === 0 ? 1 : -1)),
          )
        : value;
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, at) => {
      const input = value as Json;
      expect(questionKey({ ...question, input: shuffled(input, at) })).toBe(
        questionKey({ ...question, input }),
      );
    }),
  );
});

test('two inputs that differ never share a key', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const keys = [left, right].map((input) => questionKey({ ...question, input: input as Json }));
      // What JSON cannot tell apart (0 and -0) is one input.
      expect(keys[0] === keys[1]).toBe(
        JSON.stringify(sorted(left as Json)) === JSON.stringify(sorted(right as Json)),
      );
    }),
  );
});

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => sorted(each));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Record<string, Json>).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // An empty map is not an empty list.
  return { map: entries.map(([name, each]) => [name, sorted(each)]) } as unknown as Json;
}

test('scopes do not meet, however their names are spelt', () => {
  const name = fc.oneof(
    fc.constantFrom('', 'global', 'team', 'caller', 'red', '"', ',', '["team","red"]'),
    fc.string(),
  );
  const caller = fc
    .record({ name, team: fc.option(name, { nil: undefined }) })
    .map(({ name: own, team }) => ({
      name: own,
      ...(team === undefined ? {} : { team }),
    }));
  fc.assert(
    fc.property(caller, caller, (left, right) => {
      const same = (scope: 'team' | 'caller'): boolean =>
        questionKey({ ...cache(scope), caller: left }) === questionKey({ ...cache(scope), caller: right });
      expect(same('caller')).toBe(left.name === right.name);
      const sameTeam =
        left.team === undefined
          ? right.team === undefined && left.name === right.name
          : left.team === right.team;
      expect(same('team')).toBe(sameTeam);
      expect(questionKey({ ...cache('global'), caller: left })).toBe(
        questionKey({ ...cache('global'), caller: right }),
      );
    }),
  );
});

const project = `apiVersion: capstan/v1
kind: Project
metadata: { name: keys }
owners: [team-test]
providers:
  simulator: { adapter: simulator, regions: [local], dataClass: restricted }
tiers:
  standard: { tolerance: 1, prefer: [quality] }
defaults: { tier: standard, timeout: 10s }
`;
const declaration = `apiVersion: capstan/v1
kind: Capability
metadata: { name: answer, version: 1.0.0, owner: team-test, description: Answers a question. }
input:
  type: object
  required: [question]
  properties:
    question: { type: string, description: The question., maxLength: 100 }
output: { $ref: "schema:answer#/$defs/Answer" }
prompt:
  - role: user
    content: |
      {{> tone}} {{fence question tag="question"}}
`;
const answerSchema = `$defs:
  Answer:
    type: object
    required: [answer]
    properties:
      answer: { type: string, description: The answer. }
`;

function keyOf(edits: Readonly<Record<string, (text: string) => string>>): string {
  const texts: Record<string, string> = {
    'capstan.yaml': project,
    'capabilities/answer.cap.yaml': declaration,
    'capabilities/partials/tone.hbs': 'Be kind.',
    'schemas/answer.schema.yaml': answerSchema,
  };
  const sources = Object.entries(texts).map(([path, text]) => ({ path, text: edits[path]?.(text) ?? text }));
  const { snapshot: compiled, diagnostics } = compile(sources);
  const found = compiled?.capabilities['answer@1'];
  if (compiled === undefined || found === undefined) throw new Error(JSON.stringify(diagnostics));
  return questionKey({
    snapshot: compiled,
    capability: found,
    tier: 'standard',
    caller: { name: 'ada' },
    input: { question: 'Why?' },
    history: [],
  });
}

test.each<[string, string, (text: string) => string]>([
  ['the prompt', 'capabilities/answer.cap.yaml', (text) => text.replace('{{> tone}}', '{{> tone}} Now:')],
  ['a partial', 'capabilities/partials/tone.hbs', () => 'Be brief.'],
  [
    'the input schema',
    'capabilities/answer.cap.yaml',
    (text) => text.replace('maxLength: 100', 'maxLength: 101'),
  ],
  [
    'a shared schema',
    'schemas/answer.schema.yaml',
    (text) => text.replace('The answer.', 'The whole answer.'),
  ],
  ['the sampling', 'capabilities/answer.cap.yaml', (text) => `${text}sampling: { temperature: 0.1 }\n`],
  ['the tier', 'capstan.yaml', (text) => text.replace('tolerance: 1', 'tolerance: 0.5')],
])('an edit of %s is another question', (_what, path, edit) => {
  expect(keyOf({ [path]: edit })).not.toBe(keyOf({}));
});

test('an edit of a comment is the same question', () => {
  expect(keyOf({ 'capabilities/answer.cap.yaml': (text) => `# Nothing.\n${text}` })).toBe(keyOf({}));
});

test('answers are forgotten after their time, and nobody can change them for others', () => {
  let now = 0;
  const answers = createAnswerCache({ cacheEntries: 10, cacheBytes: 10_000 }, () => now);
  const output = { points: ['4%'] };
  answers.set('key', { model: 'm', provider: 'p', output }, 100);
  output.points.push('changed by who asked first');
  const first = answers.get('key')?.output as typeof output;
  first.points.push('changed by who asked next');
  expect(answers.get('key')).toEqual({ model: 'm', provider: 'p', output: { points: ['4%'] } });
  now = 99;
  expect(answers.get('key')).toBeDefined();
  now = 100;
  expect(answers.get('key')).toBeUndefined();
  expect(answers.size).toBe(0);
});

test('what is kept is bounded in bytes and in number', () => {
  const answers = createAnswerCache({ cacheEntries: 3, cacheBytes: 5_000 }, () => 0);
  const set = (key: string, length: number): void =>
    answers.set(key, { model: 'm', provider: 'p', output: 'x'.repeat(length) }, 1_000);
  for (const key of ['a', 'b', 'c', 'd']) set(key, 1);
  expect([answers.size, answers.get('a')]).toEqual([3, undefined]);
  set('large', 2_000);
  expect(answers.size).toBe(1);
  set('too large', 100_000);
  expect(answers.get('too large')).toBeUndefined();
  expect(answers.bytes).toBeLessThanOrEqual(5_000);
});
