export { aftBounds, Booster, type BoosterTraining, coxLabel, type ImportanceKind } from './booster.js';
export { type BoosterInput, DMatrix, type MatrixFacts } from './data-matrix.js';
export { loadNativeLibrary, type NativeLibrary } from './native-library.js';
export type { BoosterMetric, BoosterObjective, BoosterParameters } from './parameters.js';
