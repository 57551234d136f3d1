import { setImmediate } from 'node:timers/promises';
import { servingError } from '../errors.js';
import type { HeaderChoice } from '../rows/csv-rows.js';
import type { InputKind, InputNames, InputRows } from '../rows/input-names.js';
import { type RowsFormat, readInputRows } from '../rows/read-rows.js';
import { bytesOf, type RowsText } from '../rows/rows-text.js';
import type { Slices } from './slices.js';

/** What is read before other requests have their turn: some milliseconds. */
const defaultSliceBytes = 64 * 1024;
const newline = 0x0a;
const quote = 0x22;

/** How the rows of a body are to be read; the arguments of `readInputRows`. */
export interface RowsReading {
  readonly body: RowsText;
  readonly format: RowsFormat;
  readonly names: InputNames;
  readonly header: HeaderChoice;
  readonly mostValues: number;
}

/**
 * As `readInputRows`, with other requests in between where rows stand on lines: CSV without quotes, and JSON lines. Anything that is not sound that way is read
 * again in one step, so that rows and errors are always those of `readInputRows`.
 * @throws ServingError SERVING_JOB_NOT_FOUND when it was given up; what `readInputRows` throws
 */
export async function readInSlices(
  reading: RowsReading,
  slices: Pick<Slices, 'abandoned'>,
  sliceBytes = defaultSliceBytes,
): Promise<InputRows> {
  const { body, format, names, header, mostValues } = reading;
  const bytes = bytesOf(body);
  const byLines = format === 'jsonl' || (format === 'csv' && !bytes.includes(quote));
  const found = byLines && bytes.length > sliceBytes ? await read(reading, bytes, slices, sliceBytes) : undefined;
  return found ?? readInputRows(body, format, names, header, mostValues);
}

async function read(
  reading: RowsReading,
  bytes: Buffer,
  slices: Pick<Slices, 'abandoned'>,
  sliceBytes: number,
): Promise<InputRows | undefined> {
  const { format, names, mostValues } = reading;
  const header = format === 'csv' ? headerOf(reading, bytes) : { head: Buffer.alloc(0), choice: 'auto' as const };
  if (header === undefined) return undefined;
  const parts: Float64Array[] = [];
  let kind: InputKind | undefined;
  let values = 0;
  for (let from = header.head.length; from < bytes.length; ) {
    await setImmediate();
    if (slices.abandoned) throw servingError('SERVING_JOB_NOT_FOUND');
    const end = endOfLine(bytes, from + sliceBytes);
    const lines = bytes.subarray(from, end);
    const text = header.head.length === 0 ? lines : Buffer.concat([header.head, lines]);
    const part = attempt(() => readInputRows(text, format, names, header.choice, mostValues));
    if (part === undefined || (kind !== undefined && part.kind !== kind)) return undefined;
    kind = part.kind;
    values += part.rows.length;
    if (values > mostValues) return undefined;
    parts.push(part.rows);
    from = end;
  }
  return kind === undefined ? undefined : { kind, rows: joined(parts, values) };
}

/** The header's line, empty when there is none, with what is to be said of each slice. @returns undefined when it cannot be told */
function headerOf({ header, names }: RowsReading, bytes: Buffer) {
  const none = { head: Buffer.alloc(0), choice: 'absent' as const };
  if (header === 'absent') return none;
  const first = endOfLine(bytes, 0);
  const named = { head: bytes.subarray(0, first), choice: 'present' as const };
  if (header === 'present') return named;
  const two = bytes.subarray(0, endOfLine(bytes, first));
  const sample = attempt(() => readInputRows(two, 'csv', names, 'auto'));
  if (sample === undefined) return undefined;
  const list = sample.kind === 'features' ? names.features : names.components;
  return sample.rows.length === list.names.length ? named : none;
}

/** Behind the line that holds this place. */
function endOfLine(bytes: Buffer, at: number): number {
  const found = at >= bytes.length ? -1 : bytes.indexOf(newline, at);
  return found < 0 ? bytes.length : found + 1;
}

/** Whatever is wrong is told by the reading in one step. */
function attempt(work: () => InputRows): InputRows | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function joined(parts: readonly Float64Array[], values: number): Float64Array {
  const rows = new Float64Array(values);
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return rows;
}
