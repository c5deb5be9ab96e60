// Who a key belongs to, and that a wrong one learns nothing.
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { authenticate } from '../../src/governance/authenticate.ts';

const access = {
  keys: [
    { name: 'billing', sha256: hash('sha256', 'key-of-billing'), team: 'finance' },
    { name: 'broken', sha256: 'not a digest' },
    { name: 'docs', sha256: hash('sha256', 'key-of-docs').toUpperCase() },
  ],
};

test('a key gives the caller that it was issued to', () => {
  expect(authenticate(access, 'Bearer key-of-billing')).toEqual({ name: 'billing', team: 'finance' });
  expect(authenticate(access, 'bearer  key-of-docs ')).toEqual({ name: 'docs' });
});

test.each([
  [undefined, 'A key is required'],
  ['', 'not of the form'],
  ['Bearer', 'not of the form'],
  ['Basic a2V5', 'not of the form'],
  ['key-of-billing', 'not of the form'],
  ['Bearer key of billing', 'not of the form'],
  ['Bearer wrong', 'not known'],
  ['Bearer KEY-OF-BILLING', 'not known'],
  [`Bearer ${hash('sha256', 'key-of-billing')}`, 'not known'],
  [`Bearer ${'k'.repeat(513)}`, 'not of the form'],
  ['Bearer not-a-digest', 'not known'],
])('%j is nobody', (header, message) => {
  expect(() => authenticate(access, header)).toThrow(message);
});

test('of two equal keys the last is found', () => {
  const sha256 = hash('sha256', 'shared');
  const keys = [
    { name: 'first', sha256 },
    { name: 'other', sha256: hash('sha256', 'x') },
    { name: 'last', sha256 },
  ];
  expect(authenticate({ keys }, 'Bearer shared')).toEqual({ name: 'last' });
});

test('without any key in the project nobody gets in', () => {
  expect(() => authenticate({ keys: [] }, 'Bearer anything')).toThrow('not known');
});
