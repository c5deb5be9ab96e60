// What the demonstration works on: the documents of this repository and, where they lie beside it, public texts.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import type { ExtractInput, SummarizeInput, SupportReplyV2Input } from '../typed-client/generated/index.ts';

/** A piece of work for one capability. */
export interface Task<Input> {
  readonly title: string;
  readonly input: Input;
}

export interface Tasks {
  readonly summarize: readonly Task<SummarizeInput>[];
  readonly extract: readonly Task<ExtractInput>[];
  readonly supportReply: readonly Task<SupportReplyV2Input>[];
  /** Where the public texts were looked for, when they are not there. */
  readonly missing: string | undefined;
}

const documents = resolve(import.meta.dirname, '../documents');
const publicTexts = resolve(import.meta.dirname, '../../../shared/data/texts');
/** Of the many short public messages only the first few are answered. */
const publicMessagesMax = 5;

export function readTasks(): Tasks {
  const hasPublic = existsSync(publicTexts);
  const invoices = textsIn(documents, isInvoice);
  const others = textsIn(documents, (name) => !isInvoice(name));
  return {
    summarize: [...others, ...(hasPublic ? textsIn(join(publicTexts, 'summarize')) : [])].map(toDocument),
    extract: [...invoices, ...(hasPublic ? textsIn(join(publicTexts, 'extract')) : [])].map(toDocument),
    supportReply: [...readTickets(), ...(hasPublic ? readPublicMessages() : [])],
    missing: hasPublic ? undefined : publicTexts,
  };
}

interface Text {
  readonly title: string;
  readonly text: string;
}

function isInvoice(name: string): boolean {
  return name.startsWith('invoice') || name.startsWith('rechnung');
}

function textsIn(folder: string, isWanted: (name: string) => boolean = () => true): readonly Text[] {
  return readdirSync(folder)
    .filter((name) => ['.txt', '.md'].includes(extname(name)) && isWanted(name))
    .sort()
    .map((name) => ({ title: basename(name), text: readFileSync(join(folder, name), 'utf8') }));
}

function toDocument({ title, text }: Text): Task<{ readonly document: string }> {
  return { title, input: { document: text } };
}

interface Ticket {
  readonly id: string;
  readonly channel: NonNullable<SupportReplyV2Input['channel']>;
  readonly plan: NonNullable<SupportReplyV2Input['plan']>;
  readonly customerName: string;
  readonly subject?: string;
  readonly message: string;
}

function readTickets(): readonly Task<SupportReplyV2Input>[] {
  const articles = readJson<NonNullable<SupportReplyV2Input['articles']>>(
    join(documents, 'knowledge-articles.json'),
  );
  return readJson<readonly Ticket[]>(join(documents, 'support-tickets.json')).map((ticket) => ({
    title: `ticket ${ticket.id} from ${ticket.customerName}`,
    input: {
      message: ticket.message,
      ...(ticket.subject === undefined ? {} : { subject: ticket.subject }),
      customerName: ticket.customerName,
      channel: ticket.channel,
      plan: ticket.plan,
      articles,
    },
  }));
}

function readPublicMessages(): readonly Task<SupportReplyV2Input>[] {
  const messages = readJson<readonly { readonly text: string; readonly intent: string }[]>(
    join(publicTexts, 'support-reply/banking77-messages.json'),
  );
  return messages.slice(0, publicMessagesMax).map(({ text, intent }) => ({
    title: `a bank customer's message (${intent})`,
    input: { message: text },
  }));
}

function readJson<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8')) as Value;
}
