// A request of OpenAI's Responses API as one of its chat API, for those who answer chats: capabilities, and providers
// with a format of their own. What a chat has no place for is refused by name.

import { asArray, asObject, asString } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';
import { RequestMistake } from './mistake.ts';
import { parseJson } from './parse-json.ts';

export interface ResponseAsChat {
  /** The body of a chat completion, without its model. */
  readonly chat: Record<string, unknown>;
  readonly stream: boolean;
}

/** What refers to things that only a server which keeps responses has. */
const STATEFUL = ['previous_response_id', 'conversation', 'prompt'] as const;

/** The same under another name, or as it is. */
const renamed: readonly (readonly [response: string, chat: string])[] = [
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['max_output_tokens', 'max_completion_tokens'],
  ['parallel_tool_calls', 'parallel_tool_calls'],
  ['metadata', 'metadata'],
];

/** What is read here; every other field has no effect. */
export const responseFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'text',
  'reasoning',
  ...renamed.map(([name]) => name),
]);

/** Throws `RequestMistake`. */
export function readResponseRequest(body: JsonObject): ResponseAsChat {
  for (const name of STATEFUL) {
    if (body[name] !== undefined && body[name] !== null) {
      throw new RequestMistake(name, `Nothing is kept between calls here, so "${name}" cannot be followed.`);
    }
  }
  if (body['background'] === true) {
    throw new RequestMistake('background', 'Responses are not made in the background here.');
  }
  const instructions = asString(body['instructions']);
  const chat: Record<string, unknown> = {
    messages: [
      ...(instructions === undefined ? [] : [{ role: 'system', content: instructions }]),
      ...readInput(body['input']),
    ],
  };
  for (const [name, chatName] of renamed) {
    if (body[name] !== undefined && body[name] !== null) chat[chatName] = body[name];
  }
  const effort = asObject(body['reasoning'])?.['effort'];
  if (effort !== undefined && effort !== null) chat['reasoning_effort'] = effort;
  const format = readFormat(asObject(asObject(body['text'])?.['format']));
  if (format !== undefined) chat['response_format'] = format;
  const tools = asArray(body['tools'])?.map(readTool) ?? [];
  if (tools.length > 0) {
    chat['tools'] = tools;
    if (body['tool_choice'] !== undefined) chat['tool_choice'] = readToolChoice(body['tool_choice']);
  }
  return { chat, stream: body['stream'] === true };
}

interface Turn {
  role: string;
  content: unknown;
  reasoning_content?: string;
  reasoning_details?: unknown[];
  tool_calls?: unknown[];
  tool_call_id?: string;
}

function readInput(input: unknown): Turn[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  const items = asArray(input);
  if (items === undefined || items.length === 0) {
    throw new RequestMistake('input', '"input" must be a text or a list with at least one item.');
  }
  const turns: Turn[] = [];
  for (const [index, item] of items.entries()) readItem(item, `input[${index}]`, turns);
  return turns;
}

function readItem(value: unknown, place: string, turns: Turn[]): void {
  const item = asObject(value);
  if (item === undefined) throw new RequestMistake(place, 'An item of the input must be an object.');
  switch (item['type'] ?? 'message') {
    case 'message': {
      const message = readMessage(item, place);
      const last = turns.at(-1);
      // What was thought before an answer, and called after it, is one turn with it.
      if (message.role === 'assistant' && last?.role === 'assistant' && last.content === null)
        last.content = message.content;
      else turns.push(message);
      return;
    }
    case 'function_call': {
      const { call_id: id, name, arguments: text, extra_content: extra } = item;
      const called = { id, type: 'function', function: { name, arguments: text } };
      const call = extra === undefined ? called : { ...called, extra_content: extra };
      const turn = assistantTurn(turns);
      (turn.tool_calls ??= []).push(call);
      return;
    }
    case 'function_call_output':
      turns.push({
        role: 'tool',
        tool_call_id: asString(item['call_id']) ?? '',
        content: readContent(item['output'], `${place}.output`),
      });
      return;
    case 'reasoning': {
      const texts = [...(asArray(item['content']) ?? []), ...(asArray(item['summary']) ?? [])];
      const text = texts.map((part) => asString(asObject(part)?.['text']) ?? '').join('');
      const extra = asObject(parseJson(asString(item['encrypted_content']) ?? ''));
      const details = extra && [{ type: 'reasoning', text, extra_content: extra }];
      const turn = { role: 'assistant', content: null, reasoning_content: text };
      turns.push(details === undefined ? turn : { ...turn, reasoning_details: details });
      return;
    }
    default:
      throw new RequestMistake(
        place,
        `Items of the type ${JSON.stringify(item['type'])} have no meaning here.`,
      );
  }
}

/** Calls of tools, and what was thought before them, are one turn of a chat. */
function assistantTurn(turns: Turn[]): Turn {
  const last = turns.at(-1);
  if (last?.role === 'assistant') return last;
  const turn: Turn = { role: 'assistant', content: null };
  turns.push(turn);
  return turn;
}

function readMessage({ role, content }: JsonObject, place: string): Turn {
  if (typeof role !== 'string') throw new RequestMistake(`${place}.role`, 'A message must have a role.');
  return { role, content: readContent(content, `${place}.content`) };
}

function readContent(content: unknown, place: string): unknown {
  if (typeof content === 'string') return content;
  const parts = asArray(content);
  if (parts === undefined) throw new RequestMistake(place, 'The content must be a text or a list of parts.');
  return parts.map((part, index) => readPart(asObject(part) ?? {}, `${place}[${index}]`));
}

function readPart(part: JsonObject, place: string): JsonObject {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: part['text'] };
    case 'refusal':
      return { type: 'text', text: part['refusal'] };
    case 'input_image':
      return { type: 'image_url', image_url: { url: part['image_url'], detail: part['detail'] } };
    case 'input_file': {
      const { file_data: data, file_id: id, file_url: url, filename } = part;
      if (url !== undefined) return { type: 'file', file: { file_url: url, filename } };
      return { type: 'file', file: { file_data: data, file_id: id, filename } };
    }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part['input_audio'] };
    default:
      throw new RequestMistake(
        place,
        `Parts of the type ${JSON.stringify(part['type'])} have no meaning here.`,
      );
  }
}

function readTool(tool: unknown, index: number): JsonObject {
  const { type, name, description, parameters, strict } = asObject(tool) ?? {};
  if (type !== 'function') {
    throw new RequestMistake(`tools[${index}]`, 'Only tools of the type "function" can be offered here.');
  }
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined || description === null ? {} : { description }),
      ...(parameters === undefined || parameters === null ? {} : { parameters }),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
}

function readToolChoice(choice: unknown): unknown {
  const { type, name } = asObject(choice) ?? {};
  return type === 'function' ? { type, function: { name } } : choice;
}

function readFormat(format: JsonObject | undefined): JsonObject | undefined {
  if (format === undefined || format['type'] === 'text') return undefined;
  if (format['type'] !== 'json_schema') return format;
  const { name, schema, strict, description } = format;
  return {
    type: 'json_schema',
    json_schema: {
      name,
      schema,
      ...(typeof strict === 'boolean' ? { strict } : {}),
      ...(typeof description === 'string' ? { description } : {}),
    },
  };
}
