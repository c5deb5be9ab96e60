// The reader of Markdown test files, and what it writes back.
import { expect, test } from 'vitest';
import { applyChanges, parseMarkdown } from './support/markdown.ts';

const sample = `Before any heading.

# Language

## A misspelt tier

It is reported at the name.
Twice.

\`\`\`yaml capstan.yaml
tier: standrad
\`\`\`

\`\`\`\`text
# no heading
\`\`\`
nested
\`\`\`
\`\`\`\`

After.

### Deeper

~~~
~~~
`;

test('a file is read as headings, sentences and blocks, with their lines', () => {
  const sections = parseMarkdown(sample);
  expect(sections.map(({ heading, level, line, above }) => ({ heading, level, line, above }))).toEqual([
    { heading: '', level: 0, line: 1, above: [] },
    { heading: 'Language', level: 1, line: 3, above: [] },
    { heading: 'A misspelt tier', level: 2, line: 5, above: ['Language'] },
    { heading: 'Deeper', level: 3, line: 23, above: ['Language', 'A misspelt tier'] },
  ]);
  expect(sections[2]).toMatchObject({
    sentences: 'It is reported at the name.\nTwice.\n\nAfter.',
    blocks: [
      {
        info: 'yaml capstan.yaml',
        language: 'yaml',
        label: 'capstan.yaml',
        text: 'tier: standrad\n',
        startLine: 11,
        endLine: 12,
      },
      { language: 'text', label: '', text: '# no heading\n```\nnested\n```\n', startLine: 15, endLine: 19 },
    ],
  });
  expect(sections[3]?.blocks).toMatchObject([{ language: '', text: '' }]);
});

test('a block that is never closed is named by its line', () => {
  expect(() => parseMarkdown('# A\n\n```yaml\na: 1\n', 'a.md')).toThrow('a.md:3');
});

test('a changed block keeps its fence line, and all around it stays', () => {
  const [yaml, text] = parseMarkdown(sample)[2]?.blocks ?? [];
  if (yaml === undefined || text === undefined) throw new Error('the sample has two blocks');
  const changed = applyChanges(sample, [
    { kind: 'replace', block: yaml, text: 'a: 1\nb: 2\n' },
    { kind: 'insert', after: yaml, info: 'diagnostics', text: '```\n' },
    { kind: 'remove', block: text },
  ]);
  expect(changed).toBe(
    sample.slice(0, sample.indexOf('```yaml')) +
      '```yaml capstan.yaml\na: 1\nb: 2\n```\n\n````diagnostics\n```\n````\n' +
      sample.slice(sample.indexOf('\nAfter.')),
  );
  expect(applyChanges(sample, [])).toBe(sample);
  expect(applyChanges(sample, [{ kind: 'replace', block: text, text: text.text }])).toBe(sample);
});
