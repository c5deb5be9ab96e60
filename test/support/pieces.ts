// A text, or its bytes, cut at random: the same seed cuts in the same places.

/** Mostly short pieces, some long ones, and empty ones among them. */
export function pieces<Whole extends string | Uint8Array>(whole: Whole, seed: number): Whole[] {
  const cut: Whole[] = [];
  let state = seed >>> 0;
  for (let at = 0; at < whole.length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const length = [0, 1, 1, 2, 3, 7, 40][(state >>> 16) % 7] ?? 1;
    cut.push(whole.slice(at, at + length) as Whole);
    at += length;
  }
  return cut;
}
