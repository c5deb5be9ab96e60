// What a user should know of a value that its type cannot say, as text for comments and docstrings.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import { limitsOf } from '../describe-limits.ts';

/** Lines; none when there is nothing to say. */
export function describeValue(schema: JsonSchema): readonly string[] {
  const { default: preset, deprecated, title, description } = schema;
  const words = typeof description === 'string' ? description : typeof title === 'string' ? title : '';
  const open = isRecord(schema['properties']) && (schema['additionalProperties'] ?? false) !== false;
  const paragraphs = [
    words,
    limitsOf(schema),
    open ? 'It may have more entries than are declared.' : '',
    preset === undefined ? '' : `Default: ${JSON.stringify(preset)}.`,
    deprecated === true ? 'Deprecated.' : '',
  ];
  return paragraphs.flatMap(linesOf);
}

/** Lines that can stand in a source file: no control characters, no line ends but ours. */
export function linesOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trimEnd())
    .filter((line, index, all) => line !== '' || (index > 0 && all[index - 1] !== ''));
}

export function printComment(lines: readonly string[], indent: string): string {
  return lines.map((line) => `${indent}# ${line}`.trimEnd() + '\n').join('');
}

export function printDocstring(lines: readonly string[], indent: string): string {
  if (lines.length === 0) return '';
  const text = lines
    .map((line) =>
      line
        .replaceAll('\\', '\\\\')
        .replaceAll('"""', String.raw`\"\"\"`)
        .replace(/"$/, String.raw`\"`),
    )
    .map((line, index) => (index === 0 || line === '' ? line : `${indent}${line}`));
  const [first = '', ...rest] = text;
  return rest.length === 0
    ? `${indent}"""${first}"""\n`
    : `${indent}"""${first}\n${rest.join('\n')}\n${indent}"""\n`;
}
