// Reads `--input`: JSON on the command line, `@file`, or `-` for standard input.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Capability, Json } from '../registry/snapshot.ts';
import { depthExceededAt, describeJsonMistake, printPlace } from '../server/find-json-mistake.ts';
import { UsageError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** The words of `--input` in help texts. */
export const inputOption = [
  '-i, --input <json>',
  'the input: JSON or plain text, @file, or - for standard input',
] as const;

/**
 * The input for `capability`. Text that is no JSON object fills the capability's text property when it has one, so that
 * `--input @contract.txt` works. Without `--input` the first example is used; without examples that is a usage error.
 */
export async function readInput(
  terminal: Terminal,
  capability: Capability,
  argument: string | undefined,
): Promise<Json> {
  if (argument === undefined) return firstExample(capability);
  const text = await argumentText(terminal, argument);
  const parsed = parseJson(text);
  const isObject = typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value);
  if (isObject) return parsed.value as Json;
  if (capability.textProperty !== undefined && !text.trimStart().startsWith('{')) {
    return { [capability.textProperty]: text };
  }
  const reason = parsed.isJson ? 'it must be a JSON object' : `it is not JSON: ${mistakeIn(text)}`;
  throw new UsageError(
    `The input is not usable: ${reason}. For example: --input '${exampleInput(capability)}'`,
  );
}

function firstExample(capability: Capability): Json {
  const [example] = capability.examples;
  if (example !== undefined) return example.input;
  throw new UsageError(`Give an input: --input '{…}'; "${capability.key}" has no example to fall back on.`);
}

async function argumentText(terminal: Terminal, argument: string): Promise<string> {
  if (argument === '-') return terminal.readInput();
  if (!argument.startsWith('@')) return argument;
  const file = resolve(terminal.workingDirectory, argument.slice(1));
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The input file ${file} cannot be read.`, { cause: error });
  }
}

function parseJson(text: string): { readonly value?: unknown; readonly isJson: boolean } {
  try {
    return { value: JSON.parse(text), isJson: true };
  } catch {
    return { isJson: false };
  }
}

/** As deep as nobody nests by intention; whoever looks for the mistake recurses that far. */
const depthMax = 1_000;

function mistakeIn(text: string): string {
  const tooDeep = depthExceededAt(text, depthMax);
  if (tooDeep === undefined) return describeJsonMistake(text);
  return `it nests more than ${depthMax} arrays and objects, at ${printPlace(text, tooDeep)}`;
}

function exampleInput(capability: Capability): string {
  const [example] = capability.examples;
  const text = JSON.stringify(example?.input ?? {});
  return text.length > 120 ? '{ … }' : text;
}
