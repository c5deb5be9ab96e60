// How long an answer will take, from how long answers took.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpeed } from '../../src/runtime/speed.ts';

test('nothing is known before the first answer', () => {
  expect(createSpeed().expectedMs(100)).toBeUndefined();
});

test('from streams: the time to the first words and the pace behind it', () => {
  const speed = createSpeed();
  for (let answer = 0; answer < 50; answer += 1)
    speed.add({ firstMs: 400, totalMs: 2_400, outputTokens: 100 });
  expect(speed.firstTokenMs).toBeCloseTo(400, 6);
  expect(speed.tokensPerSecond).toBeCloseTo(50, 6);
  expect(speed.expectedMs(100)).toBeCloseTo(2_400, 6);
  expect(speed.expectedMs(1_000)).toBeCloseTo(20_400, 6);
});

test('from answers that come whole: the pace of the whole', () => {
  const speed = createSpeed();
  speed.add({ totalMs: 1_000, outputTokens: 100 });
  expect(speed.expectedMs(200)).toBeCloseTo(2_000, 6);
});

test('where nobody counts tokens, answers take as long as they took', () => {
  const speed = createSpeed();
  speed.add({ totalMs: 1_000 });
  expect(speed.expectedMs(10)).toBe(1_000);
  expect(speed.expectedMs(10_000)).toBe(1_000);
});

test('what is new counts more than what is old', () => {
  const speed = createSpeed();
  for (let answer = 0; answer < 10; answer += 1)
    speed.add({ firstMs: 100, totalMs: 1_100, outputTokens: 100 });
  for (let answer = 0; answer < 10; answer += 1)
    speed.add({ firstMs: 500, totalMs: 4_500, outputTokens: 100 });
  expect(speed.firstTokenMs).toBeGreaterThan(440);
  expect(speed.tokensPerSecond).toBeLessThan(35);
});

test('whatever comes, a longer answer is expected to take longer, and no time is negative', () => {
  const answer = fc.record(
    { firstMs: fc.nat(10_000), totalMs: fc.nat(60_000), outputTokens: fc.nat(10_000) },
    { requiredKeys: ['totalMs'] },
  );
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 30 }), (answers) => {
      const speed = createSpeed();
      for (const each of answers) speed.add(each);
      const [short = -1, long = -1] = [speed.expectedMs(10), speed.expectedMs(1_000)];
      expect(short).toBeGreaterThanOrEqual(0);
      expect(long).toBeGreaterThanOrEqual(short);
    }),
  );
});
