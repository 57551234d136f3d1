import type { Column, FeatureDefinition, FeatureType, Role } from '../contract/index.js';
import { storeError } from '../errors.js';

/** A column as it comes from a file: numbers, texts or both; missing is null, NaN or the empty text. */
export type RawColumn = Float64Array | readonly (string | number | null)[];

/** What cannot be seen in the values. */
export interface DetectionOptions {
  /** Name of the column with the record id; it becomes text whatever it looks like. */
  readonly recordIdentifier: string;
  /** Name of the column with the event time: ISO 8601 texts, or numbers in milliseconds since 1970 UTC. */
  readonly eventTime: string;
  /** Types that are known; needed for a column without any value. */
  readonly types?: Readonly<Record<string, FeatureType>>;
  /** Type of a column of texts without any value; default: such a column is an error. */
  readonly emptyTextIs?: FeatureType;
  /** Roles; default: `feature` for numbers, `metadata` for texts and timestamps. */
  readonly roles?: Readonly<Record<string, Role>>;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** A code, not a number: it would lose its zeros. */
const leadingZero = /^[+-]?0\d/;
/** A date, or a date and time with its zone; without a zone it would mean something else on every machine. */
const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Definitions for a table whose columns are numbers and texts. Texts count as numbers when all are plain decimals without leading zeros,
 * as timestamps when all are ISO 8601 dates or times with a zone; numbers are integers when all are whole and below 2^53.
 * @returns one definition for each column, in the order of the map; unit `1` (timestamps `ms`), no description
 * @throws StoreError STORE_UNDETECTED_TYPE naming the column
 */
export function detectDefinitions(
  columns: ReadonlyMap<string, RawColumn>,
  options: DetectionOptions,
): FeatureDefinition[] {
  const detection = new Detection(options);
  detection.add(columns);
  return detection.definitions();
}

/** What `detectDefinitions` does, for a table that comes in pieces. */
export class Detection {
  readonly #seen = new Map<string, SeenValues>();

  constructor(private readonly options: DetectionOptions) {}

  /**
   * Looks at the next rows.
   * @param columns the same ones in every piece
   * @throws StoreError STORE_UNDETECTED_TYPE naming a column that is not there
   */
  add(columns: ReadonlyMap<string, RawColumn>): void {
    const { recordIdentifier, eventTime, types, roles } = this.options;
    for (const name of [recordIdentifier, eventTime, ...Object.keys({ ...types, ...roles })]) {
      if (!columns.has(name)) throw storeError('STORE_UNDETECTED_TYPE', name, 'there is no such column');
    }
    for (const [name, column] of columns) {
      const before = this.#seen.get(name) ?? { values: 0, numbers: true, integers: true, times: true, isText: false };
      this.#seen.set(name, knownType(name, this.options) === undefined ? seenValues(column, before) : before);
    }
  }

  /**
   * One definition for each column.
   * @throws StoreError STORE_UNDETECTED_TYPE naming the column
   */
  definitions(): FeatureDefinition[] {
    return [...this.#seen].map(([name, seen]) => {
      const type = knownType(name, this.options) ?? typeOfSeen(name, seen, this.options.emptyTextIs);
      const role = this.options.roles?.[name] ?? defaultRole(name, type, this.options);
      return { name, type, unit: type === 'timestamp' ? 'ms' : '1', description: '', role };
    });
  }
}

/** What the values of a column have been so far. */
interface SeenValues {
  readonly values: number;
  readonly numbers: boolean;
  readonly integers: boolean;
  readonly times: boolean;
  readonly isText: boolean;
}

function knownType(name: string, options: DetectionOptions): FeatureType | undefined {
  if (name === options.recordIdentifier) return 'string';
  if (name === options.eventTime) return 'timestamp';
  return options.types?.[name];
}

function defaultRole(name: string, type: FeatureType, options: DetectionOptions): Role {
  if (name === options.recordIdentifier) return 'identifier';
  return type === 'double' || type === 'integer' ? 'feature' : 'metadata';
}

function seenValues(column: RawColumn, before: SeenValues): SeenValues {
  let { values, numbers, integers, times } = before;
  for (const value of column) {
    if (isMissing(value)) continue;
    values++;
    const isNumber = typeof value === 'number' || (decimal.test(value) && !leadingZero.test(value));
    const whole =
      isNumber && Number.isSafeInteger(Number(value)) && !(typeof value === 'string' && /[.eE]/.test(value));
    // a whole number in text that float64 cannot hold stays text: rounding it would change it
    numbers &&= isNumber && (typeof value === 'number' || whole || /[.eE]/.test(value));
    integers &&= whole;
    times &&= typeof value === 'string' && timeOf(value) !== undefined;
  }
  return { values, numbers, integers, times, isText: !(column instanceof Float64Array) };
}

function typeOfSeen(name: string, seen: SeenValues, emptyTextIs: FeatureType | undefined): FeatureType {
  if (seen.values === 0) {
    if (!seen.isText) return 'double';
    if (emptyTextIs !== undefined) return emptyTextIs;
    throw storeError('STORE_UNDETECTED_TYPE', name, 'it has no value; give its type');
  }
  if (seen.numbers) return seen.integers ? 'integer' : 'double';
  return seen.times ? 'timestamp' : 'string';
}

function isMissing(value: string | number | null): value is null {
  return value === null || value === '' || Number.isNaN(value);
}

function timeOf(text: string): number | undefined {
  if (!isoTime.test(text)) return undefined;
  const ms = Date.parse(text.replace(' ', 'T'));
  // Date.parse takes 31 February for 3 March
  const real =
    !Number.isNaN(ms) && new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
  return real ? ms : undefined;
}

/** Hears of a cell that is not of its column's type; the cell then counts as missing. Rows are counted from 0. */
export type OnBadCell = (row: number, reason: string) => void;

/**
 * Columns in the types of their definitions, ready for a `FeatureTable`.
 * @param onBadCell takes the place of the error
 * @throws StoreError STORE_UNDETECTED_TYPE naming column, row (from 1) and value that is not of the type
 */
export function columnsOf(
  definitions: readonly FeatureDefinition[],
  columns: ReadonlyMap<string, RawColumn>,
  onBadCell?: OnBadCell,
): Map<string, Column> {
  return new Map(
    definitions.map(({ name, type }) => {
      const raw = columns.get(name);
      if (raw === undefined) throw storeError('STORE_UNDETECTED_TYPE', name, 'there is no such column');
      return [name, columnOf(name, type, raw, onBadCell)] as const;
    }),
  );
}

function columnOf(name: string, type: FeatureType, raw: RawColumn, onBadCell: OnBadCell | undefined): Column {
  if (type === 'string') {
    return { type, values: Array.from(raw, (value) => (isMissing(value) ? null : String(value))) };
  }
  let row = 0;
  const values = Float64Array.from(raw as readonly (string | number | null)[], (value) => {
    row++;
    if (isMissing(value)) return Number.NaN;
    if (typeof value === 'number') return value;
    const number = type === 'timestamp' ? timeOf(value) : decimal.test(value) ? Number(value) : undefined;
    if (number !== undefined) return number;
    const what = `is ${JSON.stringify(value)}, expected type ${type}`;
    if (onBadCell === undefined) throw storeError('STORE_UNDETECTED_TYPE', name, `row ${row} ${what}`);
    onBadCell(row - 1, `"${name}" ${what}`);
    return Number.NaN;
  });
  return { type, values };
}
