import { ServingError, servingErrors } from '../errors.js';
import { csvCells } from '../rows/csv-cells.js';
import type { InputNames } from '../rows/input-names.js';
import { CsvRowReader, longestRow } from './csv-row-reader.js';
import { type ColumnChoice, type InputPlan, inputPlan } from './input-plan.js';
import { type Position, RowBlock } from './row-block.js';
import type { RowSource } from './row-source.js';
import { assertNoUtf16, byteOrderMark, type TextInput, Window } from './text-input.js';

/**
 * Rows of comma-separated text with a header.
 * @throws ServingError SERVING_BATCH_INPUT, SERVING_BATCH_COLUMNS; PredictError PREDICT_DUPLICATE_COLUMN
 */
export async function csvSource(
  input: TextInput,
  name: string,
  names: InputNames,
  choice: ColumnChoice,
): Promise<RowSource> {
  const { cells, start } = await readHeader(input, name);
  const plan = inputPlan(name, cells, names, choice);
  return { plan, start, blocks: (from) => blocksOf(input, name, plan, from), close: async () => undefined };
}

async function* blocksOf(input: TextInput, name: string, plan: InputPlan, from: Position): AsyncGenerator<RowBlock> {
  const block = new RowBlock(plan.list.names.length);
  const rows = new RowFiller(name, plan, from, block);
  for await (const chunk of input.chunks(from.at)) {
    rows.feed(chunk, false);
    while (rows.fill()) {
      block.share = input.share();
      yield block;
      block.clear();
    }
  }
  rows.feed(Buffer.alloc(0), true);
  while (rows.fill()) {
    yield block;
    block.clear();
  }
  block.share = 1;
  if (block.count + block.bad.length > 0) yield block;
}

/** Puts rows into a block, from pieces of the text. */
class RowFiller {
  readonly #window = new Window();
  readonly #reader: CsvRowReader;
  #row: number;
  /** Bytes before the window. */
  #before: number;

  constructor(
    private readonly name: string,
    plan: InputPlan,
    from: Position,
    private readonly block: RowBlock,
  ) {
    this.#reader = new CsvRowReader(plan);
    this.#reader.line = from.line;
    this.#row = from.row;
    this.#before = from.at;
  }

  feed(chunk: Buffer, final: boolean): void {
    this.#before += this.#reader.at;
    this.#window.add(this.#reader.at, chunk);
    this.#reader.feed(this.#window.bytes, this.#window.end, final);
  }

  /** Goes on until the block is full. @returns false when the bytes came to their end before that */
  fill(): boolean {
    const reader = this.#reader;
    while (!this.block.full) {
      if (reader.at >= this.#window.end || !this.#take()) return false;
      this.block.end = { at: this.#before + reader.at, row: this.#row, line: reader.line };
    }
    return true;
  }

  /** @returns false when the next row is not whole yet */
  #take(): boolean {
    const reader = this.#reader;
    const line = reader.line + 1;
    const kind = reader.next(this.block.rows, this.block.start());
    if (kind === 'more') return false;
    if (kind === 'endless') throw tooLong(this.name, line);
    if (kind === 'blank') return true;
    this.#row++;
    if (kind === 'row') this.block.keep(this.#row, line, reader.id);
    else if (reader.trouble !== undefined) this.block.refuse(this.#row, line, reader.trouble);
    return true;
  }
}

function tooLong(name: string, line: number): ServingError {
  const what = `line ${line} is longer than ${longestRow / 1024 / 1024} MB, which no row of a table is`;
  return new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(name, what));
}

/** The first line that holds something, as names of columns, and the place behind it. */
async function readHeader(input: TextInput, name: string): Promise<{ cells: readonly string[]; start: Position }> {
  const window = new Window();
  const found = (final: boolean) => headerIn(window.bytes.subarray(0, window.end), name, final);
  for await (const chunk of input.chunks(0)) {
    window.add(0, chunk);
    const header = found(false);
    if (header !== undefined) return header;
    if (window.end > longestRow) throw tooLong(name, 1);
  }
  const header = found(true);
  if (header !== undefined) return header;
  throw new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(name, 'it is empty'));
}

function headerIn(
  bytes: Buffer,
  name: string,
  final: boolean,
): { cells: readonly string[]; start: Position } | undefined {
  assertNoUtf16(bytes, name);
  let line = 0;
  let at = byteOrderMark(bytes);
  while (at < bytes.length) {
    const end = lineEnd(bytes, at);
    // A carriage return at the end may be the first half of a line end.
    if (end.next >= bytes.length && !final) return undefined;
    line += end.lines;
    const text = bytes.toString('utf8', at, end.at);
    at = end.next;
    const cells = text.trim() === '' ? undefined : csvCells(text)[0];
    if (cells !== undefined) return { cells, start: { at, row: 0, line } };
  }
  return undefined;
}

/** The end of a row whose quotes are sound. */
function lineEnd(bytes: Buffer, from: number): { readonly at: number; readonly next: number; readonly lines: number } {
  let inside = false;
  let lines = 1;
  for (let at = from; at < bytes.length; at++) {
    const code = bytes[at];
    if (code === 0x22) inside = !inside;
    else if (code === 0x0a || code === 0x0d) {
      const pair = code === 0x0d && bytes[at + 1] === 0x0a;
      if (!inside) return { at, next: at + (pair ? 2 : 1), lines };
      lines++;
      if (pair) at++;
    }
  }
  return { at: bytes.length, next: bytes.length, lines };
}
