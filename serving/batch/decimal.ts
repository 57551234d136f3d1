/** Digits of a mantissa that a double holds whatever they are, and powers of ten that it holds exactly. */
export const exactDigits = 15;
const exactPower = 22;
/** Digits behind the first 15 for which the way with two doubles is exact. */
export const moreDigits = 4;

const powersOfTen = Float64Array.from({ length: exactPower + 1 }, (_, k) => Number(`1e${k}`));
/** 2^27 + 1, which halves the digits of a double. */
const splitter = 134217729;
/** Relative bound on the error of the second part of a quotient, with room. */
const doubt = 2 ** -50;

/**
 * `(high * 10^lowDigits + low) * 10^power`, correctly rounded, or NaN when it cannot be told so fast. Numbers of 16 or 17 digits, as programs
 * write doubles, are divided as sums of two doubles (Dekker 1971); the rounding is taken when no error of the second part can change it (Ziv 1991).
 * @param high integer of at most 15 digits, not negative
 * @param low integer of `lowDigits` digits, at most 4 of them
 */
export function scaledDecimal(high: number, low: number, lowDigits: number, power: number): number {
  if (power > exactPower || power < -exactPower) return high === 0 && low === 0 ? 0 : Number.NaN;
  if (lowDigits === 0) {
    return power < 0 ? high / (powersOfTen[-power] as number) : high * (powersOfTen[power] as number);
  }
  if (lowDigits > moreDigits || power > 0) return Number.NaN;
  const shift = powersOfTen[lowDigits] as number;
  const product = high * shift;
  const rest = productError(high, shift, product) + low;
  const mantissa = product + rest;
  if (power === 0) return mantissa;
  const mantissaRest = rest - (mantissa - product);
  const divisor = powersOfTen[-power] as number;
  const quotient = mantissa / divisor;
  const back = quotient * divisor;
  const remainder = mantissa - back - productError(quotient, divisor, back) + mantissaRest;
  const correction = remainder / divisor;
  const slack = Math.abs(correction) * doubt;
  const rounded = quotient + (correction - slack);
  return rounded === quotient + (correction + slack) ? rounded : Number.NaN;
}

/** a * b - product, exactly, where product is the rounded a * b. */
function productError(a: number, b: number, product: number): number {
  const ca = splitter * a;
  const aHigh = ca - (ca - a);
  const aLow = a - aHigh;
  const cb = splitter * b;
  const bHigh = cb - (cb - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
