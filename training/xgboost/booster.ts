import koffi from 'koffi';
import { trainingError } from '../errors.js';
import type { Handle, NativeLibrary, Out } from './native-library.js';
import { type BoosterParameters, nativeParameters } from './parameters.js';

/** A row-major matrix for XGBoost; NaN = missing. */
export interface BoosterInput {
  /** Shape (n x p). */
  readonly values: Float32Array;
  readonly n: number;
  readonly p: number;
}

/** XGBoost's copy of a matrix, on its heap until disposed of. */
export class DMatrix implements Disposable {
  #handle: Handle | null;
  readonly #library: NativeLibrary;
  readonly rows: number;

  /**
   * @param label  shape (n); not needed to predict
   * @param weight shape (n), above 0; 1 when left out
   * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_XGBOOST_FAILED
   */
  constructor(library: NativeLibrary, input: BoosterInput, label?: Float32Array, weight?: Float32Array) {
    assertCount('The matrix', input.values, input.n * input.p);
    if (label !== undefined) assertCount('label', label, input.n);
    if (weight !== undefined) assertCount('weight', weight, input.n);
    this.#library = library;
    this.rows = input.n;
    this.#handle = createFromDense(library, input);
    if (label !== undefined) library.call.XGDMatrixSetFloatInfo(this.handle, 'label', label, label.length);
    if (weight !== undefined) library.call.XGDMatrixSetFloatInfo(this.handle, 'weight', weight, weight.length);
  }

  /** @throws TrainingError TRAIN_XGBOOST_DISPOSED */
  get handle(): Handle {
    if (this.#handle === null) throw trainingError('TRAIN_XGBOOST_DISPOSED', 'DMatrix');
    return this.#handle;
  }

  /** Frees the native handle; later calls are refused. */
  [Symbol.dispose](): void {
    if (this.#handle === null) return;
    this.#library.call.XGDMatrixFree(this.#handle);
    this.#handle = null;
  }
}

/** What `trainBooster` is given. */
export interface BoosterTraining {
  readonly parameters: BoosterParameters;
  readonly rounds: number;
  readonly seed: number;
  readonly train: DMatrix;
  /** Matrices whose metric is taken after every round. */
  readonly watch?: readonly { readonly name: string; readonly matrix: DMatrix }[];
  /** Called after every round with the watched metrics, as XGBoost writes them: `[0]\ttrain-auc:0.7`. */
  readonly onRound?: (line: string) => void;
}

/** A gradient-boosted model inside XGBoost. */
export class Booster implements Disposable {
  #handle: Handle | null;
  readonly #library: NativeLibrary;

  private constructor(library: NativeLibrary, handle: Handle) {
    this.#library = library;
    this.#handle = handle;
  }

  /**
   * Trains for a fixed number of rounds.
   * @returns the booster, to be disposed of
   * @throws TrainingError TRAIN_XGBOOST_FAILED
   */
  static train(library: NativeLibrary, training: BoosterTraining): Booster {
    const watch = training.watch ?? [];
    const matrices = [training.train, ...watch.map((w) => w.matrix)].map((m) => m.handle);
    const booster = Booster.#create(library, matrices);
    try {
      for (const [name, value] of nativeParameters(training.parameters, training.seed)) {
        library.call.XGBoosterSetParam(booster.handle, name, value);
      }
      for (let round = 0; round < training.rounds; round++) {
        library.call.XGBoosterUpdateOneIter(booster.handle, round, training.train.handle);
        if (training.onRound !== undefined) training.onRound(booster.#evaluate(round, watch));
      }
      return booster;
    } catch (error) {
      booster[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Loads a model saved by `save` (or by any XGBoost as JSON or UBJSON).
   * @throws TrainingError TRAIN_XGBOOST_FAILED
   */
  static load(library: NativeLibrary, model: Uint8Array): Booster {
    const booster = Booster.#create(library, []);
    try {
      library.call.XGBoosterLoadModelFromBuffer(booster.handle, model, model.length);
      library.call.XGBoosterSetParam(booster.handle, 'nthread', '1');
      return booster;
    } catch (error) {
      booster[Symbol.dispose]();
      throw error;
    }
  }

  static #create(library: NativeLibrary, matrices: readonly Handle[]): Booster {
    const out: Out<Handle> = [null];
    library.call.XGBoosterCreate(matrices, matrices.length, out);
    return new Booster(library, filled(out));
  }

  /** @throws TrainingError TRAIN_XGBOOST_DISPOSED */
  get handle(): Handle {
    if (this.#handle === null) throw trainingError('TRAIN_XGBOOST_DISPOSED', 'Booster');
    return this.#handle;
  }

  /**
   * @param output `value`: on the scale of the objective (probability for logistic); `margin`: the untransformed sum
   * @returns shape (n), float32 as XGBoost computed it
   * @throws TrainingError TRAIN_XGBOOST_FAILED, for example when the number of columns differs
   */
  predict(matrix: DMatrix, output: 'value' | 'margin' = 'value'): Float32Array {
    const config = JSON.stringify({
      type: output === 'margin' ? 1 : 0,
      training: false,
      iteration_begin: 0,
      iteration_end: 0,
      strict_shape: false,
    });
    const shape: Out<Handle> = [null];
    const dimensions: Out<number> = [null];
    const result: Out<Handle> = [null];
    this.#library.call.XGBoosterPredictFromDMatrix(this.handle, matrix.handle, config, shape, dimensions, result);
    return new Float32Array(copyBytes(filled(result), matrix.rows * Float32Array.BYTES_PER_ELEMENT).buffer);
  }

  /** The model in XGBoost's own JSON, UTF-8. */
  save(): Uint8Array {
    const length: Out<number> = [null];
    const data: Out<Handle> = [null];
    this.#library.call.XGBoosterSaveModelToBuffer(this.handle, '{"format":"json"}', length, data);
    return copyBytes(filled(data), Number(filled(length)));
  }

  #evaluate(round: number, watch: NonNullable<BoosterTraining['watch']>): string {
    const out: Out<string> = [null];
    const handles = watch.map((w) => w.matrix.handle);
    const names = watch.map((w) => w.name);
    this.#library.call.XGBoosterEvalOneIter(this.handle, round, handles, names, watch.length, out);
    return filled(out);
  }

  /** Frees the native handle; later calls are refused. */
  [Symbol.dispose](): void {
    if (this.#handle === null) return;
    this.#library.call.XGBoosterFree(this.#handle);
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
  library.call.XGDMatrixCreateFromDense(data, '{"missing":NaN,"nthread":1}', out);
  return filled(out);
}

/** Copies memory that the library owns and will reuse. */
function copyBytes(pointer: Handle, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(koffi.view(pointer, length)).slice();
}

function filled<T>(out: Out<T>): T {
  if (out[0] === null) throw trainingError('TRAIN_XGBOOST_FAILED', 'an out-parameter', 'it was left empty');
  return out[0];
}

function assertCount(what: string, values: { readonly length: number }, expected: number): void {
  if (values.length !== expected) throw trainingError('TRAIN_LENGTHS_DIFFER', what, expected, values.length);
}
