import { predictErrors } from '../predict/index.js';
import { decimal, missing } from '../rows/csv-rows.js';
import { exactDigits, moreDigits, scaledDecimal } from './decimal.js';
import { type InputPlan, identifies } from './input-plan.js';
import type { RowTrouble } from './row-block.js';

const [quote, comma, lineFeed, carriageReturn, space, tab] = [0x22, 0x2c, 0x0a, 0x0d, 0x20, 0x09];
const [plus, minus, dot, zero] = [0x2b, 0x2d, 0x2e, 0x30];

/** A row longer than this is no row: a quote that is never closed, or no text at all. */
export const longestRow = 16 * 1024 * 1024;

/** What `CsvRowReader.next` found. */
export type RowKind = 'row' | 'blank' | 'bad' | 'more' | 'endless';

/**
 * Reads rows of comma-separated text straight from bytes into numbers, as `csvRows` reads a text: same numbers, same missing cells, same reasons. A
 * row that cannot be used does not end the reading; one whose quotes or cells are in disorder is condemned up to the end of its first
 * line, so that a quote that was never closed does not swallow the rows behind it.
 */
export class CsvRowReader {
  /** Where it stands; behind the row once one was read. */
  at = 0;
  /** Lines before `at`. */
  line = 0;
  /** Of the last row. */
  id: string | null = null;
  trouble: RowTrouble | undefined;
  #bytes: Buffer = Buffer.alloc(1);
  #end = 0;
  #final = false;
  /** The cell that is read runs up to the end of the bytes, and more may come. */
  #cut = false;
  #given = 0;
  readonly #targets: Int32Array;

  constructor(private readonly plan: InputPlan) {
    this.#targets = plan.targets;
  }

