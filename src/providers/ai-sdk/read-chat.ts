// A chat in OpenAI's JSON → a call of a language model in the AI SDK's words. What the call cannot say is refused by name,
// or has no effect and is named.

import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4TextPart,
  LanguageModelV4ToolChoice,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import { asArray, asNumber, asObject, asString } from '../../chat/json-fields.ts';
import type { JsonObject } from '../../chat/json-fields.ts';
import { RequestMistake } from '../../chat/mistake.ts';

export interface ReadChat {
  readonly options: LanguageModelV4CallOptions;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Fields that had no effect. */
  readonly ignored: readonly string[];
}

const obeyed: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning_effort',
  'n',
]);

/** Throws `RequestMistake`. */
export function readChat(body: JsonObject): ReadChat {
  refuseUnanswerable(body);
  const tools = asArray(body['tools'])?.map(readTool);
  const toolChoice = readToolChoice(body['tool_choice']);
  const maxOutputTokens = asNumber(body['max_completion_tokens']) ?? asNumber(body['max_tokens']);
  const responseFormat = readFormat(asObject(body['response_format']));
  const stop = readStop(body['stop']);
  const reasoning = asString(body['reasoning_effort']) as LanguageModelV4CallOptions['reasoning'];
  const numbers = {
    temperature: asNumber(body['temperature']),
    topP: asNumber(body['top_p']),
    topK: asNumber(body['top_k']),
    seed: asNumber(body['seed']),
    presencePenalty: asNumber(body['presence_penalty']),
    frequencyPenalty: asNumber(body['frequency_penalty']),
    maxOutputTokens,
  };
  const options: LanguageModelV4CallOptions = {
    prompt: readMessages(body['messages']),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    ...(stop === undefined ? {} : { stopSequences: stop }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(tools === undefined || tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(body['parallel_tool_calls'] === false
      ? { providerOptions: { anthropic: { disableParallelToolUse: true } } }
      : {}),
  };
  return {
    options,
    stream: body['stream'] === true,
    includeUsage: asObject(body['stream_options'])?.['include_usage'] === true,
    ignored: Object.keys(body).filter((name) => !obeyed.has(name) && body[name] !== null),
  };
}

function refuseUnanswerable(body: JsonObject): void {
  const n = body['n'] ?? 1;
  if (n !== 1) throw new RequestMistake('n', 'This provider gives one answer; "n" can only be 1.');
  if (body['logprobs'] === true) {
    throw new RequestMistake('logprobs', 'This provider does not tell the probabilities of its tokens.');
  }
  if (asArray(body['modalities'])?.includes('audio') === true) {
    throw new RequestMistake('modalities', 'This provider does not answer in sound here.');
  }
  if (body['functions'] !== undefined && body['functions'] !== null) {
    throw new RequestMistake('functions', 'Offer functions as "tools": this provider has no older form.');
  }
}

function readStop(stop: unknown): string[] | undefined {
  if (typeof stop === 'string') return [stop];
  return asArray(stop)?.filter((each) => typeof each === 'string');
}

function readFormat(format: JsonObject | undefined): LanguageModelV4CallOptions['responseFormat'] {
  switch (format?.['type']) {
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const { name, description, schema } = asObject(format['json_schema']) ?? {};
      return {
        type: 'json',
        ...(asObject(schema) === undefined ? {} : { schema: schema as object }),
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof description === 'string' ? { description } : {}),
      };
    }
    default:
      return undefined;
  }
}

function readTool(tool: unknown, index: number): LanguageModelV4FunctionTool {
  const place = `tools[${index}]`;
  const { type, function: offered } = asObject(tool) ?? {};
  const { name, description, parameters, strict } = asObject(offered) ?? {};
  if (type !== 'function') {
    throw new RequestMistake(place, 'Only tools of the type "function" can be offered to this provider.');
  }
  if (typeof name !== 'string')
    throw new RequestMistake(`${place}.function.name`, 'A tool must have a name.');
  return {
    type: 'function',
    name,
    inputSchema: asObject(parameters) ?? { type: 'object', properties: {} },
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

function readToolChoice(choice: unknown): LanguageModelV4ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  const toolName = asObject(asObject(choice)?.['function'])?.['name'];
  if (typeof toolName === 'string') return { type: 'tool', toolName };
  throw new RequestMistake(
    'tool_choice',
    '"tool_choice" must be "auto", "none", "required" or name a function.',
  );
}

function readMessages(value: unknown): LanguageModelV4Message[] {
  const messages = asArray(value);
  if (messages === undefined || messages.length === 0) {
    throw new RequestMistake('messages', '"messages" must be a list with at least one message.');
  }
  const toolNames = new Map<string, string>();
  const read: LanguageModelV4Message[] = [];
  for (const [index, message] of messages.entries()) {
    readMessage(asObject(message) ?? {}, `messages[${index}]`, toolNames, read);
  }
  return read;
}

function readMessage(
  message: JsonObject,
  place: string,
  toolNames: Map<string, string>,
  read: LanguageModelV4Message[],
): void {
  const { content } = message;
  const at = `${place}.content`;
  switch (message['role']) {
    case 'system':
    case 'developer':
      read.push({ role: 'system', content: readText(content, at) });
      return;
    case 'user':
      read.push({ role: 'user', content: readParts(content, at) });
      return;
    case 'assistant':
      read.push({ role: 'assistant', content: readAssistant(message, place, toolNames) });
      return;
    case 'tool': {
      const toolCallId = asString(message['tool_call_id']) ?? '';
      const toolName = toolNames.get(toolCallId);
      if (toolName === undefined) {
        const words = 'A result must name, as "tool_call_id", a call of an earlier message.';
        throw new RequestMistake(`${place}.tool_call_id`, words);
      }
      const output = { type: 'text', value: readText(content, at) } as const;
      const part = { type: 'tool-result', toolCallId, toolName, output } as const;
      const last = read.at(-1);
      // Results of parallel calls are one turn.
      if (last?.role === 'tool') last.content.push(part);
      else read.push({ role: 'tool', content: [part] });
      return;
    }
    default:
      throw new RequestMistake(
        `${place}.role`,
        'The role of a message must be "system", "developer", "user", "assistant" or "tool".',
      );
  }
}

type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number];

