import { trainingError } from '../errors.js';
import { columnFields, type DMatrix } from './data-matrix.js';
import type { Handle, NativeLibrary, Out } from './native-library.js';
import { copyBytes, copyCounts, copyFloats, copyTexts, filled } from './native-memory.js';
import { type BoosterParameters, nativeParameters } from './parameters.js';

/** What a booster is trained with. */
export interface BoosterTraining {
  readonly parameters: BoosterParameters;
  readonly rounds: number;
  readonly seed: number;
  readonly train: DMatrix;
  /** Matrices whose metric is taken after every round. */
  readonly watch?: readonly { readonly name: string; readonly matrix: DMatrix }[];
  /** Called after every round with the watched metrics, as XGBoost writes them: `[0]\ttrain-auc:0.7`. */
  readonly onRound?: (line: string) => void;
  /**
   * Stops when the metric of the last watched matrix has not improved for so many rounds, and forgets the rounds after the
   * best. Not with `gblinear`, which has no rounds to forget.
   */
  readonly earlyStopping?: { readonly rounds: number; readonly higherIsBetter: boolean };
  /** A saved model (JSON or UBJSON) to train on from. */
  readonly continueFrom?: Uint8Array;
}

/** How the importance of an input is measured. */
export type ImportanceKind = 'weight' | 'gain' | 'cover' | 'total_gain' | 'total_cover';

/** What a prediction is: XGBoost's own numbers for them. */
const predictionTypes = { value: 0, margin: 1, contributions: 2, interactions: 4 } as const;

/** A gradient-boosted model inside XGBoost. */
export class Booster implements Disposable {
  #handle: Handle | null;
  readonly #library: NativeLibrary;

  private constructor(library: NativeLibrary, handle: Handle) {
    this.#library = library;
    this.#handle = handle;
  }

