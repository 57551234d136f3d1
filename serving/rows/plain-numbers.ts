const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const plus = 0x2b;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** More digits than a double holds exactly, or powers of ten that are none: left to `Number`. */
const exactDigits = 15;
const exactPower = 22;
const powersOfTen = Float64Array.from({ length: exactPower + 1 }, (_, k) => Number(`1e${k}`));

/** Rows of numbers, all of one width. */
export interface PlainRows {
  /** Row-major, NaN = an empty cell. */
  readonly values: Float64Array;
  readonly width: number;
}

/**
 * The common case of comma-separated text, read in one pass without making a string of any cell: decimal numbers and empty cells in rows of
 * one width, each with a number in it.
 * @param expected numbers in a row, a hint for the memory to take
 * @param mostValues how many are read at most
 * @returns undefined when the text is anything else (a header, quotes, NA, uneven rows, no rows), whatever its trouble may be
 */
export function plainRows(text: string, expected: number, mostValues: number): PlainRows | undefined {
  return new PlainReader(text, Math.max(1, expected)).read(mostValues);
}

/** The value of a cell that is no plain number. */
const notPlain = Number.POSITIVE_INFINITY;

class PlainReader {
  #at: number;
  #values: Float64Array;

  constructor(
    private readonly text: string,
    expected: number,
  ) {
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    this.#values = new Float64Array(expected);
  }

  read(mostValues: number): PlainRows | undefined {
    const { text } = this;
    let count = 0;
    let width = 0;
    while (this.#skipEmptyLines() < text.length) {
      const start = count;
      let given = false;
      for (;;) {
        const value = this.#cell();
        if (value === notPlain || count === mostValues) return undefined;
        if (count === this.#values.length) this.#grow();
        this.#values[count++] = value;
        given ||= !Number.isNaN(value);
        if (text.charCodeAt(this.#at) !== comma) break;
        this.#at++;
      }
      width ||= count - start;
      if (!given || count - start !== width) return undefined;
    }
    return count === 0 ? undefined : { values: this.#values.subarray(0, count), width };
  }

  #grow(): void {
    const larger = new Float64Array(this.#values.length * 2);
    larger.set(this.#values);
    this.#values = larger;
  }

  /** Moves to the first line that holds something. */
  #skipEmptyLines(): number {
    const { text } = this;
    let lineStart = this.#at;
    for (let at = this.#at; ; at++) {
      const code = text.charCodeAt(at);
      if (code === lineFeed || code === carriageReturn) lineStart = at + 1;
      else if (code !== space && code !== tab) {
        this.#at = at >= text.length ? at : lineStart;
        return this.#at;
      }
    }
  }

  #skipBlanks(): void {
    for (let code = this.text.charCodeAt(this.#at); code === space || code === tab; ) {
      code = this.text.charCodeAt(++this.#at);
    }
  }

  /** Reads up to the comma, line end or end of the text; NaN when there is nothing. */
  #cell(): number {
    this.#skipBlanks();
    const value = this.#endsHere() ? Number.NaN : this.#number();
    this.#skipBlanks();
    return this.#endsHere() ? value : notPlain;
  }

  #endsHere(): boolean {
    const code = this.text.charCodeAt(this.#at);
    return code === comma || code === lineFeed || code === carriageReturn || this.#at >= this.text.length;
  }

  /** A decimal number, correctly rounded: up to 15 digits and powers of ten that doubles hold give one rounding (Clinger 1990). */
  #number(): number {
    const { text } = this;
    const start = this.#at;
    let code = text.charCodeAt(start);
    const negative = code === minus;
    if (negative || code === plus) code = text.charCodeAt(++this.#at);
    let mantissa = 0;
    let digits = 0;
    let power = 0;
    for (; code >= zero && code <= nine; code = text.charCodeAt(++this.#at)) {
      mantissa = mantissa * 10 + (code - zero);
      digits++;
    }
    if (code === dot) {
      code = text.charCodeAt(++this.#at);
      for (; code >= zero && code <= nine; code = text.charCodeAt(++this.#at)) {
        mantissa = mantissa * 10 + (code - zero);
        digits++;
        power--;
      }
    }
    if (digits === 0) return notPlain;
    if ((code | 0x20) === 0x65) {
      const exponent = this.#exponent();
      if (exponent === undefined) return notPlain;
      power += exponent;
    }
    if (digits > exactDigits || power > exactPower || power < -exactPower) return Number(text.slice(start, this.#at));
    const size = power < 0 ? mantissa / (powersOfTen[-power] as number) : mantissa * (powersOfTen[power] as number);
    return negative ? -size : size;
  }

  /** What follows an `e`. */
  #exponent(): number | undefined {
    const { text } = this;
    let code = text.charCodeAt(++this.#at);
    const negative = code === minus;
    if (negative || code === plus) code = text.charCodeAt(++this.#at);
    let exponent = 0;
    const start = this.#at;
    for (; code >= zero && code <= nine; code = text.charCodeAt(++this.#at)) {
      exponent = Math.min(exponent * 10 + (code - zero), 10_000);
    }
    if (this.#at === start) return undefined;
    return negative ? -exponent : exponent;
  }
}