function readAssistant(message: JsonObject, place: string, toolNames: Map<string, string>): AssistantPart[] {
  const { content, refusal, reasoning_content: thought, reasoning_details: details } = message;
  const parts: AssistantPart[] = [];
  const thoughts = asArray(details);
  if (thoughts !== undefined) {
    for (const each of thoughts) {
      const { text, extra_content: extra } = asObject(each) ?? {};
      parts.push({ type: 'reasoning', text: asString(text) ?? '', ...optionsOf(extra) });
    }
  } else if (typeof thought === 'string' && thought !== '') {
    parts.push({ type: 'reasoning', text: thought });
  }
  const words =
    content === undefined || content === null
      ? (asString(refusal) ?? '')
      : readText(content, `${place}.content`);
  if (words !== '') parts.push({ type: 'text', text: words });
  for (const [index, call] of (asArray(message['tool_calls']) ?? []).entries()) {
    const at = `${place}.tool_calls[${index}]`;
    const { id, function: called, extra_content: extra } = asObject(call) ?? {};
    const { name, arguments: text } = asObject(called) ?? {};
    if (typeof id !== 'string' || typeof name !== 'string') {
      throw new RequestMistake(at, 'A call must have an "id" and the name of a function.');
    }
    toolNames.set(id, name);
    const input = readArguments(text, `${at}.function.arguments`);
    parts.push({ type: 'tool-call', toolCallId: id, toolName: name, input, ...optionsOf(extra) });
  }
  return parts;
}

/** What the provider said beside a part, and wants to hear again: we handed it out as `extra_content`. */
function optionsOf(extra: unknown): { providerOptions?: SharedV4ProviderOptions } {
  const options = asObject(extra);
  return options === undefined ? {} : { providerOptions: options as SharedV4ProviderOptions };
}

function readArguments(text: unknown, place: string): unknown {
  if (text === '' || text === undefined) return {};
  try {
    return JSON.parse(String(text));
  } catch {
    throw new RequestMistake(place, 'The arguments of a call must be JSON.');
  }
}

function readText(content: unknown, place: string): string {
  if (typeof content === 'string') return content;
  const parts = asArray(content);
  if (parts === undefined)
    throw new RequestMistake(place, 'The content must be text, or a list of text parts.');
  return parts
    .map((part, index) => {
      const text = asObject(part)?.['text'] ?? asObject(part)?.['refusal'];
      if (typeof text === 'string') return text;
      throw new RequestMistake(`${place}[${index}]`, 'Only parts of the type "text" can stand here.');
    })
    .join('');
}

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;

function readParts(content: unknown, place: string): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = asArray(content);
  if (parts === undefined) throw new RequestMistake(place, 'The content must be text, or a list of parts.');
  return parts.map((part, index) => readPart(asObject(part) ?? {}, `${place}[${index}]`));
}

function readPart(part: JsonObject, place: string): UserPart {
  switch (part['type']) {
    case 'text':
      return { type: 'text', text: asString(part['text']) ?? '' };
    case 'image_url':
      return readUrl(
        asString(asObject(part['image_url'])?.['url']) ?? '',
        'image/*',
        `${place}.image_url.url`,
      );
    case 'input_audio': {
      const { data, format } = asObject(part['input_audio']) ?? {};
      return fileOf(asString(data) ?? '', format === 'mp3' ? 'audio/mpeg' : `audio/${String(format)}`);
    }
    case 'file': {
      const { file_data: data, file_url: url, file_id: id, filename } = asObject(part['file']) ?? {};
      if (id !== undefined) {
        throw new RequestMistake(
          `${place}.file.file_id`,
          'This provider does not know files by an id; send "file_data".',
        );
      }
      const file = readUrl(
        asString(data) ?? asString(url) ?? '',
        'application/pdf',
        `${place}.file.file_data`,
      );
      return typeof filename === 'string' ? { ...file, filename } : file;
    }
    default:
      throw new RequestMistake(
        place,
        `Parts of the type ${JSON.stringify(part['type'])} cannot be sent to this provider.`,
      );
  }
}

/** Data in the URL itself, or an address that the provider fetches: nothing is fetched from here. */
function readUrl(url: string, mediaType: string, place: string): LanguageModelV4FilePart {
  const data = /^data:(?<type>[^;,]*)(?:;[^;,]*)*;base64,(?<base64>.*)$/s.exec(url)?.groups;
  if (data !== undefined) return fileOf(data['base64'] ?? '', data['type'] || mediaType);
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    return { type: 'file', data: { type: 'url', url: new URL(url) }, mediaType };
  }
  throw new RequestMistake(place, 'Expected an http(s) URL, or a data URL with base64.');
}

function fileOf(base64: string, mediaType: string): LanguageModelV4FilePart {
  return { type: 'file', data: { type: 'data', data: base64 }, mediaType };
}
