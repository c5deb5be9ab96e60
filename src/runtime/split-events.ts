// Server-sent events as the bytes that they are: cuts a stream after each blank line, whatever its line ends are, and changes
// no byte. Each byte is looked at once, however small the pieces are in which it comes.

export interface EventSplitter {
  /** The events that are whole now, each with the blank line that ends it. */
  take(bytes: Buffer): Buffer[];
  /** What is left when no more bytes come. */
  rest(): Buffer;
  /** Bytes of the event that is not whole. */
  readonly heldBytes: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const RETURN = Buffer.from('\r');

export function createEventSplitter(): EventSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** Of the line that is not whole. */
  let lineBytes = 0;
  /** The last byte was a carriage return: whether it ends a line alone shows with the next one. */
  let awaitsFeed = false;

  const hold = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    held.push(bytes);
    heldBytes += bytes.length;
  };
  const release = (): Buffer => {
    const event = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return event;
  };
  return {
    get heldBytes() {
      return heldBytes;
    },
    take(piece) {
      if (heldBytes === 0 && lineBytes === 0 && !awaitsFeed && isOneEvent(piece)) return [piece];
      const bytes = awaitsFeed ? Buffer.concat([RETURN, piece]) : piece;
      awaitsFeed = bytes.at(-1) === CARRIAGE_RETURN;
      const whole = awaitsFeed ? bytes.subarray(0, -1) : bytes;
      const events: Buffer[] = [];
      const lineEnds = createLineEnds(whole);
      let eventStart = 0;
      let lineStart = 0;
      for (let end = lineEnds.after(0); end >= 0; end = lineEnds.after(lineStart)) {
        const isBlank = lineBytes === 0 && end === lineStart;
        lineStart = end + (whole[end] === CARRIAGE_RETURN && whole[end + 1] === LINE_FEED ? 2 : 1);
        lineBytes = 0;
        if (!isBlank) continue;
        hold(whole.subarray(eventStart, lineStart));
        events.push(release());
        eventStart = lineStart;
      }
      lineBytes += whole.length - lineStart;
      hold(whole.subarray(eventStart));
      return events;
    },
    rest() {
      if (awaitsFeed) hold(RETURN);
      awaitsFeed = false;
      return release();
    },
  };
}

/** What most pieces are: one event with the blank line that ends it, in the usual line ends. */
function isOneEvent(piece: Buffer): boolean {
  const last = piece.length - 2;
  return (
    last > 0 && piece[0] !== LINE_FEED && piece.indexOf('\n\n') === last && !piece.includes(CARRIAGE_RETURN)
  );
}

/** Finds the next line end, of either kind, without ever looking at a byte twice. */
function createLineEnds(bytes: Buffer): { after(from: number): number } {
  let feed = bytes.indexOf(LINE_FEED);
  let carriage = bytes.indexOf(CARRIAGE_RETURN);
  return {
    after(from) {
      if (feed >= 0 && feed < from) feed = bytes.indexOf(LINE_FEED, from);
      if (carriage >= 0 && carriage < from) carriage = bytes.indexOf(CARRIAGE_RETURN, from);
      if (feed < 0 || carriage < 0) return Math.max(feed, carriage);
      return Math.min(feed, carriage);
    },
  };
}
