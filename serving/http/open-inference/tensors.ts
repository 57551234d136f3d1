import { ServingError, servingErrors } from '../../errors.js';
import type { InputNames, InputRows, NameList } from '../../rows/input-names.js';
import { checkParameters } from './parameters.js';

/** A tensor of a request, its shape checked. */
interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: readonly unknown[];
}

const mostDimensions = 2;
const decimal = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const missingText: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NAN']);

const integer = (low: number, high: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high ? value : undefined;
const float = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** Of each datatype that a column can come in: the number of an element, undefined when it is none. */
const elements: Readonly<Record<string, (value: unknown) => number | undefined>> = {
  BOOL: (value) => (value === true ? 1 : value === false ? 0 : undefined),
  UINT8: integer(0, 2 ** 8 - 1),
  UINT16: integer(0, 2 ** 16 - 1),
  UINT32: integer(0, 2 ** 32 - 1),
  UINT64: integer(0, Number.MAX_SAFE_INTEGER),
  INT8: integer(-(2 ** 7), 2 ** 7 - 1),
  INT16: integer(-(2 ** 15), 2 ** 15 - 1),
  INT32: integer(-(2 ** 31), 2 ** 31 - 1),
  INT64: integer(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  FP16: float,
  FP32: float,
  FP64: float,
  BYTES: (value) => {
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    if (missingText.has(text.toUpperCase())) return Number.NaN;
    return decimal.test(text) ? Number(text) : undefined;
  },
};

/**
 * The tensors of a request as rows: one tensor `features` (or `components`) of shape (n x columns), or one of shape (n) or (n x 1) for each column by its name, of which
 * some may be left out. null is missing; text in BYTES is read as in CSV.
 * @param mostValues of the matrix
 * @throws ServingError SERVING_BAD_TENSOR naming the tensor, SERVING_BAD_INFER for an extension that is not offered, SERVING_TOO_MANY_ROWS
 */
export function tensorRows(inputs: unknown, names: InputNames, mostValues: number): InputRows {
  if (!Array.isArray(inputs) || inputs.length === 0) throw bad('inputs', 'is no list with a tensor in it');
  const tensors = inputs.map(readTensor);
  const whole = tensors.find(({ name }) => isWhole(name, names));
  if (whole === undefined) return columnsOf(tensors, names, mostValues);
  if (tensors.length > 1) throw bad(whole.name, 'holds all columns, so that no other tensor may stand beside it');
  const list = whole.name === 'components' ? names.components : names.features;
  const [n = 0, p] = whole.shape;
  if (whole.shape.length !== 2 || p !== list.names.length || n < 1) {
    throw bad(
      whole.name,
      `has the shape [${whole.shape.join(', ')}], expected [n, ${list.names.length}] with n of 1 or more`,
    );
  }
  const rows = new Float64Array(whole.data.length);
  for (let i = 0; i < rows.length; i++) rows[i] = element(whole, i, () => list.names[i % p] as string);
  return checked({ kind: list.kind, rows }, list);
}

/** A model may have a column of that name itself; then it is the column. */
function isWhole(name: string, { features, components }: InputNames): boolean {
  if (features.at.has(name)) return false;
  return name === 'features' || (name === 'components' && components.names.length > 0);
}

function columnsOf(tensors: readonly Tensor[], { features, components }: InputNames, mostValues: number): InputRows {
  const [first] = tensors as readonly [Tensor];
  const list = !features.at.has(first.name) && components.at.has(first.name) ? components : features;
  const n = first.shape[0] ?? 0;
  const p = list.names.length;
  const most = Math.max(1, Math.floor(mostValues / p));
  if (n > most) throw new ServingError('SERVING_TOO_MANY_ROWS', servingErrors.SERVING_TOO_MANY_ROWS(n, most));
  const rows = new Float64Array(n * p).fill(Number.NaN);
  const seen = new Set<number>();
  for (const tensor of tensors) {
    const at = list.at.get(tensor.name);
    if (at === undefined) throw bad(tensor.name, `is neither a column of the model nor "${list.kind}"`);
    if (seen.has(at)) throw bad(tensor.name, 'is there twice');
    seen.add(at);
    const flat = tensor.shape.length === 1 || (tensor.shape.length === 2 && tensor.shape[1] === 1);
    if (!flat || tensor.shape[0] !== n || n < 1) {
      const shape = `[${tensor.shape.join(', ')}]`;
      throw bad(tensor.name, `has the shape ${shape}, expected [${Math.max(1, n)}], one value for each row`);
    }
    for (let r = 0; r < n; r++) rows[r * p + at] = element(tensor, r, () => tensor.name);
  }
  return checked({ kind: list.kind, rows }, list);
}

/** A row without a single value is refused here as everywhere. */
function checked(input: InputRows, { names }: NameList): InputRows {
  const p = names.length;
  for (let start = 0; start < input.rows.length; start += p) {
    if (input.rows.subarray(start, start + p).every(Number.isNaN)) {
      throw bad('inputs', `hold no value in row ${start / p + 1}`);
    }
  }
  return input;
}

function readTensor(value: unknown, i: number): Tensor {
  const where = `inputs[${i}]`;
  if (value === null || typeof value !== 'object') throw bad(where, 'is no object');
  const { name, shape, datatype, data, parameters } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '') throw bad(where, 'has no name');
  if (typeof datatype !== 'string' || !Object.hasOwn(elements, datatype)) {
    throw bad(where, `has no datatype of ${Object.keys(elements).join(', ')}`);
  }
  checkParameters(parameters, 'input', `"parameters" of ${where}`);
  const sizes = Array.isArray(shape) ? (shape as readonly unknown[]) : [];
  if (
    sizes.length < 1 ||
    sizes.length > mostDimensions ||
    !sizes.every((size) => integer(0, 1e9)(size) !== undefined)
  ) {
    throw bad(where, `has no shape of 1 or ${mostDimensions} whole numbers`);
  }
  const dimensions = sizes as readonly number[];
  return { name, datatype, shape: dimensions, data: flatData(data, dimensions, where) };
}

/** Data may be nested as the shape says, or be one list. */
function flatData(data: unknown, shape: readonly number[], where: string): readonly unknown[] {
  const [n = 0, p] = shape;
  const count = n * (p ?? 1);
  const flat = p === undefined || !Array.isArray(data) || !data.some(Array.isArray) ? data : nested(data, n, p);
  if (Array.isArray(flat) && flat.length === count) return flat;
  throw bad(where, `holds other data than its shape [${shape.join(', ')}] says`);
}

function nested(data: readonly unknown[], n: number, p: number): readonly unknown[] | undefined {
  const fits = data.length === n && data.every((row) => Array.isArray(row) && row.length === p);
  return fits ? data.flat() : undefined;
}

function element({ datatype, data }: Tensor, i: number, column: () => string): number {
  const value = data[i];
  if (value === null) return Number.NaN;
  const number = elements[datatype]?.(value);
  if (number === undefined) throw bad(column(), `holds an element that is no ${datatype}, at position ${i + 1}`);
  return number;
}

function bad(tensor: string, what: string): ServingError {
  return new ServingError('SERVING_BAD_TENSOR', servingErrors.SERVING_BAD_TENSOR(tensor.slice(0, 200), what));
}
