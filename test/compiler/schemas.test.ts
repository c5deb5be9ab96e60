// The schemas of the language are schemas. The compiler does not ask: it would cost more than compiling them.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '../../schemas');

test.each(readdirSync(folder).filter((name) => name.endsWith('.schema.json')))('%s is a schema', (name) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schema: unknown = JSON.parse(readFileSync(resolve(folder, name), 'utf8'));
  expect(ajv.validateSchema(schema as object)).toBe(true);
  expect(ajv.errors ?? []).toEqual([]);
});
