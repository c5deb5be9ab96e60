// A server on loopback that says what a test has it say, byte for byte, right or wrong.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export interface RawServer {
  readonly origin: URL;
  /** Every connection so far. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** Calls back for each request with its text, one character a byte. `make` may bring another kind of server. */
export async function startRawServer(
  onRequest: (socket: Socket, request: string) => void,
  make: (onSocket: (socket: Socket) => void) => { server: Server; protocol: string } = (onSocket) => ({
    server: createServer(onSocket),
    protocol: 'http:',
  }),
): Promise<RawServer> {
  const sockets: Socket[] = [];
  const { server, protocol } = make((socket) => {
    sockets.push(socket);
    socket.setNoDelay(true);
    // What a test does to a connection it sees on its own side.
    socket.on('error', () => {});
    let pending = '';
    socket.on('data', (bytes) => {
      pending += bytes.toString('latin1');
      for (let length = requestLength(pending); length > 0; length = requestLength(pending)) {
        const request = pending.slice(0, length);
        pending = pending.slice(length);
        onRequest(socket, request);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: new URL(`${protocol}//127.0.0.1:${(server.address() as AddressInfo).port}`),
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Of the first request; 0 while it is not whole. */
function requestLength(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const body = Number(
    /\r\ncontent-length: (?<bytes>\d+)\r\n/.exec(text.slice(0, head + 2))?.groups?.['bytes'] ?? 0,
  );
  const length = head + 4 + body;
  return text.length < length ? 0 : length;
}
