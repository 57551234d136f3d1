import koffi from 'koffi';
import { trainingError } from '../errors.js';
import type { Handle, NativeLibrary, Out } from './native-library.js';
import { copyFloats, filled } from './native-memory.js';

/** A row-major matrix for XGBoost. */
export interface BoosterInput {
  /** Shape (n x p). */
  readonly values: Float32Array;
  readonly n: number;
  readonly p: number;
  /** The value that means missing; NaN when left out. */
  readonly missing?: number;
}

/** What is known of the rows and columns of a matrix; each list has one entry per row unless said otherwise. */
export interface MatrixFacts {
  /** Class, number or (`survival:cox`) time, negative when censored. */
  readonly label?: Float32Array;
  /** Above 0; 1 when left out. */
  readonly weight?: Float32Array;
  /** Prediction to start from instead of the base score, before the link. */
  readonly baseMargin?: Float32Array;
  /** `survival:aft`: the time lies between; equal for a death, upper = Infinity for a censoring. */
  readonly labelLowerBound?: Float32Array;
  readonly labelUpperBound?: Float32Array;
  /** One per column. */
  readonly featureNames?: readonly string[];
  /** One per column: `q` number, `int` whole number, `i` yes or no, `c` category. */
  readonly featureTypes?: readonly ('q' | 'int' | 'i' | 'c')[];
}

const rowFields = [
  ['label', 'label'],
  ['weight', 'weight'],
  ['baseMargin', 'base_margin'],
  ['labelLowerBound', 'label_lower_bound'],
  ['labelUpperBound', 'label_upper_bound'],
] as const;
export const columnFields = [
  ['featureNames', 'feature_name'],
  ['featureTypes', 'feature_type'],
] as const;

/** XGBoost's copy of a matrix, on its heap until disposed of. */
export class DMatrix implements Disposable {
  #handle: Handle | null;
  readonly #library: NativeLibrary;
  readonly rows: number;
  readonly columns: number;
  /** Names and types of the columns as they were given; a booster trained on the matrix keeps them. */
  readonly columnFacts: Pick<MatrixFacts, 'featureNames' | 'featureTypes'>;

  /** @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_XGBOOST_FAILED */
  constructor(library: NativeLibrary, input: BoosterInput, facts: MatrixFacts = {}) {
    assertCount('The matrix', input.values, input.n * input.p);
    for (const [key] of rowFields) assertCount(key, facts[key], input.n);
    for (const [key] of columnFields) assertCount(key, facts[key], input.p);
    this.#library = library;
    this.rows = input.n;
    this.columns = input.p;
    this.columnFacts = facts;
    this.#handle = createFromDense(library, input);
    try {
      for (const [key, field] of rowFields) {
        const values = facts[key];
        if (values !== undefined) library.call.XGDMatrixSetFloatInfo(this.handle, field, values, values.length);
      }
      for (const [key, field] of columnFields) {
        const values = facts[key];
        if (values !== undefined) library.call.XGDMatrixSetStrFeatureInfo(this.handle, field, values, values.length);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** @throws TrainingError TRAIN_XGBOOST_DISPOSED */
  get handle(): Handle {
    if (this.#handle === null) throw trainingError('TRAIN_XGBOOST_DISPOSED', 'DMatrix');
    return this.#handle;
  }

  /** A list of numbers that the library holds of the rows, as it holds it; empty when it was not given. */
  rowFacts(field: (typeof rowFields)[number][1]): Float32Array {
    const length: Out<number> = [null];
    const values: Out<Handle> = [null];
    this.#library.call.XGDMatrixGetFloatInfo(this.handle, field, length, values);
    const count = Number(filled(length));
    return count === 0 ? new Float32Array(0) : copyFloats(filled(values), count);
  }

  /** Frees the native handle; later calls are refused. */
  [Symbol.dispose](): void {
    if (this.#handle === null) return;
    this.#library.call.XGDMatrixFree(this.#handle);
    this.#handle = null;
  }
}

function createFromDense(library: NativeLibrary, input: BoosterInput): Handle {
  // NumPy's array interface; the library copies the values before it returns.
  const data = JSON.stringify({
    data: [Number(koffi.address(input.values)), true],
    shape: [input.n, input.p],
    typestr: '<f4',
    version: 3,
  });
  const out: Out<Handle> = [null];
  // NaN is no JSON, but it is how the library's own parser spells it.
  const missing = input.missing === undefined || Number.isNaN(input.missing) ? 'NaN' : String(input.missing);
  library.call.XGDMatrixCreateFromDense(data, `{"missing":${missing},"nthread":1}`, out);
  return filled(out);
}

function assertCount(what: string, values: { readonly length: number } | undefined, expected: number): void {
  if (values === undefined || values.length === expected) return;
  throw trainingError('TRAIN_LENGTHS_DIFFER', what, expected, values.length);
}
