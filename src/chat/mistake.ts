// A request that does not say what its format says, or asks for what cannot be given: where, and in what words.

export class RequestMistake extends Error {
  /** The field, as OpenAI's errors name it: `messages[2].content`. */
  readonly param: string;

  constructor(param: string, message: string) {
    super(message);
    this.name = 'RequestMistake';
    this.param = param;
  }
}
