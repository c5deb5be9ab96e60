// Answers that their callers may still judge. Who asked may say once how good an answer was; saying it again replaces it.

import type { Capability, Model } from '../registry/snapshot.ts';
import type { Learning } from './learning.ts';

export interface JudgedAnswer {
  readonly capability: Pick<Capability, 'key' | 'revision'>;
  readonly model: Pick<Model, 'id' | 'identity' | 'name'>;
  /** The name of the caller. */
  readonly caller: string;
}

export interface Judged {
  /** Remembers an answer. */
  open(invocation: string, answer: JudgedAnswer): void;
  /** 0 useless … 1 as wanted. Undefined when nobody knows the answer, or it is somebody else's. */
  judge(invocation: string, caller: string, score: number): JudgedAnswer | undefined;
}

/** So many of the newest answers can be judged at least, and twice as many at most. */
const ANSWERS_KEPT = 10_000;

export function createJudged(learning: Learning): Judged {
  /** Names alone: an answer would keep its capability, compiled, of a Snapshot that is long gone. */
  interface Kept extends JudgedAnswer {
    score: number | undefined;
  }
  /** The older half is forgotten as a whole: to forget them one by one would cost every call a search among all of them. */
  let newer = new Map<string, Kept>();
  let older = newer;
  return {
    open(invocation, { capability: { key, revision }, model: { id, identity, name }, caller }) {
      if (newer.size >= ANSWERS_KEPT) {
        older = newer;
        newer = new Map();
      }
      const model = identity === undefined ? { id, name } : { id, identity, name };
      newer.set(invocation, { capability: { key, revision }, model, caller, score: undefined });
    },
    judge(invocation, caller, score) {
      const answer = newer.get(invocation) ?? older.get(invocation);
      if (answer === undefined || answer.caller !== caller) return undefined;
      learning.judge(answer.capability, answer.model, score, answer.score);
      answer.score = score;
      return answer;
    },
  };
}
