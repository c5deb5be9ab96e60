// How the demonstration looks: titles, inputs cut short, outputs whole.

import { styleText } from 'node:util';

const inputCharactersMax = 160;
const lineWidth = 110;

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printTitle(title: string): void {
  say(`\n${styled('bold', `━━ ${title} ${'━'.repeat(Math.max(0, lineWidth - title.length - 4))}`)}`);
}

export function printHeading(title: string): void {
  say(`\n${styled('cyan', `▸ ${title}`)}`);
}

/** One line for each property, long texts cut with their length told. */
export function printInput(input: unknown): void {
  for (const [name, value] of Object.entries(input ?? {})) {
    say(
      `    ${styled('dim', `${name}:`)} ${shortened(typeof value === 'string' ? value : JSON.stringify(value))}`,
    );
  }
}

export function printOutput(output: unknown): void {
  const text = typeof output === 'string' ? output : JSON.stringify(output, null, 2);
  say(text.replaceAll(/^/gm, '    '));
}

export function printFacts(way: string, facts: string): void {
  say(`  ${styled('green', way.padEnd(24))}${facts}`);
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  if (characters.length <= inputCharactersMax) return line;
  return `${characters.slice(0, inputCharactersMax).join('')}… (${text.length} characters)`;
}

function styled(style: 'bold' | 'dim' | 'cyan' | 'green', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
