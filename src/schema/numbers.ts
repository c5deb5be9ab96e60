// `multipleOf` as people mean it: 19.99 is a multiple of 0.01, although binary floating point has doubts.

/** Decimal places to which a quotient is an integer. */
export const multipleOfPrecision = 9;

export function isMultipleOf(value: number, factor: number): boolean {
  const quotient = value / factor;
  // A quotient beyond the largest number has no distance to the next integer; such numbers have no decimals either.
  return !(Math.abs(Math.round(quotient) - quotient) > 10 ** -multipleOfPrecision);
}
