// Server-sent events on their way: all that servers and proxies may do to the same events.

export interface Sent {
  readonly name: string;
  readonly data: unknown;
}

export type Wire = (events: readonly Sent[]) => string;

export const plain: Wire = (events) =>
  events.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');

export const wires: readonly Wire[] = [
  plain,
  (events) => plain(events).replaceAll('\n', '\r\n'),
  (events) => plain(events).replaceAll('\n', '\r'),
  (events) => `\ufeff: hello\n\n${plain(events)}`,
  (events) => events.map((event) => `:keep-alive\n\n: x\n${plain([event])}:\r\n\r\n`).join(''),
  (events) =>
    events
      .map((event) => `id: 7\nretry: 10\nnonsense\n${plain([event])}`)
      .join('')
      .replaceAll(/(?<=^|\n)(\w+): /g, '$1:'),
  (events) =>
    events
      .map(
        ({ name, data }) =>
          `data: ${JSON.stringify(data, null, 1).replaceAll('\n', '\ndata: ')}\nevent: ${name}\n\n`,
      )
      .join(''),
];
