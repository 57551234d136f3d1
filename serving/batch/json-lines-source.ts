import { ServingError, servingErrors } from '../errors.js';
import { kindOf, predictErrors } from '../predict/index.js';
import type { InputNames } from '../rows/input-names.js';
import { parseJson } from '../rows/json-records.js';
import { longestRow } from './csv-row-reader.js';
import { type ColumnChoice, type InputPlan, identifies, inputPlan } from './input-plan.js';
import { type Position, RowBlock, type RowTrouble } from './row-block.js';
import type { RowSource } from './row-source.js';
import { assertNoUtf16, type TextInput, Window } from './text-input.js';

type Named = Readonly<Record<string, unknown>>;

/**
 * Records by name, one on each line. The first record says which columns there are, as a header does; later ones may leave any out.
 * @throws ServingError SERVING_BATCH_INPUT, SERVING_BATCH_COLUMNS
 */
export async function jsonLinesSource(
  input: TextInput,
  name: string,
  names: InputNames,
  choice: ColumnChoice,
): Promise<RowSource> {
  const { record, start } = await firstRecord(input, name);
  const optional = [choice.id, ...(choice.ignore ?? [])].filter((column) => column !== undefined);
  const header = [...new Set([...Object.keys(record), ...optional])];
  // A record may leave out what a later one has.
  const plan = { ...inputPlan(name, header, names, choice), absent: [] };
  return { plan, start, blocks: (from) => blocksOf(input, name, plan, from), close: async () => undefined };
}

async function* blocksOf(input: TextInput, name: string, plan: InputPlan, from: Position): AsyncGenerator<RowBlock> {
  const block = new RowBlock(plan.list.names.length);
  const reader = new RecordReader(plan);
  let { row } = from;
  for await (const { text, end, line } of linesOf(input, name, from)) {
    if (text.trim() !== '') {
      row++;
      const trouble = reader.read(text, block.rows, block.start());
      if (trouble === undefined) block.keep(row, line, reader.id);
      else block.refuse(row, line, trouble);
    }
    block.end = { at: end, row, line };
    if (!block.full) continue;
    block.share = input.share();
    yield block;
    block.clear();
  }
  block.share = 1;
  if (block.count + block.bad.length > 0) yield block;
}

/** Puts the numbers of a record in their places. */
class RecordReader {
  id: string | null = null;
  readonly #targets: ReadonlyMap<string, number>;

  constructor(plan: InputPlan) {
    const targets = new Map(plan.list.at);
    for (const [i, column] of plan.header.entries()) targets.set(column, plan.targets[i] as number);
    this.#targets = targets;
  }

  /** Reads a record into `rows`, from `base` on. @returns what is wrong with it */
  read(text: string, rows: Float64Array, base: number): RowTrouble | undefined {
    this.id = null;
    let record: unknown;
    try {
      record = parseJson(text);
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      return { code: error.code, reason: error.message };
    }
    if (record === null || typeof record !== 'object' || Array.isArray(record)) {
      return { code: 'PREDICT_NOT_A_RECORD', reason: predictErrors.PREDICT_NOT_A_RECORD(kindOf(record)) };
    }
    return this.#values(record as Named, rows, base);
  }

  #values(record: Named, rows: Float64Array, base: number): RowTrouble | undefined {
    let given = 0;
    for (const column in record) {
      const target = this.#targets.get(column);
      const value = record[column];
      if (target === undefined) {
        return { code: 'PREDICT_UNKNOWN_COLUMN', reason: predictErrors.PREDICT_UNKNOWN_COLUMN(), column };
      }
      if (target === identifies) this.id = typeof value === 'string' || typeof value === 'number' ? `${value}` : null;
      if (target < 0 || value === null) continue;
      if (typeof value !== 'number') {
        return { code: 'PREDICT_NOT_A_NUMBER', reason: predictErrors.PREDICT_NOT_A_NUMBER(kindOf(value)), column };
      }
      rows[base + target] = value;
      given++;
    }
    if (given > 0) return undefined;
    return { code: 'PREDICT_EMPTY_RECORD', reason: predictErrors.PREDICT_EMPTY_RECORD() };
  }
}

interface Line {
  readonly text: string;
  /** Place behind its line end. */
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

async function* linesOf(input: TextInput, name: string, from: Position): AsyncGenerator<Line> {
  const window = new Window();
  let { line, at: before } = from;
  let at = 0;
  for await (const chunk of input.chunks(from.at)) {
    if (before === 0 && window.end === 0) assertNoUtf16(chunk, name);
    before += at;
    window.add(at, chunk);
    at = 0;
    for (let end = newLine(window, at); end >= 0; end = newLine(window, at)) {
      line++;
      const text = window.bytes.toString('utf8', at, end);
      at = end + 1;
      yield { text, end: before + at, line };
    }
    if (window.end - at > longestRow) {
      const what = `line ${line + 1} is longer than ${longestRow / 1024 / 1024} MB, which no record is`;
      throw new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(name, what));
    }
  }
  if (at < window.end) {
    yield { text: window.bytes.toString('utf8', at, window.end), end: before + window.end, line: line + 1 };
  }
}

function newLine({ bytes, end }: Window, at: number): number {
  const found = bytes.indexOf(0x0a, at);
  return found < end ? found : -1;
}

/** The first line that holds something, as a record. */
async function firstRecord(input: TextInput, name: string): Promise<{ record: Named; start: Position }> {
  const wrong = (what: string, cause?: unknown) =>
    new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(name, what), { cause });
  let mark = 0;
  for await (const { text, line } of linesOf(input, name, { at: 0, row: 0, line: 0 })) {
    if (line === 1 && text.startsWith('\uFEFF')) mark = 3;
    const content = text.replace(/^\uFEFF/, '');
    if (content.trim() === '') continue;
    let record: unknown;
    try {
      record = parseJson(content);
    } catch (error) {
      throw wrong(`line ${line}, the first record, says which columns there are and is no JSON`, error);
    }
    if (record === null || typeof record !== 'object' || Array.isArray(record)) {
      throw wrong(`line ${line}, the first record, is ${kindOf(record)}; expected an object of names and numbers`);
    }
    return { record: record as Named, start: { at: mark, row: 0, line: 0 } };
  }
  throw wrong('it is empty');
}
