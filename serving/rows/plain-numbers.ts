import { behindEnd, byteAt, DecimalReader, notDecimal } from './decimal-reader.js';

const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;

/** Rows of numbers, all of one width. */
export interface PlainRows {
  /** Row-major, NaN = an empty cell. */
  readonly values: Float64Array;
  readonly width: number;
}

/**
 * The common case of comma-separated text, read in one pass without making a string of any cell: decimal numbers and empty cells in rows of
 * one width, each with a number in it.
 * @param text UTF-8, without a byte order mark
 * @param expected numbers in a row, a hint for the memory to take
 * @param mostValues how many are read at most
 * @returns undefined when the text is anything else (a header, quotes, NA, uneven rows, no rows), whatever its trouble may be
 */
export function plainRows(text: Buffer, expected: number, mostValues: number): PlainRows | undefined {
  return new PlainReader(text, Math.max(1, expected)).read(mostValues);
}

class PlainReader {
  readonly #decimal = new DecimalReader();
  #at = 0;
  #values: Float64Array;

  constructor(
    private readonly text: Buffer,
    expected: number,
  ) {
    this.#values = new Float64Array(expected);
  }

  read(mostValues: number): PlainRows | undefined {
    const { text } = this;
    let count = 0;
    let width = 0;
    while (this.#skipEmptyLines() < text.length) {
      const end = this.#row(count, mostValues);
      width ||= end - count;
      if (end - count !== width || end < 0) return undefined;
      count = end;
    }
    return count === 0 ? undefined : { values: this.#values.subarray(0, count), width };
  }

  /** Reads one line to `count` and the places behind it. @returns the place behind the last; -1 when it is no plain row, or one of empty cells */
  #row(count: number, mostValues: number): number {
    let to = count;
    let given = false;
    for (;;) {
      const value = this.#cell();
      if (value === notDecimal || to === mostValues) return -1;
      if (to === this.#values.length) this.#grow();
      this.#values[to++] = value;
      given ||= !Number.isNaN(value);
      if (byteAt(this.text, this.#at) !== comma) return given ? to : -1;
      this.#at++;
    }
  }

  /** Reads up to the comma, line end or end of the text; NaN when there is nothing. */
  #cell(): number {
    const value = this.#decimal.read(this.text, this.#at);
    const { end } = this.#decimal;
    if (!endsCell(byteAt(this.text, end))) return this.#spacedCell();
    const empty = end === this.#at;
    this.#at = end;
    return empty ? Number.NaN : value;
  }

  #spacedCell(): number {
    if (endsCell(this.#afterBlanks())) return Number.NaN;
    const value = this.#decimal.read(this.text, this.#at);
    this.#at = this.#decimal.end;
    return endsCell(this.#afterBlanks()) ? value : notDecimal;
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
      const byte = byteAt(text, at);
      if (byte === lineFeed || byte === carriageReturn) lineStart = at + 1;
      else if (byte !== space && byte !== tab) {
        this.#at = byte === behindEnd ? at : lineStart;
        return this.#at;
      }
    }
  }

  /** Moves to the next byte that is no blank. @returns that byte */
  #afterBlanks(): number {
    const { text } = this;
    let at = this.#at;
    let byte = byteAt(text, at);
    while (byte === space || byte === tab) byte = byteAt(text, ++at);
    this.#at = at;
    return byte;
  }
}

function endsCell(byte: number): boolean {
  return byte === comma || byte === lineFeed || byte === carriageReturn || byte === behindEnd;
}
