// Answers that their callers may still judge. Who asked may say once how good an answer was; saying it again replaces it.

import type { Capability, Model } from '../registry/snapshot.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Learning } from './learning.ts';

export interface JudgedAnswer {
  readonly capability: Capability;
  readonly model: Model;
  /** The name of the caller. */
  readonly caller: string;
}

export interface Judged {
  /** Remembers an answer. */
  open(invocation: string, answer: JudgedAnswer): void;
  /** 0 useless … 1 as wanted. Undefined when nobody knows the answer, or it is somebody else's. */
  judge(invocation: string, caller: string, score: number): JudgedAnswer | undefined;
}

/** Answers that can be judged; the oldest are forgotten. */
const ANSWERS_MAX = 20_000;

export function createJudged(learning: Learning): Judged {
  const answers = createBoundedMap<JudgedAnswer & { score?: number }>({ entries: ANSWERS_MAX });
  return {
    open: (invocation, answer) => answers.set(invocation, { ...answer }),
    judge(invocation, caller, score) {
      const answer = answers.get(invocation);
      if (answer === undefined || answer.caller !== caller) return undefined;
      learning.judge(answer.capability, answer.model, score, answer.score);
      answer.score = score;
      return answer;
    },
  };
}
