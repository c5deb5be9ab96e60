// Equal calls at the same time share one: the first takes off, the others board. Each has its own seat, which it may leave
// when it likes; the flight ends early only when the last one has left. Words reach every seat at its reader's own pace.

import { Cancellation } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import type { Timer } from '../clock.ts';
import { assert, CapabilityError } from '../errors.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import { openCourse, timedOut } from './course.ts';
import type { Course } from './course.ts';
import type { Runtime } from './runtime.ts';
import type { Answer, AnswerSink, Answerer, PieceFilter } from './answer.ts';

export interface Flights {
  /** Boards the flight of that key, or lets it take off. `leave` has to be called once, whatever happens. */
  board(runtime: Runtime, key: string, options: BoardOptions, take: Take): Seat;
  readonly size: number;
}

export interface BoardOptions {
  readonly signal: CancelSignal;
  /** For this seat, from now on. */
  readonly timeoutMs: number;
  readonly sink: AnswerSink | undefined;
}

/** The work itself, on a course of its own. With a sink the answer is streamed. */
export type Take = (course: Course, sink: AnswerSink | undefined) => Promise<Answer>;

export interface Seat {
  /** The call that took off; all others came to it. */
  readonly isFirst: boolean;
  /** Its sink has started. */
  readonly heard: boolean;
  /** The words went out to somebody else before the flight failed, so this call may try again. */
  readonly mayTryAgain: boolean;
  /**
   * The answer; while it comes, its words go to the seat's sink. Rejects with the flight's failure, or with the reason why
   * this seat was left: its caller's, or its own deadline.
   */
  arrive(): Promise<Answer>;
  /** The attempts that this call pays for: all of them, or none when somebody else does. */
  leave(): Promise<readonly AttemptRecord[]>;
}

/** Characters that a stream may be ahead of its fastest reader. */
const AHEAD_MAX = 256 * 1024;

export function createFlights(): Flights {
  const flights = new Map<string, Flight>();
  return {
    get size() {
      return flights.size;
    },
    board(runtime, key, options, take) {
      const flying = flights.get(key);
      if (flying !== undefined) return flying.board(options);
      const flight = takeOff(runtime, options, take, () => {
        if (flights.get(key) === flight) flights.delete(key);
      });
      flights.set(key, flight);
      return flight.board(options);
    },
  };
}

interface Flight {
  board(options: BoardOptions): Seat;
}

/** The words of the attempt that answers. */
interface Words {
  answerer: Answerer | undefined;
  readonly pieces: string[];
  characters: number;
}

interface Passenger {
  /** Characters that its reader has taken; undefined for those who only wait for the end. */
  taken: number | undefined;
}

function takeOff(
  runtime: Runtime,
  { timeoutMs, sink }: BoardOptions,
  take: Take,
  onOver: () => void,
): Flight {
  const cancellation = new Cancellation();
  const course = openCourse(runtime, cancellation, timeoutMs);
  const words: Words = { answerer: undefined, pieces: [], characters: 0 };
  /** In the order in which they came: the first who is still there when it is over pays. */
  const passengers = new Set<Passenger>();
  let changed = Promise.withResolvers<void>();
  let isOver = false;
  let payer: Passenger | undefined;
  let boarded = 0;

  const tell = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const readers = (): number[] =>
    [...passengers].flatMap(({ taken }) => (taken === undefined ? [] : [taken]));
  const isFarAhead = (): boolean => {
    const all = readers();
    return all.length > 0 && words.characters - Math.max(...all) > AHEAD_MAX;
  };
  const broadcast =
    sink &&
    createBroadcast(sink, words, async () => {
      tell();
      while (isFarAhead() && !cancellation.aborted) await changed.promise;
    });
  const over = (): void => {
    isOver = true;
    [payer] = passengers;
    course.close();
    onOver();
    tell();
  };
  const result = take(course, broadcast).finally(over);
  // Whoever sits here hears of a failure; when all have left there is nobody to hear of it.
  result.catch(() => {});

  const follow = async (passenger: Passenger, reader: AnswerSink): Promise<void> => {
    const filter = reader.filter?.();
    let hasStarted = false;
    let at = 0;
    passenger.taken = 0;
    for (;;) {
      if (!passengers.has(passenger)) return;
      const piece = words.pieces[at];
      if (piece !== undefined) {
        at += 1;
        const chosen = filter === undefined ? piece : filter.take(piece);
        if (chosen !== '') {
          assert(words.answerer !== undefined, 'words have somebody who says them');
          if (!hasStarted) await reader.start(words.answerer, filter);
          hasStarted = true;
          await reader.delta(chosen);
        }
        passenger.taken += piece.length;
        tell();
      } else if (isOver) {
        return;
      } else {
        await changed.promise;
      }
    }
  };

  return {
    board(options) {
      const passenger: Passenger = { taken: undefined };
      passengers.add(passenger);
      boarded += 1;
      const isFirst = boarded === 1;
      if (!isFirst) course.extend(options.timeoutMs);
      const left = Promise.withResolvers<never>();
      left.promise.catch(() => {});
      let why: Error = new CapabilityError('cancelled', 'The caller left.');
      const end = (reason: Error): void => {
        why = reason;
        left.reject(reason);
      };
      const onAbort = (): void => end(options.signal.reason as Error);
      if (options.signal.aborted) onAbort();
      else options.signal.addEventListener('abort', onAbort);
      const timer: Timer = runtime.after(options.timeoutMs, () => end(timedOut(options.timeoutMs)));
      let heard = false;

      const answer = async (): Promise<Answer> => {
        if (options.sink === undefined) return result;
        const following = follow(passenger, {
          ...options.sink,
          start(answerer, filter) {
            heard = true;
            return options.sink?.start(answerer, filter);
          },
        });
        const [given] = await Promise.all([result, following]);
        return given;
      };
      return {
        isFirst,
        get heard() {
          return heard;
        },
        get mayTryAgain() {
          return isOver && !isFirst && !heard && words.answerer !== undefined;
        },
        arrive() {
          const arrival = answer();
          arrival.catch(() => {});
          return Promise.race([arrival, left.promise]);
        },
        async leave() {
          options.signal.removeEventListener('abort', onAbort);
          timer.cancel();
          passengers.delete(passenger);
          tell();
          if (!isOver) {
            if (passengers.size > 0) return [];
            // The last one left: nobody wants the answer any more.
            payer = passenger;
            onOver();
            cancellation.abort(why);
            await result.catch(() => {});
            return course.attempts;
          }
          return payer === passenger ? course.attempts : [];
        },
      };
    },
  };
}

/** Hears one attempt after another and keeps the words of the one that answers; the first caller's filter decides when. */
function createBroadcast(sink: AnswerSink, words: Words, onWords: () => Promise<void>): AnswerSink {
  interface Heard extends PieceFilter {
    readonly pieces: string[];
  }
  const add = (pieces: readonly string[]): void => {
    for (const piece of pieces) {
      words.pieces.push(piece);
      words.characters += piece.length;
    }
  };
  let answering: Heard | undefined;
  return {
    filter() {
      const inner = sink.filter?.();
      const pieces: string[] = [];
      const heard: Heard = {
        pieces,
        take(piece) {
          pieces.push(piece);
          return inner === undefined ? piece : inner.take(piece);
        },
      };
      return heard;
    },
    start(answerer, filter) {
      answering = filter as Heard;
      words.answerer = answerer;
    },
    delta() {
      add(answering?.pieces.splice(0) ?? []);
      return onWords();
    },
  };
}
