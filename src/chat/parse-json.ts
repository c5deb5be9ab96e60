// JSON that may be none.

/** The value, or undefined when the text is not JSON: the callers say what was expected in its place. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