  /**
   * Trains for a number of rounds, or until early stopping.
   * @returns the booster, to be disposed of
   * @throws TrainingError TRAIN_XGBOOST_FAILED, TRAIN_BAD_OPTION for early stopping without a watched matrix
   */
  static train(library: NativeLibrary, training: BoosterTraining): Booster {
    const watch = training.watch ?? [];
    if (training.earlyStopping !== undefined && watch.length === 0) {
      throw trainingError('TRAIN_BAD_OPTION', 'earlyStopping', 'given', 'a watched matrix beside it');
    }
    const matrices = [training.train, ...watch.map((w) => w.matrix)].map((m) => m.handle);
    const booster = Booster.#create(library, matrices);
    try {
      const { continueFrom } = training;
      if (continueFrom !== undefined) {
        library.call.XGBoosterLoadModelFromBuffer(booster.handle, continueFrom, continueFrom.length);
      }
      for (const [name, value] of nativeParameters(training.parameters, training.seed, library.version)) {
        library.call.XGBoosterSetParam(booster.handle, name, value);
      }
      for (const [key, field] of columnFields) {
        const values = training.train.columnFacts[key];
        if (values !== undefined) library.call.XGBoosterSetStrFeatureInfo(booster.handle, field, values, values.length);
      }
      const rounds = booster.#boost(training, watch);
      if (rounds !== null) booster.#keepRounds(rounds);
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
    return Booster.#read(library, model, 'XGBoosterLoadModelFromBuffer');
  }

  /**
   * Loads what Python keeps of a pickled booster: the model and the settings of its training.
   * @throws TrainingError TRAIN_XGBOOST_FAILED
   */
  static unserialise(library: NativeLibrary, buffer: Uint8Array): Booster {
    return Booster.#read(library, buffer, 'XGBoosterUnserializeFromBuffer');
  }

  static #read(
    library: NativeLibrary,
    bytes: Uint8Array,
    call: 'XGBoosterLoadModelFromBuffer' | 'XGBoosterUnserializeFromBuffer',
  ): Booster {
    const booster = Booster.#create(library, []);
    try {
      library.call[call](booster.handle, bytes, bytes.length);
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

  /** Rounds of boosting in the model. */
  get rounds(): number {
    const out: Out<number> = [null];
    this.#library.call.XGBoosterBoostedRounds(this.handle, out);
    return filled(out);
  }

  /** Boosts for more rounds with the parameters it was trained with. @throws TrainingError TRAIN_XGBOOST_FAILED */
  boostOn(train: DMatrix, rounds: number): void {
    const first = this.rounds;
    for (let round = first; round < first + rounds; round++) {
      this.#library.call.XGBoosterUpdateOneIter(this.handle, round, train.handle);
    }
  }

  /**
   * @param output `value`: on the scale of the objective (probability for logistic, hazard ratio for Cox, time for AFT);
   *   `margin`: the untransformed sum; `contributions`: TreeSHAP values, row-major (n x (p + 1)), the last of a row the
   *   expected margin; `interactions`: (n x (p + 1) x (p + 1)). Both add up to the margin.
   * @returns float32 as XGBoost computed it, shape (n) unless said otherwise
   * @throws TrainingError TRAIN_XGBOOST_FAILED, for example when the number of columns differs
   */
  predict(matrix: DMatrix, output: keyof typeof predictionTypes = 'value'): Float32Array {
    const config = JSON.stringify({
      type: predictionTypes[output],
      training: false,
      iteration_begin: 0,
      iteration_end: 0,
      strict_shape: false,
    });
    const shape: Out<Handle> = [null];
    const dimensions: Out<number> = [null];
    const result: Out<Handle> = [null];
    this.#library.call.XGBoosterPredictFromDMatrix(this.handle, matrix.handle, config, shape, dimensions, result);
    const sizes = copyCounts(filled(shape), Number(filled(dimensions)));
    return copyFloats(
      filled(result),
      sizes.reduce((product, size) => product * size, 1),
    );
  }

  /** The model in one of XGBoost's own formats; JSON is UTF-8. */
  save(format: 'json' | 'ubj' = 'json'): Uint8Array {
    const length: Out<number> = [null];
    const data: Out<Handle> = [null];
    this.#library.call.XGBoosterSaveModelToBuffer(this.handle, JSON.stringify({ format }), length, data);
    return copyBytes(filled(data), Number(filled(length)));
  }

  /** The settings that the library holds, parsed: what it took of the parameters, and its defaults. */
  config(): unknown {
    const out: Out<string> = [null];
    this.#library.call.XGBoosterSaveJsonConfig(this.handle, [null], out);
    return JSON.parse(filled(out));
  }

  /** Importance of the inputs that some tree splits on, by name (`f0` … when the model has none). */
  importance(kind: ImportanceKind = 'gain'): ReadonlyMap<string, number> {
    const counts: [Out<number>, Out<number>] = [[null], [null]];
    const pointers: [Out<Handle>, Out<Handle>, Out<Handle>] = [[null], [null], [null]];
    const config = JSON.stringify({ importance_type: kind });
    const [features, dimensions] = counts;
    const [names, shape, scores] = pointers;
    this.#library.call.XGBoosterFeatureScore(this.handle, config, features, names, dimensions, shape, scores);
    const count = Number(filled(features));
    if (count === 0) return new Map();
    const values = copyFloats(filled(scores), count);
    return new Map(copyTexts(filled(names), count).map((name, k) => [name, values[k] as number]));
  }

  /** @returns how many rounds to keep, null = all */
  #boost(training: BoosterTraining, watch: NonNullable<BoosterTraining['watch']>): number | null {
    const { onRound, earlyStopping, train, rounds } = training;
    const first = training.continueFrom === undefined ? 0 : this.rounds;
    let best = { score: Number.NEGATIVE_INFINITY, rounds: 0 };
    for (let round = first; round < first + rounds; round++) {
      this.#library.call.XGBoosterUpdateOneIter(this.handle, round, train.handle);
      if (onRound === undefined && earlyStopping === undefined) continue;
      const line = this.#evaluate(round, watch);
      onRound?.(line);
      if (earlyStopping === undefined) continue;
      const score = (earlyStopping.higherIsBetter ? 1 : -1) * lastNumber(line);
      if (score > best.score) best = { score, rounds: round + 1 };
      else if (round + 1 - best.rounds >= earlyStopping.rounds) break;
    }
    return earlyStopping === undefined ? null : best.rounds;
  }

  #keepRounds(rounds: number): void {
    if (rounds === 0 || rounds >= this.rounds) return;
    const out: Out<Handle> = [null];
    this.#library.call.XGBoosterSlice(this.handle, 0, rounds, 1, out);
    this.#library.call.XGBoosterFree(this.handle);
    this.#handle = filled(out);
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

/** The last metric of a line such as `[3]\ttrain-auc:0.71\ttest-auc:0.64`. */
function lastNumber(line: string): number {
  return Number(line.slice(line.lastIndexOf(':') + 1));
}

/**
 * Label of `survival:cox`: the time of a death, minus the time of a censoring. A time of 0 has no sign and becomes a
 * thousandth of a day.
 */
export function coxLabel(timeDays: ArrayLike<number>, event: readonly boolean[]): Float32Array {
  return Float32Array.from(timeDays, (time, i) => (event[i] ? 1 : -1) * Math.max(time, 1e-3));
}

/** Bounds of `survival:aft`: a death lies at its time, a censoring at or after it. */
export function aftBounds(timeDays: ArrayLike<number>, event: readonly boolean[]) {
  const labelLowerBound = Float32Array.from(timeDays, (time) => Math.max(time, 1e-3));
  const labelUpperBound = labelLowerBound.map((time, i) => (event[i] ? time : Number.POSITIVE_INFINITY));
  return { labelLowerBound, labelUpperBound };
}
