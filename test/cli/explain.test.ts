// `capstan explain`: pages by code or by bare name, the whole list, and help for a code that is none.
import { expect, test } from 'vitest';
import { codes } from '../../src/compiler/codes.ts';
import { runCli } from './run-cli.ts';

test('a page says what the code is, why it matters, and shows what the compiler says', async () => {
  const { code, out, err } = await runCli(['explain', 'schema/unknown-keyword']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^schema\/unknown-keyword\n/);
  expect(out).toContain('Why it matters');
  expect(out).toMatch(/^error\[schema\/unknown-keyword\]: `\w+` /m);
  expect(out).not.toContain('```');
});

test('in a page every block is said to be what it is: another file, or what a fix makes of one', async () => {
  const fixed = await runCli(['explain', 'template/numeric-path']);
  expect(fixed.out).toContain('\nafter `capstan check --fix`:\ninput:\n');
  const suggested = await runCli(['explain', 'template/unknown-partial']);
  expect(suggested.out).toContain('\npartials/house-style.hbs:\nUse short sentences.\n');
  expect(suggested.out).toContain('\nafter the change that an editor offers:\nprompt:\n');
  const compared = await runCli(['explain', 'compat/breaking']);
  expect(compared.out).toContain('\nbefore:\n');
});

test('the name without its group is enough where it is the only one', async () => {
  const whole = await runCli(['explain', 'schema/unknown-keyword']);
  expect(await runCli(['explain', 'unknown-keyword'])).toEqual(whole);
});

test('an unknown code is a usage error with the near one', async () => {
  expect(await runCli(['explain', 'schema/unknown-keywrod'])).toEqual({
    code: 2,
    out: '',
    err: 'error: There is no code "schema/unknown-keywrod". Did you mean schema/unknown-keyword or schema/unknown-type or schema/old-keyword?\n',
  });
});

test('JSON has code, severity, summary and page', async () => {
  const { out } = await runCli(['explain', 'schema/unknown-keyword', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    code: 'schema/unknown-keyword',
    severity: 'error',
    summary: 'A schema holds a keyword that JSON Schema does not have.',
    page: expect.stringContaining('## Examples') as string,
  });
});

test('without a code all codes are listed', async () => {
  const { code, out } = await runCli(['explain']);
  expect(code).toBe(0);
  for (const name of Object.keys(codes)) expect(out).toContain(name);
});

test('the name of a group is answered with the codes of the group', async () => {
  const { code, err } = await runCli(['explain', 'tier']);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: "tier" is a group of codes: tier\/\S+, .*tier\/unknown\.\n$/);
});
