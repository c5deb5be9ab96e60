import { expect, test } from 'vitest';
import { createOrderedIds } from '../../src/cli/ordered-id.ts';

test('ids are UUIDs of version 7, differ, and sort by their time', () => {
  const times = [0, 1, 1_800_000_000_000, 1_800_000_000_000.9, 1_800_000_000_001, 2 ** 48 - 1];
  let now = 0;
  const newId = createOrderedIds(() => now);
  const ids = times.map((time) => {
    now = time;
    return newId();
  });
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.map((id) => id.slice(0, 13)).toSorted()).toEqual(ids.map((id) => id.slice(0, 13)));
  expect(ids[2]).toContain('01a3185c-5000-');
});
