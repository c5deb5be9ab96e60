// The rule that warns of keywords which no provider enforces, against the schema that providers are given.
import { expect, test } from 'vitest';
import { unenforced } from '../../src/compiler/rules/schema/unenforced-keyword.ts';
import { toStrictForm } from '../../src/schema/strict-form.ts';

const property = {
  text: { type: 'string', minLength: 3, maxLength: 9, pattern: '^a', format: 'date' },
  list: { type: 'array', minItems: 2, maxItems: 5, uniqueItems: true, items: { type: 'integer' } },
  number: {
    type: 'number',
    minimum: 1,
    exclusiveMinimum: 0,
    maximum: 9,
    exclusiveMaximum: 10,
    multipleOf: 2,
  },
  map: {
    type: 'object',
    minProperties: 2,
    maxProperties: 5,
    propertyNames: { type: 'string', maxLength: 3 },
    properties: { a: { type: 'null' } },
    additionalProperties: false,
  },
};

test('it names exactly the limits that are left out', () => {
  const names = Object.keys(property);
  const form = toStrictForm({
    type: 'object',
    required: names,
    properties: property,
    additionalProperties: false,
  });
  expect(form).toBeDefined();
  const given = JSON.stringify(form?.schema);
  const written = Object.values(property).flatMap((each) => Object.keys(each));
  const leftOut = [...new Set(written)].filter((keyword) => !given.includes(`"${keyword}":`));
  expect(leftOut.toSorted()).toEqual(unenforced.map(({ name }) => name).toSorted());
});
