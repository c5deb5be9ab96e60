// A chat request addressed to a capability → the capability's input. The last user message is the input; what the
// capability itself decides (system message, sampling, tools, …) is refused or ignored by name, never obeyed in silence.
import type { ChatMessage } from '../chat/chat.ts';
import { CapabilityError } from '../errors.ts';
import type { Capability } from '../registry/snapshot.ts';
import { readMetadata } from './read-metadata.ts';

export interface ChatCall {
  readonly input: unknown;
  /** The turns before the last one; empty unless the prompt has a slot for them. */
  readonly history: readonly ChatMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly metadata?: Record<string, string>;
  /** Parameters that had no effect, for the `x-capstan-ignored` header. */
  readonly ignored: readonly string[];
}

const MESSAGES_MAX = 10_000;

export function readChatCall(capability: Capability, body: Record<string, unknown>): ChatCall {
  const messages = readMessages(capability, body['messages']);
  const last = messages.at(-1);
  if (last?.role !== 'user') {
    throw refuse(
      'messages',
      'The last message must have the role "user": it is the input of the capability.',
    );
  }
  const choices = body['n'];
  if (choices !== undefined && choices !== null && choices !== 1) {
    throw refuse('n', 'A capability gives one answer; "n" can only be 1.');
  }
  const metadata = readMetadata(body['metadata']);
  return {
    input: readInput(capability, last.content),
    history: readHistory(capability, messages.slice(0, -1)),
    stream: readFlag(body, 'stream'),
    includeUsage: readIncludeUsage(body['stream_options']),
    ...(metadata === undefined ? {} : { metadata }),
    ignored: ignoredParameters(body),
  };
}

function readMessages(capability: Capability, value: unknown): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw refuse('messages', '"messages" must be a list with at least one message.');
  }
  if (value.length > MESSAGES_MAX) throw refuse('messages', `There are more than ${MESSAGES_MAX} messages.`);
  return value.map((message: unknown, index) => readMessage(capability, message, `messages[${index}]`));
}

function readMessage(capability: Capability, message: unknown, place: string): ChatMessage {
  if (typeof message !== 'object' || message === null) throw refuse(place, 'A message must be an object.');
  const { role, content } = message as { role?: unknown; content?: unknown };
  if (role === 'system' || role === 'developer') {
    const why = `The capability ${capability.name} brings its own ${role} message; leave yours out.`;
    throw refuse(`${place}.role`, why);
  }
  if (role !== 'user' && role !== 'assistant') {
    throw refuse(`${place}.role`, 'The role of a message to a capability must be "user" or "assistant".');
  }
  return { role, content: readContent(content, `${place}.content`) };
}

function readContent(content: unknown, place: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0) {
    throw refuse(place, 'The content of a message must be text, or a list of text parts.');
  }
  return content.map((part: unknown, index) => readTextPart(part, `${place}[${index}]`)).join('');
}

function readTextPart(part: unknown, place: string): string {
  const { type, text } = (typeof part === 'object' && part !== null ? part : {}) as Record<string, unknown>;
  if (type === 'text' && typeof text === 'string') return text;
  throw refuse(place, 'A capability reads only parts of the type "text".');
}

/**
 * A JSON object is the input itself when it names at least one of the input's properties; any other text is the one
 * text property. A document that happens to be JSON is so still a document, and a misspelt input still an error.
 */
function readInput(capability: Capability, text: string): unknown {
  const object = parseObject(text);
  const { textProperty } = capability;
  if (object !== undefined && (textProperty === undefined || namesInput(capability, object))) return object;
  if (textProperty !== undefined) return { [textProperty]: text };
  const names = Object.keys(propertiesOf(capability)).join(', ');
  const wanted = `The last message must be a JSON object that fits the input of ${capability.name} (${names}).`;
  throw refuse('messages', wanted);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Text that only begins like JSON is text.
    return undefined;
  }
}

function namesInput(capability: Capability, object: Record<string, unknown>): boolean {
  const properties = propertiesOf(capability);
  return Object.keys(object).some((name) => Object.hasOwn(properties, name));
}

function propertiesOf(capability: Capability): object {
  const { properties } = capability.input;
  return typeof properties === 'object' && properties !== null ? properties : {};
}

function readHistory(capability: Capability, earlier: readonly ChatMessage[]): readonly ChatMessage[] {
  if (earlier.length === 0 || capability.prompt.some((part) => part.kind === 'slot')) return earlier;
  const why = `The capability ${capability.name} takes one message; it has no place for earlier turns.`;
  throw refuse('messages', why);
}

function readFlag(body: Record<string, unknown>, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw refuse(name, `"${name}" must be true or false.`);
  return value;
}

function readIncludeUsage(options: unknown): boolean {
  if (options === undefined || options === null) return false;
  if (typeof options !== 'object') throw refuse('stream_options', '"stream_options" must be an object.');
  return readFlag(options as Record<string, unknown>, 'include_usage');
}

const obeyed: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'metadata',
  'n',
]);

const IGNORED_NAMED_MAX = 32;

function ignoredParameters(body: Record<string, unknown>): string[] {
  return Object.keys(body)
    .filter((name) => !obeyed.has(name) && body[name] !== null && /^[\w.-]{1,64}$/.test(name))
    .slice(0, IGNORED_NAMED_MAX);
}

function refuse(param: string, message: string): CapabilityError {
  return new CapabilityError('request_invalid', message, { param });
}
