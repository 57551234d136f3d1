const plus = 0x2b;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const letterE = 0x65;

/** More digits than a double holds exactly, or powers of ten that are none: left to `Number`. */
const exactDigits = 15;
const exactPower = 22;
const powersOfTen = Float64Array.from({ length: exactPower + 1 }, (_, k) => Number(`1e${k}`));

/** The value of what is no decimal number. */
export const notDecimal = Number.POSITIVE_INFINITY;
/** Greater than any byte: what stands behind the end of a text. */
export const behindEnd = 0x100;

/** The byte at a place of a text; `behindEnd` where there is none. */
export function byteAt(text: Uint8Array, at: number): number {
  return at < text.length ? (text[at] as number) : behindEnd;
}

/** Reads decimal numbers in the middle of a text, given as bytes of UTF-8, without making a string of any. */
export class DecimalReader {
  /** Place of the first byte behind the number that was read last. */
  end = 0;
  /** Place of the letter before its exponent; 0 when it has none. */
  exponentAt = 0;

  /**
   * An optional sign, digits with at most one dot among them, an optional exponent; correctly rounded: up to 15 digits and a power of ten that a double holds give one rounding
   * (Clinger 1990).
   * @returns `notDecimal` when there is none at `start`, and when it is too large for a double
   */
  read(text: Buffer, start: number): number {
    const sign = byteAt(text, start);
    const first = sign === minus || sign === plus ? start + 1 : start;
    let mantissa = 0;
    let dotAt = -1;
    let at = first;
    for (; ; at++) {
      const byte = byteAt(text, at);
      const digit = byte - zero;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (byte === dot && dotAt < 0) dotAt = at;
      else break;
    }
    this.end = at;
    this.exponentAt = 0;
    const decimals = dotAt < 0 ? 0 : at - dotAt - 1;
    const digits = dotAt < 0 ? at - first : at - first - 1;
    if (digits === 0) return notDecimal;
    if ((byteAt(text, at) | 0x20) === letterE) return this.#scientific(text, start);
    if (digits > exactDigits || decimals > exactPower) return Number(text.toString('latin1', start, at));
    const size = mantissa / (powersOfTen[decimals] as number);
    return sign === minus ? -size : size;
  }

  /** A number whose exponent begins at `end`. */
  #scientific(text: Buffer, start: number): number {
    this.exponentAt = this.end;
    const sign = byteAt(text, this.end + 1);
    const first = sign === minus || sign === plus ? this.end + 2 : this.end + 1;
    let at = first;
    while (byteAt(text, at) >= zero && byteAt(text, at) <= zero + 9) at++;
    this.end = at;
    return at === first ? notDecimal : Number(text.toString('latin1', start, at));
  }
}
