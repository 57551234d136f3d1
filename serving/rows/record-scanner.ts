import { behindEnd, byteAt, DecimalReader, notDecimal } from './decimal-reader.js';
import type { NameList } from './input-names.js';
import type { NameBytes } from './name-bytes.js';

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const letterN = 0x6e;
const openObject = 0x7b;
const closeObject = 0x7d;

const instances = Buffer.from('"instances"');
const nul = Buffer.from('null');

/**
 * The common case of JSON records, read in one pass without making an object or a string of anything: `{"<name>": number or null, …}`, a list of such, or
 * `{"instances": [such, …]}`.
 * @param text UTF-8, without a byte order mark
 * @param list of the raw columns; every name of a record is one of them
 * @param mostValues how many are read at most
 * @returns row-major, shape (n x names), NaN = missing; undefined when the text is anything else (other names or values, a name twice, escapes, a record of nothing, no JSON),
 *   whatever its trouble may be
 */
export function plainRecords(text: Buffer, list: NameList, mostValues: number): Float64Array | undefined {
  // Such a column makes a record of what is a list of records otherwise.
  if (list.at.has('instances')) return undefined;
  return new RecordScanner(text, list).document(mostValues);
}

class RecordScanner {
  readonly #decimal = new DecimalReader();
  readonly #view: DataView;
  #at = 0;
  #rows: Float64Array;

  constructor(
    private readonly text: Buffer,
    private readonly list: NameList,
  ) {
    this.#view = new DataView(text.buffer, text.byteOffset, text.byteLength);
    this.#rows = new Float64Array(list.names.length).fill(Number.NaN);
  }

  document(mostValues: number): Float64Array | undefined {
    const listed = this.#opensInstances();
    const code = this.#next();
    const n = listed || code === openList ? this.#records(mostValues) : code === openObject && this.#record(0) ? 1 : 0;
    if (listed && !this.#passes(closeObject)) return undefined;
    return n === 0 || this.#next() !== behindEnd ? undefined : this.#rows.subarray(0, n * this.list.names.length);
  }

  /** Moves behind `{"instances":` where the document begins so. */
  #opensInstances(): boolean {
    if (this.#passes(openObject) && this.#next() === quote && this.#stands(instances)) {
      this.#at += instances.length;
      if (this.#passes(colon)) return true;
    }
    this.#at = 0;
    return false;
  }

  /** A list of records. @returns how many; 0 when it is none */
  #records(mostValues: number): number {
    const width = this.list.names.length;
    if (!this.#passes(openList)) return 0;
    for (let n = 0; this.#room((n + 1) * width, mostValues); ) {
      if (this.#next() !== openObject || !this.#record(n * width)) return 0;
      n++;
      if (this.#passes(closeList)) return n;
      if (!this.#passes(comma)) return 0;
    }
    return 0;
  }

  #room(values: number, mostValues: number): boolean {
    if (values > mostValues) return false;
    if (values <= this.#rows.length) return true;
    const larger = new Float64Array(values * 2).fill(Number.NaN, this.#rows.length);
    larger.set(this.#rows);
    this.#rows = larger;
    return true;
  }

  /** The object that opens here, into the row that begins at `start`. @returns whether it is one, with a number in it */
  #record(start: number): boolean {
    let column = -1;
    let given = false;
    do {
      this.#at++;
      column = this.#next() === quote ? this.#name(column + 1) : -1;
      if (column < 0 || !this.#passes(colon)) return false;
      const value = this.#value();
      const place = start + column;
      if (value === notDecimal || !Number.isNaN(this.#rows[place])) return false;
      this.#rows[place] = value;
      given ||= !Number.isNaN(value);
    } while (this.#next() === comma);
    return given && this.#passes(closeObject);
  }

  /**
   * A name in quotes; the one that is expected, as records mostly have the order of the model, is compared in place.
   * @returns the column; -1 when it is none
   */
  #name(expected: number): number {
    const { text, list } = this;
    const from = this.#at + 1;
    const behind = standsAt(this.#view, from, list.inJson, expected);
    if (behind > 0) {
      this.#at = behind;
      return expected;
    }
    const to = text.indexOf(quote, from);
    if (to < 0) return -1;
    this.#at = to + 1;
    const column = list.at.get(text.toString('utf8', from, to)) ?? -1;
    return list.inJson.plain[column] === true ? column : -1;
  }

  /** A number, or NaN for null. */
  #value(): number {
    const byte = this.#next();
    if (byte !== letterN) return this.#number(byte);
    if (!this.#stands(nul)) return notDecimal;
    this.#at += nul.length;
    return Number.NaN;
  }

  /** A number as JSON has it: no plus, no zeros in front, digits on both sides of a dot. */
  #number(first: number): number {
    const { text } = this;
    const decimal = this.#decimal;
    const start = first === minus ? this.#at + 1 : this.#at;
    if (!isDigit(byteAt(text, start))) return notDecimal;
    if (text[start] === zero && isDigit(byteAt(text, start + 1))) return notDecimal;
    const value = decimal.read(text, this.#at);
    const { end, exponentAt } = decimal;
    this.#at = end;
    const whole = isDigit(text[end - 1] as number) && (exponentAt === 0 || isDigit(text[exponentAt - 1] as number));
    return whole ? value : notDecimal;
  }

  /** Moves to the next byte that is no white space. @returns that byte */
  #next(): number {
    const { text } = this;
    let at = this.#at;
    let byte = byteAt(text, at);
    while (byte === space || byte === lineFeed || byte === carriageReturn || byte === tab) byte = byteAt(text, ++at);
    this.#at = at;
    return byte;
  }

  /** Moves behind a byte, and the white space before it, where it comes next. */
  #passes(byte: number): boolean {
    if (this.#next() !== byte) return false;
    this.#at++;
    return true;
  }

  /** Whether these bytes come now. */
  #stands(word: Uint8Array): boolean {
    for (let i = 0; i < word.length; i++) if (byteAt(this.text, this.#at + i) !== word[i]) return false;
    return true;
  }
}

/** @returns the place behind a name and the quote that ends it, where they stand at `start`; else 0 */
function standsAt(text: DataView, start: number, { bytes, from, plain }: NameBytes, column: number): number {
  if (plain[column] !== true) return 0;
  let i = from[column] as number;
  const end = from[column + 1] as number;
  const behind = start + end - i;
  if (behind >= text.byteLength) return 0;
  let at = start;
  // Four bytes at a time, then what is left.
  for (; i + 4 <= end; i += 4, at += 4) if (text.getInt32(at) !== bytes.getInt32(i)) return 0;
  for (; i < end; i++, at++) if (text.getUint8(at) !== bytes.getUint8(i)) return 0;
  return text.getUint8(behind) === quote ? behind + 1 : 0;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}