  /**
   * Goes on with other bytes, from their beginning.
   * @param bytes of which `end` are there, and one more that is no digit
   * @param final no more will come
   */
  feed(bytes: Buffer, end: number, final: boolean): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#final = final;
    this.at = 0;
  }

  /** Reads the next row into `rows`, from `base` on. `more`: it is not whole yet, and will be read again from its beginning. */
  next(rows: Float64Array, base: number): RowKind {
    const start = this.at;
    const lines = this.line;
    this.#cut = false;
    this.#given = 0;
    this.trouble = undefined;
    this.id = null;
    const cells = this.#cells(rows, base);
    if (this.#cut) {
      const endless = this.#end - start > longestRow;
      if (endless && this.line > lines) return this.#condemn(start, lines, neverClosed());
      this.at = start;
      this.line = lines;
      return endless ? 'endless' : 'more';
    }
    if (cells === 0) return this.#condemn(start, lines, this.trouble ?? neverClosed());
    const blank = cells === 1 && this.#isBlank(start);
    const expected = this.#targets.length;
    if (!blank && cells !== expected) {
      const reason = predictErrors.PREDICT_COLUMN_COUNT(cells, expected);
      const wrong = { code: 'PREDICT_COLUMN_COUNT', reason };
      // Quotes that are in order by chance: one of a row behind closed the one of this row.
      if (this.line > lines) return this.#condemn(start, lines, neverClosed());
      this.trouble = wrong;
    }
    this.#takeLineEnd();
    if (blank) return 'blank';
    if (this.trouble === undefined && this.#given === 0) {
      this.trouble = { code: 'PREDICT_EMPTY_RECORD', reason: predictErrors.PREDICT_EMPTY_RECORD() };
    }
    return this.trouble === undefined ? 'row' : 'bad';
  }

  /** Reads cells up to the end of the row. @returns how many; 0 when its quotes are in disorder */
  #cells(rows: Float64Array, base: number): number {
    const targets = this.#targets;
    let cell = 0;
    for (;;) {
      if (!this.#cell(cell, cell < targets.length ? (targets[cell] as number) : undefined, rows, base)) return 0;
      cell++;
      if (this.#cut || this.at >= this.#end || this.#bytes[this.at] !== comma) return cell;
      this.at++;
    }
  }

  #cell(cell: number, target: number | undefined, rows: Float64Array, base: number): boolean {
    this.#skipBlanks();
    if (this.#bytes[this.at] === quote) return this.#quotedCell(cell, target, rows, base);
    if (target !== undefined && target >= 0) return this.#numberCell(cell, target, rows, base);
    return this.#textCell(target);
  }

  #numberCell(cell: number, target: number, rows: Float64Array, base: number): boolean {
    const start = this.at;
    const value = this.#number();
    this.#skipBlanks();
    if (!Number.isNaN(value) && this.#endsHere()) {
      rows[base + target] = value;
      this.#given++;
      return true;
    }
    if (!this.#toCellEnd(start)) return false;
    this.#place(this.#text(start, this.at).trim(), cell, target, rows, base);
    return true;
  }

  #textCell(target: number | undefined): boolean {
    const start = this.at;
    if (!this.#toCellEnd(start)) return false;
    if (target === identifies) this.id = orNull(this.#text(start, this.at).trim());
    return true;
  }

  /** Reads a quoted cell up to what follows it. @returns false when it is never closed, or text follows it */
  #quotedCell(cell: number, target: number | undefined, rows: Float64Array, base: number): boolean {
    const open = this.at;
    const close = this.#closingQuote(open);
    if (close === undefined) return true;
    if (close < 0) return false;
    this.at = close + 1;
    this.#skipBlanks();
    if (!this.#endsHere()) return this.#disorder('text follows a closing quote');
    const text = this.#text(open + 1, close).replaceAll('""', '"');
    this.line += countLines(text);
    if (target === identifies) this.id = orNull(text);
    else if (target !== undefined && target >= 0) this.#place(text, cell, target, rows, base);
    return true;
  }

  /** Undefined: not there yet; -1: not to be expected. */
  #closingQuote(open: number): number | undefined {
    const bytes = this.#bytes;
    let at = bytes.indexOf(quote, open + 1);
    while (at >= 0 && at + 1 < this.#end && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
    // The quote that ends the bytes may be the first of two.
    if (at >= 0 && at < this.#end && (at + 1 < this.#end || this.#final)) return at;
    if (this.#final || this.#end - open > longestRow) return -1;
    this.#cut = true;
    return undefined;
  }

  #place(text: string, cell: number, target: number, rows: Float64Array, base: number): void {
    if (decimal.test(text)) {
      rows[base + target] = Number(text);
      this.#given++;
    } else if (!missing.has(text.toUpperCase())) {
      const reason = predictErrors.PREDICT_NOT_A_NUMBER(`text (${text.length} characters)`);
      this.trouble ??= { code: 'PREDICT_NOT_A_NUMBER', reason, column: this.plan.header[cell] as string };
    }
  }

  /** Moves to the comma or line end behind an unquoted cell. */
  #toCellEnd(start: number): boolean {
    const bytes = this.#bytes;
    let at = start;
    for (; at < this.#end; at++) {
      const code = bytes[at];
      if (code === comma || code === lineFeed || code === carriageReturn) break;
      if (code === quote) {
        this.at = at;
        return this.#disorder('a quote stands in the middle of a cell');
      }
    }
    this.at = at;
    this.#endsHere();
    return true;
  }

  /** A plain decimal number; NaN when there is none, or it has to be read another way. */
  #number(): number {
    const sign = this.#bytes[this.at];
    if (sign !== minus && sign !== plus) return this.#size();
    this.at++;
    return sign === minus ? -this.#size() : this.#size();
  }

  #size(): number {
    const bytes = this.#bytes;
    const first = this.at;
    let at = first;
    let code = bytes[at] as number;
    let high = 0;
    let digits = 0;
    let low = 0;
    let lowDigits = 0;
    let power = 0;
    let points = 0;
    for (;;) {
      const digit = code - zero;
      if (digit >= 0 && digit <= 9) {
        if (digits < exactDigits) {
          high = high * 10 + digit;
          if (high !== 0) digits++;
        } else {
          low = low * 10 + digit;
          lowDigits++;
        }
        power -= points;
      } else if (code === dot && points === 0) points = 1;
      else break;
      code = bytes[++at] as number;
    }
    this.at = at;
    if (at - first === points || lowDigits > moreDigits) return Number.NaN;
    return scaledDecimal(high, low, lowDigits, (code | 0x20) === 0x65 ? power + this.#exponent() : power);
  }

  /** What follows an `e`; NaN when that is no whole number of at most four digits. */
  #exponent(): number {
    const bytes = this.#bytes;
    let at = this.at + 1;
    const sign = bytes[at];
    if (sign === minus || sign === plus) at++;
    const first = at;
    let exponent = 0;
    for (let digit = (bytes[at] as number) - zero; digit >= 0 && digit <= 9; digit = (bytes[++at] as number) - zero) {
      exponent = exponent * 10 + digit;
    }
    this.at = at;
    if (at === first || at - first > 4) return Number.NaN;
    return sign === minus ? -exponent : exponent;
  }

  #skipBlanks(): void {
    const bytes = this.#bytes;
    while (this.at < this.#end && (bytes[this.at] === space || bytes[this.at] === tab)) this.at++;
  }

  /** Whether a cell ends here; notes when that cannot be said yet. */
  #endsHere(): boolean {
    const { at } = this;
    if (at < this.#end) {
      const code = this.#bytes[at];
      if (code === comma || code === lineFeed) return true;
      if (code !== carriageReturn) return false;
      // Whether a line feed follows belongs to the line end.
      if (at + 1 === this.#end && !this.#final) this.#cut = true;
      return true;
    }
    if (!this.#final) this.#cut = true;
    return true;
  }

  #isBlank(start: number): boolean {
    for (let i = start; i < this.at; i++) if (this.#bytes[i] !== space && this.#bytes[i] !== tab) return false;
    return true;
  }

  #takeLineEnd(): void {
    if (this.at >= this.#end) return;
    const pair = this.#bytes[this.at] === carriageReturn && this.#bytes[this.at + 1] === lineFeed;
    this.at += pair && this.at + 1 < this.#end ? 2 : 1;
    this.line++;
  }

  #text(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end);
  }

  #disorder(what: string): false {
    this.trouble = { code: 'SERVING_BAD_CSV', reason: what };
    return false;
  }

  /** Refuses the first line of a row, whatever its quotes say about where it ends. */
  #condemn(start: number, lines: number, trouble: RowTrouble): RowKind {
    const bytes = this.#bytes;
    let at = start;
    while (at < this.#end && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++;
    this.at = at;
    this.line = lines;
    this.id = null;
    this.#cut = false;
    this.#endsHere();
    if (this.#cut) {
      this.at = start;
      return this.#end - start > longestRow ? 'endless' : 'more';
    }
    this.#takeLineEnd();
    this.trouble = trouble;
    return 'bad';
  }
}

function neverClosed(): RowTrouble {
  return { code: 'SERVING_BAD_CSV', reason: 'a quoted cell is never closed' };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

function countLines(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
